"""Reads of the history of a section."""

from dataclasses import dataclass

from django.http import Http404

from calls.models import FormSection
from projects.history import Difference, changes, differences
from projects.models import Proposal, SectionRevision

PER_PAGE = 10


@dataclass(frozen=True)
class HistoryRow:
    """One saved version, with what changed since the one before it."""

    revision: SectionRevision
    changes: list[Difference]
    is_first: bool


def history_page(
    proposal: Proposal, section: FormSection, page: int
) -> tuple[list[HistoryRow], bool]:
    """The versions of a section, newest first, and whether there are older ones. One query."""
    start = max(page - 1, 0) * PER_PAGE
    found = list(
        SectionRevision.objects.filter(proposal=proposal, section=section)
        .select_related("saved_by")
        .order_by("-version")[start : start + PER_PAGE + 1]
    )
    rows = []
    for place, revision in enumerate(found[:PER_PAGE]):
        before = found[place + 1] if place + 1 < len(found) else None
        view = before.data["view"] if before else None
        rows.append(HistoryRow(revision, changes(view, revision.data["view"]), before is None))
    return rows, len(found) > PER_PAGE


def revision_for_reading(proposal: Proposal, section: FormSection, version: int) -> SectionRevision:
    """One version of a section of a draft that the reader may see.

    Raises:
        Http404: when there is no such version.
    """
    found = (
        SectionRevision.objects.filter(proposal=proposal, section=section, version=version)
        .select_related("saved_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def compared_with_now(revision: SectionRevision, view: dict[str, object]) -> list[Difference]:
    """Each answer of then beside the present one (`view`)."""
    return differences(revision.data["view"], view)
