"""The co-financing rule as arithmetic (domain.md 6.2); knows nothing of the database."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.formatting import format_pct
from common.money import format_eur, round_cents


@dataclass(frozen=True)
class AdvisedCofinancing:
    """What a rule gives for an eligible base, and the sentence that explains it. EUR."""

    base: Decimal
    rate: Decimal
    ceiling: Decimal | None
    amount: Decimal
    is_capped: bool
    explanation: str


def advise(
    base: Decimal, *, rate: Decimal, ceiling: Decimal | None = None, floor: Decimal | None = None
) -> AdvisedCofinancing:
    """`min(base * rate, ceiling)`, rounded once, half up; nothing below the floor.

    `rate` is a share between 0 and 1. Whether the ceiling binds or is only indicative is for the
    caller: the amount here is what the rule advises.
    """
    raw = base * rate
    capped = ceiling is not None and raw > ceiling
    amount = round_cents(ceiling if capped and ceiling is not None else raw)
    explanation = _("%(rate)s van %(base)s = %(amount)s.") % {
        "rate": format_pct(rate * 100, 2),
        "base": format_eur(base),
        "amount": format_eur(round_cents(raw)),
    }
    if capped:
        explanation += " " + _("Dat is meer dan het plafond: %(ceiling)s.") % {
            "ceiling": format_eur(ceiling)
        }
    if floor is not None and amount < floor:
        explanation += " " + _(
            "Dat is minder dan de ondergrens van %(floor)s: geen cofinanciering."
        ) % {"floor": format_eur(floor)}
        amount = round_cents(Decimal(0))
    return AdvisedCofinancing(base, rate, ceiling, amount, capped, explanation)


def describe(
    *, rate: Decimal, ceiling: Decimal | None, floor: Decimal | None, ceiling_is_indicative: bool
) -> str:
    """A rule in words, for people who have no base yet."""
    words = [
        _("%(rate)s van de kosten die in aanmerking komen.") % {"rate": format_pct(rate * 100, 2)}
    ]
    if ceiling is None:
        words.append(_("Er is geen richtbedrag."))
    elif ceiling_is_indicative:
        words.append(
            _("Richtbedrag: tot %(ceiling)s. Meer kan, als u zegt waarom.")
            % {"ceiling": format_eur(ceiling)}
        )
    else:
        words.append(_("Hoogstens %(ceiling)s.") % {"ceiling": format_eur(ceiling)})
    if floor:
        words.append(_("Vanaf %(floor)s.") % {"floor": format_eur(floor)})
    return " ".join(words)
