"""What may still ask money: selected and not committed. Shown beside the VAK, never subtracted."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from accounts.models import OrganisationType
from common.money import ZERO
from evaluations.models import FileSummary, SelectionDecision
from evaluations.money import PipelinePart, told_pipeline
from evaluations.policies import may_see_all_files
from evaluations.selectors.files import visible_files


@dataclass(frozen=True)
class PipelineRow:
    """Files and EUR: told to the applicant, and decided but not told yet."""

    label: str
    told_files: int
    told_amount: Decimal
    decided_files: int
    decided_amount: Decimal

    @property
    def amount(self) -> Decimal:
        return self.told_amount + self.decided_amount


@dataclass(frozen=True)
class Pipeline:
    """The same files per theme and per type of organisation, with their total."""

    themes: list[PipelineRow]
    types: list[PipelineRow]
    total: PipelineRow


def pipeline(user: Any) -> Pipeline:
    """Everything selected and not committed, as far as `user` may know. Two queries."""
    told, decided = told_pipeline(user), decided_parts(user)
    return Pipeline(
        themes=_rows(told, decided, lambda part: part.theme or _("Zonder thema")),
        types=_rows(
            told, decided, lambda part: str(OrganisationType(part.organisation_type).label)
        ),
        total=_row(_("Samen"), told, decided),
    )


def decided_parts(user: Any) -> list[PipelinePart]:
    """Files that were selected and wait for the notification, where `user` may know that."""
    files = visible_files(user)
    if not may_see_all_files.test(user, None):
        files = files.filter(call__decision_role__in=[role.value for role in user.staff_roles])
    sums = (
        FileSummary.objects.filter(
            proposal__decision__outcome=SelectionDecision.Outcome.SELECTED,
            proposal__decision__notified_at__isnull=True,
            proposal__in=files,
        )
        .order_by()
        .values("theme", organisation_type=F("proposal__organisation__type"))
        .annotate(files=Count("pk"), amount=Sum("requested_amount"))
        .order_by("theme", "organisation_type")
    )
    return [PipelinePart(**row) for row in sums]


def _rows(told: list[PipelinePart], decided: list[PipelinePart], label: Any) -> list[PipelineRow]:
    labels = sorted({label(part) for part in (*told, *decided)})
    return [
        _row(
            one,
            [part for part in told if label(part) == one],
            [part for part in decided if label(part) == one],
        )
        for one in labels
    ]


def _row(label: str, told: Iterable[PipelinePart], decided: Iterable[PipelinePart]) -> PipelineRow:
    told, decided = list(told), list(decided)
    return PipelineRow(
        label,
        sum(part.files for part in told),
        sum((part.amount for part in told), ZERO),
        sum(part.files for part in decided),
        sum((part.amount for part in decided), ZERO),
    )
