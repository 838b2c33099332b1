"""The final settlement of a grant, as arithmetic (domain.md 6.2)."""

from decimal import Decimal

from common.money import round_cents


def settlement(
    *, granted: Decimal, accepted_final_cost: Decimal, rate: Decimal, paid: Decimal
) -> Decimal:
    """What is still due: `min(granted, accepted_final_cost * rate) - paid`. EUR.

    Rounded once, half up. Negative: so much was paid too much and is recovered. A contract that
    turned out cheaper is not paid up to the grant.
    """
    return round_cents(min(granted, accepted_final_cost * rate) - paid)
