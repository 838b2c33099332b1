"""A claim on an instalment: written as a draft, sent in, checked line by line, approved."""

from funding.services.claims.checking import (
    LineCheck,
    approve_claim,
    check_claim,
    recheck_claim,
    reject_claim,
)
from funding.services.claims.drafting import (
    add_draft_evidence,
    drop_draft_evidence,
    save_claim_draft,
)
from funding.services.claims.sending import (
    MAX_LINES,
    CostLine,
    claim_instalment,
)
from funding.services.claims.shared import (
    lock_claim,
    rate_of,
    refuse_changed_vat,
    refuse_rejected,
    vat_counts,
)

__all__ = [
    "MAX_LINES",
    "CostLine",
    "LineCheck",
    "add_draft_evidence",
    "approve_claim",
    "check_claim",
    "claim_instalment",
    "drop_draft_evidence",
    "lock_claim",
    "rate_of",
    "recheck_claim",
    "refuse_changed_vat",
    "refuse_rejected",
    "reject_claim",
    "save_claim_draft",
    "vat_counts",
]
