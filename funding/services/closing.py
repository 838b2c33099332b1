"""Closing a budget year for good, and opening it again with two people."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.money import ZERO, format_eur
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    LapsedCredit,
    LedgerEntry,
    YearClosing,
    YearReopening,
)
from funding.policies import is_second_for_reopening, may_manage_budget
from funding.selectors.closing import closing_checks
from funding.services.budget import add_budget_version


@dataclass(frozen=True)
class CarryOver:
    """What of a line goes to the next year, on which legal basis. EUR."""

    vak: Decimal
    vek: Decimal
    legal_basis: str


NOTHING = CarryOver(ZERO, ZERO, "")


@transaction.atomic
def close_year(
    *,
    year: BudgetYear,
    accepted: Collection[str],
    carried: Mapping[int, CarryOver],
    by: User,
) -> YearClosing:
    """Close a budget year: from now on the database refuses every booking and version in it.

    What a line did not use lapses, unless `carried` (by key of the line) takes it to the next year
    (domain.md 6.6). `accepted` names the checks that are not in order and that `by` accepts.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: closed already, a check that blocks or was not accepted, more carried than
            unused, no legal basis, or no next year to carry to.
    """
    may_manage_budget.check(by)
    # As bookings do: lines first, then the year.
    lines = list(
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("budget_year")
        .filter(budget_year=year)
        .order_by("pk")
    )
    year = BudgetYear.objects.select_for_update().get(pk=year.pk)
    if year.is_closed:
        raise ValidationError(_("Dit jaar is al afgesloten."))
    checks = closing_checks(year)
    for check in checks:
        if not check.is_fine and (check.blocks or check.key not in accepted):
            raise ValidationError(
                _("Nog niet in orde: %(label)s. %(found)s")
                % {"label": check.label, "found": check.found},
                code=check.key,
            )
    last = year.closings.aggregate(last=Max("number"))["last"] or 0
    closing = YearClosing.objects.create(
        budget_year=year,
        number=last + 1,
        checklist=[check.as_data() for check in checks],
        digest=year_digest(year),
        closed_by=by,
    )
    for line in lines:
        _settle_credit(closing, line, carried.get(line.pk, NOTHING), by)
    year.is_closed = True
    year.save(update_fields=["is_closed"])
    record(
        actor=by,
        action="budget_year.closed",
        label=_("Begrotingsjaar afgesloten"),
        about=year,
        data={"closing": closing.number, "digest": closing.digest, "accepted": sorted(accepted)},
    )
    return closing


def _settle_credit(closing: YearClosing, line: BudgetLine, carry: CarryOver, by: User) -> None:
    """Note what lapses; give the next year what is carried, less what an earlier closing gave."""
    for name, asked, unused in (
        ("vak", carry.vak, line.vak_available),
        ("vek", carry.vek, line.vek_available),
    ):
        if asked > unused:
            raise ValidationError(
                {
                    f"{name}_{line.pk}": _("Niet gebruikt is %(left)s; meer kan niet overgaan.")
                    % {"left": format_eur(unused)}
                }
            )
    given = LapsedCredit.objects.filter(line=line).order_by("-closing__number").first()
    with readable_constraints(fields={"funding_carried_on_a_legal_basis": f"basis_{line.pk}"}):
        LapsedCredit.objects.create(
            closing=closing,
            line=line,
            vak_unused=line.vak_available,
            vek_unused=line.vek_available,
            vak_carried=carry.vak,
            vek_carried=carry.vek,
            legal_basis=carry.legal_basis.strip(),
        )
    vak = carry.vak - (given.vak_carried if given else ZERO)
    vek = carry.vek - (given.vek_carried if given else ZERO)
    if not (vak or vek):
        return
    following = BudgetLine.objects.filter(
        budget_year__year=line.budget_year.year + 1, stream=line.stream
    ).first()
    if following is None:
        raise ValidationError(
            _("Open eerst het begrotingsjaar %(year)s: daar gaat het krediet naartoe.")
            % {"year": line.budget_year.year + 1}
        )
    following = BudgetLine.objects.select_for_update(of=("self",)).get(pk=following.pk)
    add_budget_version(
        line=following,
        label=BudgetVersion.Label.CARRY_OVER,
        vak=following.vak + vak,
        vek=following.vek + vek,
        effective_on=date(line.budget_year.year + 1, 1, 1),
        legal_basis=carry.legal_basis.strip() or (given.legal_basis if given else ""),
        by=by,
    )


def year_digest(year: BudgetYear) -> str:
    """SHA-256 over the hashes of all versions and bookings that count in the year, oldest first."""
    hashes = [
        *BudgetVersion.objects.filter(line__budget_year=year)
        .order_by("pk")
        .values_list("row_hash", flat=True),
        *LedgerEntry.objects.filter(effective_on__year=year.year)
        .order_by("pk")
        .values_list("row_hash", flat=True),
    ]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


@transaction.atomic
def ask_reopening(*, year: BudgetYear, reason: str, by: User) -> YearReopening:
    """Ask a second person to let a closed year be booked on again.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: the year is open, no reason, or it was asked already.
    """
    may_manage_budget.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom dit jaar weer open moet.")})
    year = BudgetYear.objects.select_for_update().get(pk=year.pk)
    closing = year.closings.order_by("-number").first()
    if not year.is_closed or closing is None:
        raise ValidationError(_("Dit jaar is niet afgesloten."))
    reopening = YearReopening(closing=closing, reason=reason.strip(), asked_by=by)
    with readable_constraints():
        reopening.save()
    record(
        actor=by,
        action="budget_year.reopening_asked",
        label=_("Heropening gevraagd"),
        about=year,
        comment=reopening.reason,
    )
    return reopening


@transaction.atomic
def answer_reopening(
    *, reopening: YearReopening, is_granted: bool, by: User, answer: str = ""
) -> YearReopening:
    """Let a closed year open again, or not, as somebody else than who asked it.

    Raises:
        PermissionDenied: when `by` asked it, or is not of the programme office.
        ValidationError: it was answered already, or refused without a word.
    """
    year = BudgetYear.objects.select_for_update().get(closings__reopenings=reopening.pk)
    reopening = YearReopening.objects.select_for_update().get(pk=reopening.pk)
    is_second_for_reopening.check(by, reopening)
    if reopening.answered_at is not None:
        raise ValidationError(_("Deze vraag is al beantwoord."))
    if not is_granted and not answer.strip():
        raise ValidationError({"answer": _("Schrijf waarom het jaar dicht blijft.")})
    reopening.is_granted = is_granted
    reopening.answer = answer.strip()
    reopening.answered_by = by
    reopening.answered_at = clock.now()
    reopening.save()
    if is_granted:
        year.is_closed = False
        year.save(update_fields=["is_closed"])
    record(
        actor=by,
        action="budget_year.reopened" if is_granted else "budget_year.reopening_refused",
        label=_("Begrotingsjaar heropend") if is_granted else _("Heropening geweigerd"),
        about=year,
        comment=reopening.answer,
    )
    return reopening
