"""Reads around handing in: extensions and what staff see of a proposal that may still change."""

from dataclasses import dataclass

from django.db.models import (
    Case,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from audit.models import AuditEvent
from projects.lifecycle import ProposalState
from projects.models import Proposal, ProposalVersion, SubmissionExtension


def proposal_to_extend(reference: str) -> Proposal | None:
    """The proposal with this number, for who may extend: also a draft that staff may not read."""
    return (
        Proposal.objects.select_related("call", "organisation")
        .filter(reference__iexact=reference.strip())
        .first()
    )


def granted_extensions() -> QuerySet[SubmissionExtension]:
    """Every extension, newest first."""
    return SubmissionExtension.objects.select_related(
        "proposal__organisation", "granted_by"
    ).order_by("-granted_at", "-pk")


@dataclass(frozen=True)
class LateAttempt:
    """Somebody pressed when the window was closed; what staff read before they extend."""

    event: AuditEvent
    proposal: Proposal


def late_attempts(limit: int = 25) -> list[LateAttempt]:
    """The last ones, newest first: two queries. Of a draft only its number and instants."""
    events = list(
        AuditEvent.objects.filter(action="proposal.submit_refused", data__code="late")
        .select_related("actor")
        .order_by("-at", "-pk")[:limit]
    )
    proposals = Proposal.objects.select_related("organisation").in_bulk(
        {int(event.object_id) for event in events}
    )
    return [LateAttempt(event, proposals[int(event.object_id)]) for event in events]


def partners_as_submitted(proposal: Proposal) -> list[tuple[str, str]]:
    """Name and enterprise number of every partner in what counts."""
    if proposal.has_working_text and (version := proposal.latest_version):
        return [(row["name"], row["kbo"]) for row in version.content.get("partners", [])]
    return list(proposal.partners.values_list("name", "kbo"))


WORKING_TEXT = Q(reopened_at__isnull=False) | Q(
    state__in=[ProposalState.INCOMPLETE, ProposalState.WITHDRAWN]
)
"""`Proposal.has_working_text` in SQL, of what was handed in."""


def as_handed_in(field: str) -> Case:
    """A general text ("title", "acronym", "theme") as staff may sort and search it.

    Sorting or filtering on the row itself would tell staff what the applicant is changing.
    """
    of_row = "theme__name" if field == "theme" else field
    path = f'$.sections[*] ? (@.kind == "general").items[*] ? (@.key == "{field}").text'
    latest = (
        ProposalVersion.objects.filter(proposal=OuterRef("pk"))
        .order_by("-number")
        .annotate(frozen=_Text(F("content"), Value(path)))
        .values("frozen")[:1]
    )
    return Case(
        When(WORKING_TEXT, then=Coalesce(Subquery(latest), F(of_row))),
        default=F(of_row),
        output_field=TextField(),
    )


class _Text(Func):
    function = "jsonb_path_query_first"
    template = "(%(function)s(%(expressions)s::jsonpath) #>> '{}')"
    output_field = TextField()
