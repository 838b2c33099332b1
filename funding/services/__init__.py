"""Every write about money; each function is one thing a person does."""

from funding.services.agreement import (
    default_due_on,
    draft_agreement,
    record_signature,
    send_agreement,
)
from funding.services.award import award_procurement
from funding.services.budget import add_budget_version, open_budget_year, transfer_credits
from funding.services.changes import ask_change, decide_change, withdraw_change
from funding.services.claims import (
    CostLine,
    LineCheck,
    add_draft_evidence,
    approve_claim,
    check_claim,
    claim_instalment,
    drop_draft_evidence,
    recheck_claim,
    reject_claim,
    save_claim_draft,
)
from funding.services.closing import CarryOver, answer_reopening, ask_reopening, close_year
from funding.services.cofinancing import (
    add_tender_document,
    record_committee_decision,
    request_cofinancing,
    rule_for,
)
from funding.services.commitments import (
    book_recovery,
    commit,
    commit_preparation,
    release_commitment,
)
from funding.services.committee import (
    cancel_committee,
    change_committee,
    close_agenda,
    decide_item,
    default_dossier_deadline,
    hold_committee,
    move_on_agenda,
    plan_committee,
    put_on_agenda,
    take_off_agenda,
)
from funding.services.committee_papers import make_agenda, make_sheet
from funding.services.instalments import (
    PlannedInstalment,
    default_plan,
    open_instalment,
    plan_instalments,
    split,
)
from funding.services.letters import remake_letter, send_letter
from funding.services.payments import pay_claim, return_payment

__all__ = [
    "CarryOver",
    "CostLine",
    "LineCheck",
    "PlannedInstalment",
    "add_budget_version",
    "add_draft_evidence",
    "add_tender_document",
    "answer_reopening",
    "approve_claim",
    "ask_change",
    "ask_reopening",
    "award_procurement",
    "book_recovery",
    "cancel_committee",
    "change_committee",
    "check_claim",
    "claim_instalment",
    "close_agenda",
    "close_year",
    "commit",
    "commit_preparation",
    "decide_change",
    "decide_item",
    "default_dossier_deadline",
    "default_due_on",
    "default_plan",
    "draft_agreement",
    "drop_draft_evidence",
    "hold_committee",
    "make_agenda",
    "make_sheet",
    "move_on_agenda",
    "open_budget_year",
    "open_instalment",
    "pay_claim",
    "plan_committee",
    "plan_instalments",
    "put_on_agenda",
    "recheck_claim",
    "record_committee_decision",
    "record_signature",
    "reject_claim",
    "release_commitment",
    "remake_letter",
    "request_cofinancing",
    "return_payment",
    "rule_for",
    "save_claim_draft",
    "send_agreement",
    "send_letter",
    "split",
    "take_off_agenda",
    "transfer_credits",
    "withdraw_change",
]
