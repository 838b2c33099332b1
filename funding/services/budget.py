"""Opening budget years and recording the credits as they are voted and adjusted."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common.constraints import readable_constraints
from common.money import ZERO, format_eur
from funding.models import BudgetLine, BudgetVersion, BudgetYear
from funding.policies import may_manage_budget


@transaction.atomic
def open_budget_year(*, year: int, by: User) -> BudgetYear:
    """Open a budget year with a line for each money stream, both without credits yet.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: when the year exists or is out of range.
    """
    may_manage_budget.check(by)
    budget_year = BudgetYear(year=year)
    budget_year.full_clean()
    budget_year.save()
    BudgetLine.objects.bulk_create(
        BudgetLine(budget_year=budget_year, stream=stream) for stream in BudgetLine.Stream.values
    )
    record(
        actor=by,
        action="budget_year.opened",
        label=_("Begrotingsjaar geopend"),
        about=budget_year,
    )
    return budget_year


@transaction.atomic
def add_budget_version(
    *,
    line: BudgetLine,
    label: str,
    vak: Decimal,
    vek: Decimal,
    effective_on: date,
    by: User,
    legal_basis: str = "",
    counterpart: BudgetVersion | None = None,
) -> BudgetVersion:
    """Record the credits of a line as voted (BO), adjusted (BA) or transferred. EUR.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: when the credits are lower than what is already committed or paid, or the
            date falls outside the year.
    """
    may_manage_budget.check(by)
    line = (
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("budget_year")
        .get(pk=line.pk)
    )
    refuse_closed(line)
    if effective_on.year != line.budget_year.year:
        raise ValidationError(
            {"effective_on": _("Kies een dag in %(year)s.") % {"year": line.budget_year.year}}
        )
    if vak < line.committed:
        raise ValidationError(
            {"vak": _("Er is al %(sum)s vastgelegd.") % {"sum": format_eur(line.committed)}}
        )
    if vek < line.paid:
        raise ValidationError(
            {"vek": _("Er is al %(sum)s vereffend.") % {"sum": format_eur(line.paid)}}
        )
    last = line.versions.aggregate(last=Max("number"))["last"] or 0
    version = BudgetVersion(
        line=line,
        number=last + 1,
        label=label,
        vak=vak,
        vek=vek,
        effective_on=effective_on,
        legal_basis=legal_basis,
        counterpart=counterpart,
        recorded_by=by,
    )
    version.full_clean(exclude=["line", "recorded_by", "counterpart"])
    with readable_constraints():
        version.save()
    record(
        actor=by,
        action="budget_line.version_added",
        label=str(version.get_label_display()),
        about=line,
        data={"vak": str(vak), "vek": str(vek)},
    )
    return version


@transaction.atomic
def transfer_credits(
    *,
    giving: BudgetLine,
    receiving: BudgetLine,
    vak: Decimal,
    vek: Decimal,
    effective_on: date,
    legal_basis: str,
    by: User,
) -> BudgetVersion:
    """Move credits from one line to another of the same year (herverdeling). EUR, not below zero.

    Both lines get a version with their new totals; the receiving one names the other.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: nothing to move, more than is available, no legal basis, or a closed year.
    """
    may_manage_budget.check(by)
    if giving.pk == receiving.pk or giving.budget_year_id != receiving.budget_year_id:
        raise ValidationError(_("Kies twee verschillende lijnen van hetzelfde jaar."))
    if vak < ZERO or vek < ZERO or not (vak or vek):
        raise ValidationError({"vak": _("Vul een bedrag van meer dan nul in.")})
    if not legal_basis.strip():
        raise ValidationError({"legal_basis": _("Schrijf de rechtsgrond van de herverdeling.")})
    locked = {line.pk: line for line in lock_lines([giving.pk, receiving.pk])}
    giving, receiving = locked[giving.pk], locked[receiving.pk]
    for name, asked, left in (
        ("vak", vak, giving.vak_available),
        ("vek", vek, giving.vek_available),
    ):
        if asked > left:
            raise ValidationError(
                {name: _("Van deze lijn is nog %(left)s over.") % {"left": format_eur(left)}}
            )
    common: dict[str, Any] = {
        "label": BudgetVersion.Label.TRANSFER,
        "effective_on": effective_on,
        "legal_basis": legal_basis.strip(),
        "by": by,
    }
    given = add_budget_version(line=giving, vak=giving.vak - vak, vek=giving.vek - vek, **common)
    return add_budget_version(
        line=receiving,
        vak=receiving.vak + vak,
        vek=receiving.vek + vek,
        counterpart=given,
        **common,
    )


def lock_lines(keys: Iterable[int]) -> list[BudgetLine]:
    """Lines of open years, locked by key until the transaction ends, so that nobody waits twice.

    Raises:
        ValidationError: when a year is closed.
    """
    lines = list(
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("budget_year")
        .filter(pk__in=keys)
        .order_by("pk")
    )
    for line in lines:
        refuse_closed(line)
    return lines


def refuse_closed(line: BudgetLine) -> None:
    """Raises ValidationError when the line's year is closed."""
    if line.budget_year.is_closed:
        raise ValidationError(
            _("Het begrotingsjaar %(year)s is afgesloten.") % {"year": line.budget_year.year}
        )


def lock_line(*, year: int, stream: str) -> BudgetLine:
    """The line of a year and stream, locked until the transaction ends.

    Raises:
        ValidationError: when the year has no budget, or is closed.
    """
    line = (
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("budget_year")
        .filter(budget_year__year=year, stream=stream)
        .first()
    )
    if line is None:
        raise ValidationError(_("Er is geen begroting voor %(year)s.") % {"year": year})
    refuse_closed(line)
    return line
