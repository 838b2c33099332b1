"""Granted co-financing in the 360Giving data standard, as open data (domain.md 9.5).

Only projects of the public portfolio: never what was refused.
"""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import Organisation
from common.moments import today
from common.money import ZERO
from funding.models import BudgetLine, Commitment
from notifications.services import portal_url
from projects.models import Project
from projects.models.project import MONEY_STATES

STANDARD = "1.1"
MARK = "(voorbeelddata)"


def published_grants() -> QuerySet[Commitment]:
    """Commitments on contracts of projects in the portfolio, of which something is left."""
    return (
        Commitment.objects.filter(
            line__stream=BudgetLine.Stream.COFINANCING,
            project__in=Project.objects.public(),
            committed__gt=ZERO,
        )
        # How a request for money stands is nobody's business before the contract is tendered.
        .exclude(project__state__in=MONEY_STATES)
        .select_related("project__organisation", "project__theme", "project__call", "line")
        .order_by("effective_on", "pk")
    )


def grants_package() -> dict[str, Any]:
    """The whole file: plain JSON values, amounts in EUR. One query."""
    return {
        "version": STANDARD,
        "title": settings.SUBSIDY_MEASURE,
        "issued": today().isoformat(),
        "license": settings.OPEN_DATA_LICENCE,
        "publisher": {
            "identifier": settings.GRANT_FUNDER["id"],
            "name": settings.GRANT_FUNDER["name"],
        },
        "grants": [_grant(commitment) for commitment in published_grants()],
    }


def _grant(commitment: Commitment) -> dict[str, Any]:
    project = commitment.project
    grant = {
        "id": f"{settings.GRANT_PREFIX}-{commitment.number}",
        "title": _marked(project.title, project),
        "description": _marked(project.summary or project.title, project),
        "currency": "EUR",
        # What was committed, less what was given back since: what may still be paid at most.
        "amountAwarded": float(commitment.committed - commitment.released),
        "amountDisbursed": float(commitment.paid - commitment.recovered),
        "awardDate": commitment.effective_on.isoformat(),
        "recipientOrganization": [_recipient(project.organisation)],
        "fundingOrganization": [dict(settings.GRANT_FUNDER)],
        "grantProgramme": [{"code": "PIO", "title": settings.SUBSIDY_MEASURE}],
        "dataSource": portal_url("projects:public_project", project.reference),
    }
    if project.theme:
        grant["classifications"] = [
            {
                "vocabulary": settings.GRANT_PREFIX,
                "code": slugify(project.theme.name),
                "title": project.theme.name,
            }
        ]
    return grant


def _marked(text: str, project: Project) -> str:
    """Of demo data that it is, also in a row that is copied."""
    return f"{text} {MARK}" if project.is_fictional and MARK not in text else text


def _recipient(organisation: Organisation) -> dict[str, str]:
    """By KBO number; who has none gets a number of ours."""
    number = (
        f"BE-BCE_KBO-{organisation.kbo}"
        if organisation.kbo
        else f"{settings.GRANT_PREFIX}-org-{organisation.pk}"
    )
    return {"id": number, "name": organisation.name}
