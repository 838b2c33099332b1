"""Every write about money; each function is one thing a person does."""

from funding.services.budget import add_budget_version, open_budget_year
from funding.services.cofinancing import record_committee_decision, request_cofinancing, rule_for
from funding.services.commitments import commit, release_commitment
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
)

__all__ = [
    "PlannedInstalment",
    "add_budget_version",
    "approve_claim",
    "check_claim",
    "claim_instalment",
    "commit",
    "default_plan",
    "open_budget_year",
    "open_instalment",
    "pay_claim",
    "plan_instalments",
    "record_committee_decision",
    "reject_claim",
    "release_commitment",
    "request_cofinancing",
    "rule_for",
    "split",
]
