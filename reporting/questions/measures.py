"""What can be measured, and by what it can be broken down.

A measure knows where, from its own rows, the organisation, the theme and so on stand. What it does
not know can't be asked of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType
from common.moments import BRUSSELS, end_of_day, start_of_day
from documents.spreadsheets import INTEGER, MONEY, Kind
from evaluations.models import SelectionDecision
from evaluations.selectors.files import visible_files
from funding.models import BudgetLine, CofinancingRequest, CommitteeDecision, LedgerEntry
from funding.models.booking import (
    NET_COMMITTED,
    NET_PAID,
    RECOVERED,
    RELEASED,
    EntryKind,
    signed_amount,
)
from projects.models import Procurement, ProcurementProcedure, Project


class Dimension(models.TextChoices):
    """By what a measure is broken down; the value stands in addresses."""

    YEAR = "jaar", _("Jaar")
    STREAM = "geldstroom", _("Geldstroom")
    ORGANISATION_TYPE = "soort", _("Soort organisatie")
    ORGANISATION = "organisatie", _("Organisatie")
    PROVINCE = "provincie", _("Provincie")
    THEME = "thema", _("Thema")
    CALL = "oproep", _("Oproep")
    PROJECT = "project", _("Project")
    PROCEDURE = "procedure", _("Plaatsingsprocedure")


LABELS: dict[Dimension, Any] = {
    Dimension.STREAM: BudgetLine.Stream,
    Dimension.ORGANISATION_TYPE: OrganisationType,
    Dimension.PROCEDURE: ProcurementProcedure,
}
"""Dimensions that hold a code, with the choices that give it words."""


class Measure(models.TextChoices):
    """What is added up or counted."""

    COMMITTED = "vastgelegd", _("Vastgelegd bedrag")
    PAID = "vereffend", _("Vereffend bedrag")
    RELEASED = "vrijgegeven", _("Vrijgegeven bedrag (vrijval)")
    RECOVERED = "teruggevorderd", _("Teruggevorderd bedrag")
    REQUESTED = "gevraagd", _("Gevraagde cofinanciering")
    GRANTED = "toegekend", _("Toegekende cofinanciering")
    AWARDED = "gegund", _("Gegund bedrag van opdrachten, zonder btw")
    AWARDS = "opdrachten", _("Aantal gegunde opdrachten")
    SUBMITTED = "ingediend", _("Aantal ingediende voorstellen")
    SELECTED = "geselecteerd", _("Aantal geselecteerde voorstellen")
    STARTED = "gestart", _("Aantal gestarte projecten")


@dataclass(frozen=True)
class Source:
    """Where a measure reads.

    on: the day or instant that counts; paths: where each dimension stands; kind: EUR or a number.
    """

    rows: Callable[[Any], QuerySet[Any]]
    value: Any
    on: str
    is_instant: bool
    paths: Mapping[Dimension, str]
    kind: Kind = MONEY

    def year(self) -> ExtractYear:
        """The year of `on`, in Brussels."""
        return ExtractYear(self.on, tzinfo=BRUSSELS) if self.is_instant else ExtractYear(self.on)

    def within(self, since: date | None, until: date | None) -> Q:
        """Both days count."""
        condition = Q(**{f"{self.on}__isnull": False})
        if since:
            condition &= Q(**{f"{self.on}__gte": start_of_day(since) if self.is_instant else since})
        if until and self.is_instant:
            condition &= Q(**{f"{self.on}__lt": end_of_day(until)})
        elif until:
            condition &= Q(**{f"{self.on}__lte": until})
        return condition


def _of_project(path: str) -> dict[Dimension, str]:
    start = f"{path}__" if path else ""
    return {
        Dimension.ORGANISATION_TYPE: f"{start}organisation__type",
        Dimension.ORGANISATION: f"{start}organisation__name",
        Dimension.PROVINCE: f"{start}organisation__province",
        Dimension.THEME: f"{start}theme__name",
        Dimension.CALL: f"{start}call__title",
    }


def _projects(path: str) -> dict[Dimension, str]:
    start = f"{path}__" if path else ""
    return {**_of_project(path), Dimension.PROJECT: f"{start}title"}


def _ledger(effect: dict[EntryKind, int]) -> Source:
    return Source(
        rows=lambda user: LedgerEntry.objects.filter(kind__in=effect),
        value=Sum(signed_amount(effect)),
        on="effective_on",
        is_instant=False,
        paths={Dimension.STREAM: "line__stream", **_projects("commitment__project")},
    )


_AWARDS: dict[str, Any] = {
    "rows": lambda user: Procurement.objects.filter(awarded_on__isnull=False),
    "on": "awarded_on",
    "is_instant": False,
    "paths": {Dimension.PROCEDURE: "procedure", **_projects("project")},
}

SOURCES: dict[Measure, Source] = {
    Measure.COMMITTED: _ledger(NET_COMMITTED),
    Measure.PAID: _ledger(NET_PAID),
    Measure.RELEASED: _ledger(RELEASED),
    Measure.RECOVERED: _ledger(RECOVERED),
    Measure.REQUESTED: Source(
        rows=lambda user: CofinancingRequest.objects.all(),
        value=Sum("requested_amount"),
        on="requested_at",
        is_instant=True,
        paths={
            Dimension.PROCEDURE: "procurement__procedure",
            **_projects("procurement__project"),
        },
    ),
    Measure.GRANTED: Source(
        rows=lambda user: CommitteeDecision.objects.filter(
            outcome=CommitteeDecision.Outcome.GRANTED
        ),
        value=Sum("granted_amount"),
        on="decided_on",
        is_instant=False,
        paths={
            Dimension.PROCEDURE: "request__procurement__procedure",
            **_projects("request__procurement__project"),
        },
    ),
    Measure.AWARDED: Source(value=Sum("award_amount"), **_AWARDS),
    Measure.AWARDS: Source(value=Count("pk"), kind=INTEGER, **_AWARDS),
    # No organisation by name: who was not selected is nobody's business (domain.md 9.5).
    Measure.SUBMITTED: Source(
        rows=visible_files,
        value=Count("pk"),
        on="submitted_at",
        is_instant=True,
        paths={key: path for key, path in _of_project("").items() if key != Dimension.ORGANISATION},
        kind=INTEGER,
    ),
    # A decision exists for others from its notification on.
    Measure.SELECTED: Source(
        rows=lambda user: visible_files(user).filter(
            decision__outcome=SelectionDecision.Outcome.SELECTED
        ),
        value=Count("pk"),
        on="decision__notified_at",
        is_instant=True,
        paths=_of_project(""),
        kind=INTEGER,
    ),
    Measure.STARTED: Source(
        rows=lambda user: Project.objects.visible_to(user),
        value=Count("pk"),
        on="opened_on",
        is_instant=False,
        paths=_projects(""),
        kind=INTEGER,
    ),
}
