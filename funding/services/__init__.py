"""Every write about money; each function is one thing a person does."""

from funding.services.budget import add_budget_version, open_budget_year, transfer_credits
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
from funding.services.cofinancing import record_committee_decision, request_cofinancing, rule_for
from funding.services.commitments import (
    book_recovery,
    commit,
    commit_preparation,
    release_commitment,
)
from funding.services.instalments import (
    PlannedInstalment,
    default_plan,
    open_instalment,
    plan_instalments,
    split,
)
from funding.services.payments import pay_claim, return_payment

__all__ = [
    "CarryOver",
    "CostLine",
    "LineCheck",
    "PlannedInstalment",
    "add_budget_version",
    "add_draft_evidence",
    "answer_reopening",
    "approve_claim",
    "ask_reopening",
    "book_recovery",
    "check_claim",
    "claim_instalment",
    "close_year",
    "commit",
    "commit_preparation",
    "default_plan",
    "drop_draft_evidence",
    "open_budget_year",
    "open_instalment",
    "pay_claim",
    "plan_instalments",
    "recheck_claim",
    "record_committee_decision",
    "reject_claim",
    "release_commitment",
    "request_cofinancing",
    "return_payment",
    "rule_for",
    "save_claim_draft",
    "split",
    "transfer_credits",
]
