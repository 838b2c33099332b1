"""Budget years, co-financing decisions, commitments, instalments and payments."""

from funding.models.agreement import Agreement, AgreementSignature, FundingText
from funding.models.budget import BudgetLine, BudgetVersion, BudgetYear
from funding.models.changes import ChangeKind, ChangeRequest
from funding.models.closing import LapsedCredit, YearClosing, YearReopening
from funding.models.cofinancing import CofinancingRequest, CommitteeDecision, TenderDocument
from funding.models.committee import CommitteeItem, CommitteeMeeting
from funding.models.costs import ClaimDraft, ClaimEvidence, ClaimLine
from funding.models.ledger import Commitment, LedgerEntry
from funding.models.payment import Claim, Instalment, Payment

__all__ = [
    "Agreement",
    "AgreementSignature",
    "BudgetLine",
    "BudgetVersion",
    "BudgetYear",
    "ChangeKind",
    "ChangeRequest",
    "Claim",
    "ClaimDraft",
    "ClaimEvidence",
    "ClaimLine",
    "CofinancingRequest",
    "Commitment",
    "CommitteeDecision",
    "CommitteeItem",
    "CommitteeMeeting",
    "FundingText",
    "Instalment",
    "LapsedCredit",
    "LedgerEntry",
    "Payment",
    "TenderDocument",
    "YearClosing",
    "YearReopening",
]
