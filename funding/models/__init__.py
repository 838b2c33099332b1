"""Budget years, co-financing decisions, commitments, instalments and payments."""

from funding.models.budget import BudgetLine, BudgetVersion, BudgetYear
from funding.models.closing import LapsedCredit, YearClosing, YearReopening
from funding.models.cofinancing import CofinancingRequest, CommitteeDecision
from funding.models.costs import ClaimDraft, ClaimEvidence, ClaimLine
from funding.models.ledger import Commitment, LedgerEntry
from funding.models.payment import Claim, Instalment, Payment

__all__ = [
    "BudgetLine",
    "BudgetVersion",
    "BudgetYear",
    "Claim",
    "ClaimDraft",
    "ClaimEvidence",
    "ClaimLine",
    "CofinancingRequest",
    "Commitment",
    "CommitteeDecision",
    "Instalment",
    "LapsedCredit",
    "LedgerEntry",
    "Payment",
    "YearClosing",
    "YearReopening",
]
