"""What the pages of proposals need beside the portal's own tags."""

from decimal import Decimal
from typing import Any

from django import template

from common.money import format_eur

register = template.Library()


@register.filter
def cells(row: list[str], item: dict[str, Any]) -> list[dict[str, Any]]:
    """`{% for cell in row|cells:item %}`: each text of a frozen table with its column."""
    return [{"text": text, **column} for text, column in zip(row, item["columns"], strict=False)]


@register.filter
def amount(text: str) -> str:
    """`{{ content.estimate.total|amount }}`: a frozen amount ("1234.50") as € 1.234,50."""
    return format_eur(Decimal(text))
