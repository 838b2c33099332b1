"""What must be in order before a budget year is closed (domain.md 6.6), and what closed it."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from common.formatting import format_day
from common.moments import end_of_day, today
from common.money import ZERO, format_eur
from funding.ledger_check import ledger_problems
from funding.lifecycle import InstalmentState
from funding.models import (
    BudgetLine,
    BudgetYear,
    Claim,
    CommitteeDecision,
    LapsedCredit,
    YearClosing,
    YearReopening,
)


@dataclass(frozen=True)
class ClosingCheck:
    """One line of the checklist. What blocks must be mended; what waits may be accepted."""

    key: str
    label: str
    is_fine: bool
    blocks: bool
    found: str
    url: str = ""

    @property
    def to_accept(self) -> bool:
        """A person may close all the same, and says so."""
        return not self.is_fine and not self.blocks

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def closing_checks(year: BudgetYear) -> list[ClosingCheck]:
    """The checklist of a year, as it stands now."""
    return [
        _is_over(year),
        _former_years(year),
        _ledger(year),
        _granted_not_committed(year),
        _approved_not_paid(year),
        _waiting_for_check(year),
    ]


def unused_credits(year: BudgetYear) -> list[BudgetLine]:
    """The lines of the year in the order of the streams; `vak_available` and so on lapse."""
    return list(year.lines.select_related("budget_year").order_by("stream"))


def _is_over(year: BudgetYear) -> ClosingCheck:
    return ClosingCheck(
        "over",
        _("Het jaar is voorbij"),
        is_fine=today().year > year.year,
        blocks=True,
        found=_("Vandaag is het %(day)s.") % {"day": format_day(today())},
    )


def _former_years(year: BudgetYear) -> ClosingCheck:
    still_open = list(
        BudgetYear.objects.filter(year__lt=year.year, is_closed=False)
        .order_by("year")
        .values_list("year", flat=True)
    )
    return ClosingCheck(
        "former",
        _("De vorige jaren zijn afgesloten"),
        is_fine=not still_open,
        blocks=True,
        found=_("Nog open: %(years)s.") % {"years": ", ".join(map(str, still_open))}
        if still_open
        else _("Alle vorige jaren zijn afgesloten."),
        url=reverse("funding:budget_years"),
    )


def _ledger(year: BudgetYear) -> ClosingCheck:
    problems = ledger_problems()
    return ClosingCheck(
        "ledger",
        _("Geen boeking is gewijzigd of verdwenen"),
        is_fine=not problems,
        blocks=True,
        found="; ".join(map(str, problems[:5])) if problems else _("Alle boekingen kloppen."),
    )


def _granted_not_committed(year: BudgetYear) -> ClosingCheck:
    """A commitment is dated at the decision, so it can only be made while the year is open."""
    found = CommitteeDecision.objects.filter(
        outcome=CommitteeDecision.Outcome.GRANTED,
        decided_on__year=year.year,
        commitment__isnull=True,
    ).aggregate(count=Count("pk"), sum=Sum("granted_amount", default=ZERO))
    return _nothing_left(
        "granted",
        _("Alles wat het comité toekende, is vastgelegd"),
        found,
        url=f"{reverse('funding:requests')}?state=to_commit",
    )


def _approved_not_paid(year: BudgetYear) -> ClosingCheck:
    found = _claims(year, InstalmentState.APPROVED).aggregate(
        count=Count("pk"), sum=Sum("accepted_amount", default=ZERO)
    )
    return _nothing_left(
        "unpaid",
        _("Alle goedgekeurde schuldvorderingen zijn betaald"),
        found,
        url=f"{reverse('funding:claims')}?state={InstalmentState.APPROVED}",
    )


def _waiting_for_check(year: BudgetYear) -> ClosingCheck:
    found = _claims(year, InstalmentState.CLAIMED, InstalmentState.CHECKED).aggregate(
        count=Count("pk"), sum=Sum("amount", default=ZERO)
    )
    return _nothing_left(
        "waiting",
        _("Geen schuldvordering wacht op controle of goedkeuring"),
        found,
        url=reverse("funding:claims"),
    )


def _claims(year: BudgetYear, *states: InstalmentState) -> QuerySet[Claim]:
    return Claim.objects.filter(
        claimed_at__lt=end_of_day(date(year.year, 12, 31)),
        rejected_at__isnull=True,
        instalment__state__in=states,
    )


def _nothing_left(key: str, label: str, found: dict[str, Any], url: str) -> ClosingCheck:
    return ClosingCheck(
        key,
        label,
        is_fine=not found["count"],
        blocks=False,
        found=_("Nog %(count)s, samen %(sum)s.")
        % {"count": found["count"], "sum": format_eur(found["sum"])}
        if found["count"]
        else _("Niets."),
        url=url,
    )


def asked_reopening(year: BudgetYear) -> YearReopening | None:
    """The request to open the year again that nobody answered yet."""
    return (
        YearReopening.objects.filter(closing__budget_year=year, answered_at__isnull=True)
        .select_related("asked_by", "closing__budget_year")
        .first()
    )


def closings_of(year: BudgetYear) -> list[YearClosing]:
    """How the year was closed and opened again, latest first; three queries."""
    return list(
        year.closings.select_related("closed_by")
        .prefetch_related(
            Prefetch("credits", LapsedCredit.objects.select_related("line__budget_year")),
            Prefetch("reopenings", YearReopening.objects.select_related("asked_by", "answered_by")),
        )
        .order_by("-number")
    )
