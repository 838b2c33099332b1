"""What a smaller or larger grant does to its instalments, as arithmetic; knows no database.

Award, change request and the pages that show before and after all ask these functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from common.money import ZERO, round_cents


@dataclass(frozen=True)
class Part:
    """An instalment as it counts here; `is_fixed` when it was claimed or paid. EUR."""

    number: int
    share: Decimal
    amount: Decimal
    is_fixed: bool
    condition: str = ""
    expected_on: date | None = None


@dataclass(frozen=True)
class Lowered:
    """A grant before and after it is lowered. EUR.

    `released` is what comes free: less than asked when more was claimed or paid already.
    """

    kept_before: Decimal
    kept_after: Decimal
    before: list[Part]
    after: list[Part]

    @property
    def released(self) -> Decimal:
        return self.kept_before - self.kept_after

    @property
    def rows(self) -> list[tuple[Part, Part]]:
        """Each part before and after."""
        return list(zip(self.before, self.after, strict=True))


def split_again(parts: Sequence[Part], total: Decimal) -> list[Part]:
    """The parts with `total` divided again: what is fixed keeps its amount, the others share the
    rest by their shares, rounded half up; the last of them absorbs the rounding.

    Raises:
        ValueError: when what is fixed is more than the total.
    """
    left = total - sum((part.amount for part in parts if part.is_fixed), ZERO)
    if left < ZERO:
        raise ValueError("More is claimed than there is.")
    open_parts = [part for part in parts if not part.is_fixed]
    weight = sum((part.share for part in open_parts), ZERO)
    amounts: dict[int, Decimal] = {}
    rest = left
    for part in open_parts[:-1]:
        # Never more than what is left: a few cents over many parts would make the last negative.
        amounts[part.number] = min(round_cents(left * part.share / weight), rest)
        rest -= amounts[part.number]
    if open_parts:
        amounts[open_parts[-1].number] = rest
    return [replace(part, amount=amounts.get(part.number, part.amount)) for part in parts]


def lower(*, kept: Decimal, paid: Decimal, parts: Sequence[Part], target: Decimal) -> Lowered:
    """Lower what is kept of a commitment to `target`, as far as claims and payments let it. EUR.

    A target above what is kept changes nothing: a grant never grows by itself.
    """
    fixed = sum((part.amount for part in parts if part.is_fixed), ZERO)
    after = min(kept, max(target, fixed, paid))
    return Lowered(
        kept_before=kept,
        kept_after=after,
        before=list(parts),
        after=split_again(parts, after) if after < kept else list(parts),
    )
