"""What costs justify of a grant, as arithmetic and comparison, without the database."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from common.money import ZERO, round_cents


class Cost(Protocol):
    """A cost with its VAT apart. EUR."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def vat(self) -> Decimal: ...


def eligible_cost(costs: Iterable[Cost], *, vat_counts: bool) -> Decimal:
    """The sum of what may count: VAT only when the call says so (domain.md 6.3). EUR."""
    return sum((one.amount + one.vat if vat_counts else one.amount for one in costs), ZERO)


def justified(eligible: Decimal, rate: Decimal) -> Decimal:
    """The part of eligible cost that the grant pays; rounded once, half up. EUR."""
    return round_cents(eligible * rate)


def same_invoice(supplier: str, invoice_number: str) -> tuple[str, str]:
    """A key that is equal for two ways of writing one invoice: case, spaces and signs apart."""
    return _bare(supplier), _bare(invoice_number)


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
