"""What a smaller or larger grant does to its instalments, as arithmetic; knows no database.

Award, change request and the pages that show before and after all ask these functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from calls.cofinancing import advise
from common.money import ZERO, round_cents


@dataclass(frozen=True)
class Part:
    """An instalment as it counts here; `is_fixed` when it was claimed or paid. EUR.

    `asked` is what is claimed, accepted or paid of it, when that is less than its amount.
    """

    number: int
    share: Decimal
    amount: Decimal
    is_fixed: bool
    condition: str = ""
    expected_on: date | None = None
    asked: Decimal | None = None

    @property
    def taken(self) -> Decimal:
        """What it takes of the grant already. EUR."""
        if not self.is_fixed:
            return ZERO
        return self.amount if self.asked is None else self.asked


def taken_of(parts: Sequence[Part]) -> Decimal:
    """What claims and payments take of a grant. EUR."""
    return sum((part.taken for part in parts), ZERO)


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
    left = total - taken_of(parts)
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

    A target above what is kept changes nothing: a grant never grows by itself. Nor do instalments:
    what a paid claim left over of its own comes free first.
    """
    taken = taken_of(parts)
    after = min(kept, max(target, taken, paid))
    planned = sum((part.amount for part in parts if not part.is_fixed), ZERO)
    return Lowered(
        kept_before=kept,
        kept_after=after,
        before=list(parts),
        after=split_again(parts, min(after, taken + planned)) if after < kept else list(parts),
    )


# --- A change that is asked ----------------------------------------------------------------------


@dataclass(frozen=True)
class PhaseDates:
    """A phase of the project with its agreed days; `key` is its row."""

    key: int
    name: str
    is_own: bool
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Picture:
    """A grant at one moment: what is kept, the rule, the instalments, the days. EUR.

    `wanted` is what the grant would be; more than `kept` when the committee still has to decide.
    """

    kept: Decimal
    wanted: Decimal
    paid: Decimal
    base: Decimal | None
    rate: Decimal | None
    ceiling: Decimal | None
    rule: str
    ends_on: date | None
    parts: tuple[Part, ...] = ()
    phases: tuple[PhaseDates, ...] = ()
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, to keep as they are; amounts as text."""
        return {
            "kept": _cents(self.kept),
            "wanted": _cents(self.wanted),
            "paid": _cents(self.paid),
            "base": None if self.base is None else _cents(self.base),
            "rule": self.rule,
            "ends_on": _day(self.ends_on),
            "parts": [
                {
                    "number": one.number,
                    "amount": _cents(one.amount),
                    "is_fixed": one.is_fixed,
                    "condition": one.condition,
                    "expected_on": _day(one.expected_on),
                }
                for one in self.parts
            ],
            "phases": [
                {
                    "name": one.name,
                    "starts_on": _day(one.starts_on),
                    "ends_on": _day(one.ends_on),
                }
                for one in self.phases
            ],
            "text": self.text,
        }


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def changed(
    before: Picture,
    *,
    new_base: Decimal | None = None,
    new_amount: Decimal | None = None,
    new_end: date | None = None,
    text: str = "",
) -> Picture:
    """The grant after the change.

    Another amount: the rule says its sentence for the new cost. Less comes free at once and the
    instalments share the rest; more is only wanted: nothing changes until the committee decides.
    Another end: what nobody claimed yet, the own phase and what comes after it move as many days.
    """
    after = replace(before, text=text or before.text)
    if new_amount is not None and new_base is not None:
        rule = before.rule
        if before.rate is not None:
            rule = advise(new_base, rate=before.rate, ceiling=before.ceiling).explanation
        less = lower(kept=before.kept, paid=before.paid, parts=before.parts, target=new_amount)
        after = replace(
            after,
            base=new_base,
            rule=rule,
            wanted=max(new_amount, less.kept_after),
            kept=less.kept_after,
            parts=tuple(less.after),
        )
    if new_end is not None:
        moved = new_end - before.ends_on if before.ends_on else timedelta(0)
        after = replace(
            after,
            ends_on=new_end,
            parts=tuple(
                one if one.is_fixed else replace(one, expected_on=_later(one.expected_on, moved))
                for one in after.parts
            ),
            phases=tuple(_moved(one, before.ends_on, new_end, moved) for one in after.phases),
        )
    return after


def _moved(phase: PhaseDates, old_end: date | None, new_end: date, moved: timedelta) -> PhaseDates:
    if phase.is_own:
        return replace(phase, ends_on=new_end)
    if old_end is not None and phase.starts_on is not None and phase.starts_on > old_end:
        return replace(
            phase,
            starts_on=_later(phase.starts_on, moved),
            ends_on=_later(phase.ends_on, moved),
        )
    return phase


def _later(day: date | None, moved: timedelta) -> date | None:
    return day + moved if day else None
