"""The demo: whole, repeatable, and fair to real organisations."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q, Sum

from accounts.models import Organisation
from calls.lifecycle import CallPhase
from calls.models import Call
from common import clock
from common.moments import end_of_day, today
from demo.sources import call_sources, project_sources
from evaluations.lifecycle import FileStep, MeetingState
from evaluations.models import (
    Assignment,
    CompletenessCheck,
    ConflictOfInterest,
    Departure,
    FeedbackTalk,
    FileSummary,
    Meeting,
    PreparedNotification,
    Score,
    SelectionDecision,
)
from evaluations.services.locking import applicants
from evaluations.services.summary import stale_summaries
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, Commitment, LedgerEntry
from notifications.lifecycle import MailState
from notifications.models import OutboxMail
from projects.content import fingerprint
from projects.lifecycle import ProjectState, ProposalState
from projects.models import (
    InformationRequest,
    PartnerAccess,
    Project,
    Proposal,
    ProposalVersion,
    SectionAssignment,
)
from reporting.facts import known_at
from reporting.models import ReportEdition
from reporting.yearly.building import build_yearly_report, default_cut_off, report_tables
from reporting.yearly.comparing import compare
from reporting.yearly.exports import content_hash

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once for this file, in a transaction around all of its tests, and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def counts() -> dict[str, int]:
    models = (Call, Proposal, ProposalVersion, Project, Commitment, LedgerEntry, Organisation)
    return {model.__name__: model.objects.count() for model in models}


def test_loading_twice_changes_nothing(demo: None) -> None:
    before = counts()
    call_command("load_demo", verbosity=0)
    assert counts() == before


def test_one_call_is_open_one_in_assessment_one_decided(demo: None) -> None:
    phases = {call.phase for call in Call.objects.filter(is_fictional=True)}
    assert phases >= {CallPhase.OPEN, CallPhase.ASSESSMENT, CallPhase.DECIDED}


def test_every_real_call_and_project_title_is_there_with_its_source(demo: None) -> None:
    titles = {source.title for source in project_sources()}
    real = Project.objects.filter(title__in=titles)
    assert real.count() == len(titles) == 26
    assert not real.filter(source_url="").exists()
    sources = list(call_sources())
    assert Call.objects.filter(is_fictional=False).count() == len(sources) == 9


def test_no_real_organisation_is_rejected_or_scored(demo: None) -> None:
    real = Q(proposal__organisation__is_fictional=False)
    assert SelectionDecision.objects.filter(real).count() == 0
    scored = Score.objects.filter(
        evaluation__assignment__proposal__organisation__is_fictional=False
    )
    assert scored.count() == 0
    assert SelectionDecision.objects.count() >= 19


def test_whatever_carries_an_invented_amount_is_marked(demo: None) -> None:
    assert not Project.objects.filter(commitments__isnull=False, is_fictional=False).exists()
    assert not Proposal.objects.exclude(title__contains="(voorbeelddata)").exists()


def test_every_table_of_every_year_is_full(demo: None) -> None:
    for year in (today().year - 2, today().year - 1, today().year):
        report = build_yearly_report(year=year, cut_off=default_cut_off(year), generated_by="t")
        assert {table.key for table in report_tables(report) if not table.rows} <= {"resultaten"}


def test_the_edition_of_last_year_is_signed_and_one_booking_came_after_it(demo: None) -> None:
    edition = ReportEdition.objects.get()
    assert edition.is_signed
    assert edition.year == today().year - 1
    reports = [
        build_yearly_report(year=edition.year, cut_off=cut_off, generated_by="")
        for cut_off in (edition.cut_off, clock.now())
    ]
    assert content_hash(reports[0]) == edition.content_hash
    found = compare(*reports)
    [encours] = [one for one in found.figures if one.column == "Encours einde"][:1]
    assert [cause.kind for cause in encours.causes] == ["Terugboeking in hetzelfde jaar"]


def test_totals_are_the_sums_of_the_ledger(demo: None) -> None:
    kind = LedgerEntry.Kind
    for line in BudgetLine.objects.all():
        sums = line.entries.aggregate(
            committed=Sum("amount", filter=Q(kind=kind.COMMITMENT), default=0),
            reversed=Sum("amount", filter=Q(kind=kind.REVERSAL), default=0),
            paid=Sum("amount", filter=Q(kind=kind.PAYMENT), default=0),
        )
        assert line.committed == sums["committed"] - sums["reversed"]
        assert line.paid == sums["paid"]


def test_frozen_versions_keep_their_fingerprint(demo: None) -> None:
    for version in ProposalVersion.objects.all():
        assert version.sha256 == fingerprint(version.content)


def test_every_screen_has_something_to_show(demo: None) -> None:
    states = set(Proposal.objects.values_list("state", flat=True))
    assert states >= set(ProposalState) - {ProposalState.WITHDRAWN}
    projects = set(Project.objects.values_list("state", flat=True))
    assert projects >= {
        ProjectState.PREPARATION,
        ProjectState.COFINANCING_REQUESTED,
        ProjectState.COFINANCING_GRANTED,
        ProjectState.EXECUTION,
        ProjectState.FINISHED,
    }


def test_work_waits_for_the_people_of_the_city(demo: None) -> None:
    request = InformationRequest.objects.get()
    assert request.proposal.organisation.name == "Stad Voorbeeldegem (voorbeelddata)"
    assert (request.proposal.state, request.state) == (ProposalState.ASSESSMENT, "open")
    assert request.items.count() == 2
    assignment = SectionAssignment.objects.get()
    assert assignment.proposal.reference == f"PIO-{today().year}-3-0001"
    assert assignment.assignee.email == "bewerker@voorbeeldegem.example"
    assert assignment.due_on > today()
    access = PartnerAccess.objects.get()
    assert access.partner.proposal == assignment.proposal
    assert access.user.email == "indiener@deproef.example"


def summary_steps() -> dict[str, str]:
    rows = FileSummary.objects.filter(call__reference=f"PIO-{today().year}-2")
    return {row.proposal.reference[-4:]: row.step for row in rows.select_related("proposal")}


def test_the_call_in_assessment_has_a_file_at_every_step(demo: None) -> None:
    assert summary_steps() == {
        **dict.fromkeys(("0001", "0002"), FileStep.CHECK),
        "0003": FileStep.ASSIGN,
        **dict.fromkeys(("0004", "0005", "0014", "0015", "0016"), FileStep.ASSESS),
        **dict.fromkeys(("0006", "0007", "0013"), FileStep.DECIDE),
        **dict.fromkeys(("0008", "0012"), FileStep.NOTIFY),
        "0009": FileStep.INFORMATION,
        "0010": FileStep.CORRECTION,
        "0011": FileStep.CONSENSUS,
    }
    assert list(stale_summaries()) == []


def test_the_incomplete_file_stands_still_and_says_what_to_correct(demo: None) -> None:
    row = FileSummary.objects.get(step=FileStep.CORRECTION)
    assert row.clock_stands_since is not None
    check = CompletenessCheck.objects.get(version__proposal=row.proposal)
    assert [check.answers.filter(is_ok=ok).count() for ok in (True, False)] == [5, 2]
    assert list(check.corrections.values_list("section_code", "key")) == [
        ("D", "huidige_werkwijze"),
        ("J", ""),
        ("C", ""),
    ]
    until = row.proposal.correction_until
    assert until is not None
    assert until > clock.now()


def test_ties_are_found_and_nobody_assesses_a_file_of_a_tie(demo: None) -> None:
    standing = ConflictOfInterest.objects.standing()
    people = {row.person.first_name for row in standing.select_related("person")}
    assert people == {"Amina", "Tom"}
    pairs = set(standing.values_list("person", "proposal"))
    assert pairs.isdisjoint(Assignment.objects.values_list("adviser", "proposal"))


def test_one_meeting_is_held_and_one_is_planned(demo: None) -> None:
    planned, held = Meeting.objects.order_by("-starts_at")
    assert (planned.state, held.state) == (MeetingState.PLANNED, MeetingState.CLOSED)
    assert planned.starts_at > clock.now()
    assert planned.items.count() == 3
    items = list(held.items.select_related("proposal__decision"))
    assert len(items) == 7
    for item in items:
        assert (item.minutes, item.leaning) == (
            item.proposal.decision.grounds,
            item.proposal.decision.outcome,
        )
    left = Departure.objects.get()
    assert str(left.attendee.person) == "Tom Teamleden (voorbeeld)"


def test_mails_are_held_and_a_talk_is_asked(demo: None) -> None:
    held = PreparedNotification.objects.get().decision.proposal
    mails = OutboxMail.objects.filter(state=MailState.HELD)
    assert {mail.about for mail in mails} == {held}
    assert {mail.recipient for mail in mails} == set(applicants(held))
    talk = FeedbackTalk.objects.get()
    assert talk.decision.outcome == SelectionDecision.Outcome.NOT_SELECTED
    assert talk.decision.proposal.organisation.is_fictional


def test_the_demo_has_a_past(demo: None) -> None:
    call_command("verify_facts", verbosity=0, stdout=io.StringIO())
    finished = Project.objects.filter(state=ProjectState.FINISHED, commitments__isnull=False)
    for project in finished:
        [commitment] = project.commitments.all()
        then = known_at(end_of_day(commitment.effective_on))
        assert then.projects[project.pk].state == ProjectState.COFINANCING_GRANTED
        assert then.projects[project.pk].ended_on is None
        states = {
            one.state for one in then.instalments.values() if one.commitment_id == commitment.pk
        }
        assert states == {InstalmentState.PLANNED}
    assert finished
