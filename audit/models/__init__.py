"""What is kept of what happened: acts and their chain, rows, refusals and readings."""

from audit.models.access import Reading, Refusal
from audit.models.chain import ChainHead, ChainLink
from audit.models.events import AuditEvent
from audit.models.rows import RowChange

__all__ = ["AuditEvent", "ChainHead", "ChainLink", "Reading", "Refusal", "RowChange"]
