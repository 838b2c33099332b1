"""How long what is kept, what was destroyed, and what people asked about their data."""

from retention.models.lists import DestructionItem, DestructionList, ItemState
from retention.models.requests import PrivacyRequest, RequestKind, RequestWay
from retention.models.rules import DraftWarning, HoldReason, LegalHold, RetentionRule

__all__ = [
    "DestructionItem",
    "DestructionList",
    "DraftWarning",
    "HoldReason",
    "ItemState",
    "LegalHold",
    "PrivacyRequest",
    "RequestKind",
    "RequestWay",
    "RetentionRule",
]
