"""Every write about money; each function is one thing a person does."""

from funding.services.budget import add_budget_version, open_budget_year, transfer_credits
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
from funding.services.payments import (
    approve_claim,
    check_claim,
    claim_instalment,
    pay_claim,
    reject_claim,
    return_payment,
)

__all__ = [
    "CarryOver",
    "PlannedInstalment",
    "add_budget_version",
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
    "open_budget_year",
    "open_instalment",
    "pay_claim",
    "plan_instalments",
    "record_committee_decision",
    "reject_claim",
    "release_commitment",
    "request_cofinancing",
    "return_payment",
    "rule_for",
    "split",
    "transfer_credits",
]
