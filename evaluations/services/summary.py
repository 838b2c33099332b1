"""The summary row of a file, for lists and boards: made again whenever something of it changes.

Listeners of `post_save` and `post_delete` call this in the transaction of the change, so that no
service can forget it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from common.moments import add_working_days, last_day_before, local_day
from evaluations import conf
from evaluations.lifecycle import AssignmentState, FileStep
from evaluations.models import (
    Advice,
    Assignment,
    CompletenessCheck,
    Consensus,
    Evaluation,
    FileSummary,
    SelectionDecision,
)
from evaluations.pauses import moved_by_pauses, paused_working_days, stands_still_since
from evaluations.scoring import consensus_is_needed
from evaluations.search import plain
from evaluations.selectors.deadlines import (
    advice_due_on,
    completeness_due,
    decision_due,
    notification_due,
)
from projects.frozen import Content, items_of
from projects.lifecycle import InformationState, ProposalState
from projects.models import InformationRequest, Proposal

AT_THE_CHECK = frozenset({ProposalState.SUBMITTED, ProposalState.INCOMPLETE})
AS_STORED = Decimal("0.000001")
"""The decimals of a total: a third of a point is rounded, so that what is kept is what is right."""
CLOSED = frozenset({ProposalState.SELECTED, ProposalState.NOT_SELECTED, ProposalState.WITHDRAWN})


def refresh_summary(proposal_id: int) -> FileSummary | None:
    """Write the row of one file as things stand; None for what was never handed in."""
    proposal = _files().filter(pk=proposal_id).first()
    if proposal is None:
        return None
    row = summarise(proposal)
    FileSummary.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["proposal"], update_fields=_WRITTEN
    )
    moved = _moved_readers(proposal)
    for reader, day in moved:
        reader.moved_to = day
    Assignment.objects.bulk_update([reader for reader, _day in moved], ["moved_to"])
    return row


def _moved_readers(proposal: Any) -> list[tuple[Assignment, date | None]]:
    """The readers whose last day is another one than is kept, now that the clock ran or stood.

    Of a file as `summarise` left it.
    """
    found = []
    for reader in proposal.readers:
        reader.proposal = proposal
        day = advice_due_on(reader)
        moved_to = None if day == reader.due_on else day
        if moved_to != reader.moved_to:
            found.append((reader, moved_to))
    return found


def fill_summaries(**_: Any) -> None:
    """Rows for files that have none yet (listener of `post_migrate`)."""
    missing = _files().filter(summary_row__isnull=True)
    for proposal_id in missing.values_list("pk", flat=True).order_by("pk"):
        refresh_summary(proposal_id)


_WRITTEN = [field.name for field in FileSummary._meta.fields if field.name != "proposal"]


def _files() -> QuerySet[Proposal]:
    """What `summarise` needs of every file; it asks the rest where the state calls for it.

    A file is summarised at each step of its life: a question less is noticed.
    """
    return (
        Proposal.objects.filter(submitted_at__isnull=False)
        .select_related("call", "round", "organisation", "theme")
        .prefetch_related("clock_pauses")
        .order_by("pk")
    )


@dataclass(frozen=True)
class _HandedIn:
    """What counts of a file: the frozen version where the rows may hold a working text."""

    title: str
    acronym: str
    theme: str
    amount: Decimal


def _as_handed_in(proposal: Proposal) -> _HandedIn:
    content: Content = {}
    if proposal.has_working_text:
        latest = proposal.versions.order_by("-number").values_list("content", flat=True)
        content = latest.first() or {}
    texts = {
        item["key"]: item["text"]
        for section, item in items_of(content)
        if section["kind"] == "general"
    }
    requested = content.get("estimate", {}).get("requested")
    return _HandedIn(
        title=texts.get("title", proposal.title),
        acronym=texts.get("acronym", proposal.acronym),
        theme=texts.get("theme", proposal.theme.name if proposal.theme else ""),
        amount=proposal.requested_amount if requested is None else Decimal(requested),
    )


def summarise(proposal: Any) -> FileSummary:
    """The row for a file as `_files` reads it; nothing is written."""
    pauses = list(proposal.clock_pauses.all())
    counts = _as_handed_in(proposal)
    row = FileSummary(
        proposal_id=proposal.pk,
        call_id=proposal.call_id,
        title=counts.title,
        theme=counts.theme,
        requested_amount=counts.amount,
        words=plain(
            " ".join(
                [
                    proposal.reference,
                    counts.title,
                    counts.acronym,
                    proposal.organisation.name,
                ]
            )
        ),
        is_withdrawn=proposal.state == ProposalState.WITHDRAWN,
        clock_stands_since=stands_still_since(pauses),
        paused_days=paused_working_days(pauses),
    )
    proposal.readers = []
    if proposal.state in AT_THE_CHECK:
        _at_the_check(row, proposal)
        return row
    proposal.readers = readers = _readers(proposal)
    consensus = None
    if _finished(readers):  # before that there is nothing to agree about
        consensus = Consensus.objects.filter(proposal=proposal).first()
    _scores(row, readers, consensus)
    advices = list(proposal.advices.order_by("number"))
    final = [advice for advice in advices if advice.finalised_at is not None]
    if final:
        row.conclusion, row.advised_at = final[-1].conclusion, final[-1].finalised_at
    if proposal.state in CLOSED:
        row.step = FileStep.CLOSED
    elif proposal.state == ProposalState.ADVISED and final:
        _after_the_advice(row, proposal, advices)
    else:
        _in_assessment(row, proposal, readers, consensus)
    return row


def _readers(proposal: Any) -> list[Assignment]:
    return list(
        proposal.assignments.active().select_related("evaluation").order_by("-is_lead", "pk")
    )


def _finished(readers: list[Assignment]) -> list[Evaluation]:
    """The final evaluations; a row may come a moment before its evaluation."""
    done = [one for one in readers if one.state == AssignmentState.DONE]
    return [one.evaluation for one in done if hasattr(one, "evaluation")]


def _at_the_check(row: FileSummary, proposal: Any) -> None:
    if proposal.state == ProposalState.INCOMPLETE:
        row.step = FileStep.CORRECTION
        row.due_on = _last_day(proposal.correction_until)
    elif proposal.reopened_at is not None:
        row.step = FileStep.REOPENED
        row.due_on = _last_day(proposal.round.closes_at if proposal.round else None)
    else:
        row.step = FileStep.CHECK
        row.due_on = _last_day(completeness_due(proposal))


def _scores(row: FileSummary, readers: list[Assignment], consensus: Consensus | None) -> None:
    done = _finished(readers)
    totals = [item.total_percent for item in done if item.total_percent is not None]
    row.readers_asked, row.readers_done = len(readers), len(done)
    if not totals:
        return
    row.lowest_percent, row.highest_percent = min(totals), max(totals)
    row.verdicts_differ = len({item.passes for item in done}) > 1
    if consensus is not None and consensus.finalised_at is not None:
        row.total_percent, row.passes = consensus.total_percent, consensus.passes
    else:
        row.total_percent = (sum(totals, Decimal(0)) / len(totals)).quantize(AS_STORED)
        row.passes = all(item.passes for item in done)


def _in_assessment(
    row: FileSummary, proposal: Any, readers: list[Assignment], consensus: Consensus | None
) -> None:
    lead = next((one for one in readers if one.is_lead), None)
    asked = InformationRequest.objects.filter(proposal=proposal, state=InformationState.OPEN)
    answer_by = asked.order_by("due_at").values_list("due_at", flat=True).first()
    if answer_by is not None:
        row.step, row.due_on = FileStep.INFORMATION, _last_day(answer_by)
        return
    if lead is None or len(readers) < proposal.call.reader_count:
        row.step = FileStep.ASSIGN
        checks = CompletenessCheck.objects.filter(version__proposal=proposal, is_complete=True)
        since = checks.order_by("-checked_at").values_list("checked_at", flat=True).first()
        if since is not None:
            day = add_working_days(local_day(since), conf.assignment_working_days())
            row.due_on = moved_by_pauses(day, proposal.clock_pauses.all(), since)
        return
    row.due_on = advice_due_on(lead)
    states = {one.state for one in readers}
    if AssignmentState.ACCEPTED in states:
        row.step = FileStep.ASSESS
    elif AssignmentState.INVITED in states:
        row.step = FileStep.INVITED
    elif consensus_is_needed(
        proposal.call, [(item.total_percent, item.passes) for item in _finished(readers)]
    ) and (consensus is None or consensus.finalised_at is None):
        row.step = FileStep.CONSENSUS
    else:
        row.step = FileStep.ADVISE


def _after_the_advice(row: FileSummary, proposal: Any, advices: list[Advice]) -> None:
    final = [advice for advice in advices if advice.finalised_at is not None][-1]
    if any(advice.finalised_at is None for advice in advices):
        row.step = FileStep.ADVISE
    elif decision := SelectionDecision.objects.filter(proposal=proposal).first():
        row.step = FileStep.NOTIFY
        row.due_on = _last_day(notification_due(decision))
    else:
        row.step, row.due_on = FileStep.DECIDE, _last_day(decision_due(final))


def _last_day(instant: datetime | None) -> date | None:
    return last_day_before(instant) if instant is not None else None


_NOT_SUMMARISED: dict[type[Model], frozenset[str]] = {
    Evaluation: frozenset({"own_notes", "version", "updated_at"}),
    SelectionDecision: frozenset(
        {
            "letter",
            "notification_means",
            "notification_proof",
            "notified_at",
            "notified_by",
            "notified_on",
        }
    ),
}
"""What changes often and says nothing to a list: scores in the making, and how a file was told."""


def on_change(*, instance: Any, update_fields: Collection[str] | None = None, **_: Any) -> None:
    """Listener of `post_save` and `post_delete` of everything that a summary is made of."""
    if isinstance(instance, Proposal) and instance.submitted_at is None:
        return
    unseen = _NOT_SUMMARISED.get(type(instance), frozenset())
    if update_fields is not None and unseen.issuperset(update_fields):
        return
    refresh_summary(_proposal_of(instance))


def on_organisation_change(*, instance: Any, **_: Any) -> None:
    """Listener of `post_save` of an organisation: its name is searched for with its files."""
    files = Proposal.objects.filter(organisation=instance.pk, submitted_at__isnull=False)
    for proposal_id in files.values_list("pk", flat=True).order_by("pk"):
        refresh_summary(proposal_id)


def _proposal_of(instance: Any) -> int:
    if isinstance(instance, Proposal):
        return instance.pk
    if hasattr(instance, "proposal_id"):
        return int(instance.proposal_id)
    holder = getattr(instance, "assignment", None) or instance.version
    return int(holder.proposal_id)


def stale_summaries() -> Iterable[tuple[str, str]]:
    """Files whose row differs from what it should be, with the field that differs; for checks."""
    for proposal in _files().select_related("summary_row"):
        kept = getattr(proposal, "summary_row", None)
        right = summarise(proposal)
        if kept is None:
            yield proposal.reference, "missing"
            continue
        for name in _WRITTEN:
            if getattr(kept, name) != getattr(right, name):
                yield proposal.reference, name
        for _reader in _moved_readers(proposal):
            yield proposal.reference, "moved_to"
