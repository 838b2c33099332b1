"""Meetings of the committee, a letter, an agreement and a change that wait (voorbeelddata)."""

from datetime import timedelta
from io import BytesIO

import pikepdf
from django.utils import timezone

from calls.models import Call, CostPhase
from common.moments import add_working_days
from demo.money import Bookkeeper, Grant
from demo.organisations import MARK
from demo.people import Cast
from demo.timing import Calendar, at
from documents.models import StoredFile
from documents.services import store_file
from funding.lifecycle import AgreementState, CommitteeState, InstalmentState, RequestState
from funding.models import (
    Agreement,
    CofinancingRequest,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
    TenderDocument,
)
from funding.services import ask_change, draft_agreement, plan_committee, put_on_agenda
from funding.services.letters import make_letter
from projects.lifecycle import ProjectState
from projects.models import Project


def committee(calendar: Calendar, cast: Cast, books: Bookkeeper, call: Call) -> None:
    """One meeting that was held and one that is planned; what follows for the invented city."""
    _tender_documents(cast)
    decisions = list(
        CommitteeDecision.objects.filter(decided_on=calendar.ago(6)).select_related(
            "request__procurement__project"
        )
    )
    _held(calendar, cast, decisions)
    for decision in decisions:
        make_letter(decision, cast.secretary)
    meeting = plan_committee(
        day=add_working_days(calendar.today, 22),
        place=f"Koning Albert II-laan, Brussel {MARK}",
        by=cast.secretary,
    )
    for request in CofinancingRequest.objects.filter(
        state__in=[RequestState.REQUESTED, RequestState.POSTPONED]
    ).order_by("pk"):
        put_on_agenda(meeting=meeting, request=request, by=cast.team)
    _for_the_city(calendar, cast, books, call)


def _tender_documents(cast: Cast) -> None:
    undecided = [RequestState.REQUESTED, RequestState.POSTPONED]
    waiting = CofinancingRequest.objects.filter(state__in=undecided)
    granted = CofinancingRequest.objects.filter(
        decisions__outcome=CommitteeDecision.Outcome.GRANTED, decisions__commitment__isnull=True
    )
    for request in (waiting | granted).order_by("pk"):
        TenderDocument.objects.create(
            request=request,
            version=1,
            file=_paper("opdrachtdocument-voorbeelddata.pdf", cast),
            added_by=cast.team,
            added_at=request.requested_at,
        )


def _paper(name: str, cast: Cast) -> StoredFile:
    """An empty page: nobody wrote a tender document for an invented project."""
    paper, content = pikepdf.new(), BytesIO()
    paper.add_blank_page()
    paper.save(content)
    return store_file(content=content.getvalue(), name=name, created_by=cast.team)


def _held(calendar: Calendar, cast: Cast, decisions: list[CommitteeDecision]) -> None:
    day = calendar.ago(6)
    meeting = CommitteeMeeting.objects.create(
        day=day,
        is_online=True,
        dossier_deadline=day - timedelta(days=21),
        created_by=cast.secretary,
        created_at=at(day - timedelta(days=60), 9),
    )
    for position, decision in enumerate(decisions, 1):
        CommitteeItem.objects.create(
            meeting=meeting,
            request=decision.request,
            position=position,
            is_open=False,
            tender_document=decision.request.tender_documents.first(),
            decision=decision,
        )
    steps = [
        (CommitteeState.AGENDA_CLOSED, "closed_at", at(day - timedelta(days=15), 10)),
        (CommitteeState.HELD, "held_at", at(day, 16)),
    ]
    for state, field, moment in steps:
        CommitteeMeeting.objects.filter(pk=meeting.pk).update(**{"state": state, field: moment})


def _for_the_city(calendar: Calendar, cast: Cast, books: Bookkeeper, call: Call) -> None:
    """A grant of which the letter was told, the agreement waits for a signature, the first
    instalment may be claimed, and a later end was asked."""
    project = Project.objects.create(
        call=call,
        organisation=cast.submitter.memberships.get().organisation,
        reference=f"{call.reference}-0099",
        title=f"Groenonderhoud op vraag {MARK}",
        summary="Sensoren vertellen welke parken onderhoud nodig hebben.",
        guide=cast.team,
        state=ProjectState.COFINANCING_GRANTED,
        is_fictional=True,
        opened_on=calendar.day(calendar.year, 0.1),
    )
    start = calendar.day(calendar.year, 0.35)
    project.phases.create(
        phase=CostPhase.DEVELOPMENT, starts_on=start, ends_on=calendar.today + timedelta(days=600)
    )
    commitment = books.grant(
        project,
        Grant(calendar.year, 0.35, "184500.00", (), waiting=InstalmentState.CLAIMABLE),
    )
    decision = commitment.decision
    assert decision is not None  # the bookkeeper decides before committing
    make_letter(decision, cast.secretary)
    CommitteeDecision.objects.filter(pk=decision.pk).update(
        told_at=timezone.now(), told_by=cast.team
    )
    agreement = draft_agreement(
        decision=decision,
        by=cast.team,
        due_on=calendar.today + timedelta(days=20),
        terms=f"De begunstigde deelt de resultaten met andere besturen {MARK}.",
    )
    Agreement.objects.filter(pk=agreement.pk).update(
        state=AgreementState.SENT, sent_at=timezone.now()
    )
    commitment.refresh_from_db()
    ask_change(
        commitment=commitment,
        kind="period",
        new_end=calendar.today + timedelta(days=690),
        reason=f"De opdrachtnemer levert het prototype drie maanden later {MARK}.",
        by=cast.submitter,
    )
