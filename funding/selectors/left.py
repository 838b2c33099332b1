"""What the rooms below ask of the budget: how much is left, and what may still come."""

from typing import Any

from django.db.models import Count, Sum

from evaluations.models import ConflictOfInterest
from evaluations.money import MoneyLeft, PipelinePart
from funding.models import BudgetLine, BudgetVersion
from funding.selectors.budget import projects_in_pipeline


def money_left(year: int) -> MoneyLeft | None:
    """The VAK for co-financing in `year`; None when the year has no such line. Two queries.

    Selection commits nothing (domain.md 0.2), and the means for preparation are another stream.
    """
    line = BudgetLine.objects.filter(
        budget_year__year=year, stream=BudgetLine.Stream.COFINANCING
    ).first()
    if line is None:
        return None
    latest = BudgetVersion.objects.filter(line=line).order_by("-number").first()
    return MoneyLeft(
        year=year,
        budget=line.vak,
        committed=line.committed,
        available=line.vak_available,
        version=f"{latest.get_label_display()} {latest.effective_on:%d/%m/%Y}" if latest else "",
    )


def pipeline_parts(user: Any) -> list[PipelinePart]:
    """The pipeline per theme and type of organisation; one query.

    Without projects that came from a file with which `user` has a conflict of interest.
    """
    sums = (
        projects_in_pipeline()
        .exclude(proposal__in=ConflictOfInterest.objects.of(user).values("proposal"))
        .order_by()
        .values("theme__name", "organisation__type")
        .annotate(files=Count("pk"), amount=Sum("expected"))
        .order_by("theme__name", "organisation__type")
    )
    return [
        PipelinePart(
            theme=row["theme__name"] or "",
            organisation_type=row["organisation__type"],
            files=row["files"],
            amount=row["amount"],
        )
        for row in sums
    ]
