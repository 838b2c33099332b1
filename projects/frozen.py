"""Reading a frozen version back: what a proposal said of itself when it was handed in.

While a proposal is reopened or completed, its rows hold the working text. Staff read the version
that counts, so what they see of the rows is laid over with the frozen values (`lay_over`).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

Content = dict[str, Any]

GENERAL_TEXTS = (
    "title",
    "acronym",
    "summary",
    "contact_name",
    "contact_email",
    "contact_phone",
    "signatory_name",
    "signatory_function",
)
"""Items of the general section that are columns of the proposal under the same name."""


def items_of(content: Content) -> Iterator[tuple[Content, Content]]:
    """Every section with each of its items, in the order of the form."""
    for section in content.get("sections", []):
        for item in section["items"]:
            yield section, item


def frozen_text(content: Content, key: str) -> str:
    """What a general item said ("title", "theme"); "" when the version has no such item."""
    for section, item in items_of(content):
        if section["kind"] == "general" and item["key"] == key:
            return str(item["text"])
    return ""


def lay_over(proposal: Any, content: Content, themes: dict[str, Any]) -> None:
    """Let the instance show what was handed in. It must not be saved afterwards.

    `themes` are the themes by name, read once for several proposals.
    """
    for name in GENERAL_TEXTS:
        setattr(proposal, name, frozen_text(content, name))
    proposal.theme = themes.get(frozen_text(content, "theme"))
    estimate = content.get("estimate", {})
    proposal.total_cost = Decimal(estimate.get("total", 0))
    proposal.requested_amount = Decimal(estimate.get("requested", 0))
    proposal.other_subsidies = Decimal(estimate.get("other_subsidies", 0))


def is_given(item: Content) -> bool:
    """Whether an item was answered when it was handed in."""
    if item.get("files") or item.get("rows"):
        return True
    return bool(str(item.get("text", "")).strip())
