"""The talk after a refusal, the report of which stays inside; and trying again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from common.moments import BRUSSELS
from evaluations.models import ConflictKind, ConflictOfInterest, FeedbackTalk
from evaluations.reminders import FEEDBACK
from evaluations.selectors.chain import file_chain
from evaluations.selectors.talks import talk_work
from evaluations.services import notify_decision
from evaluations.services.feedback import ask_for_talk, plan_talk, record_talk, start_again
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory
from tests.calls.factories import CallFactory
from tests.evaluations.factories import INTERNAL, Case, staff
from tests.evaluations.test_decision import REFUSED

pytestmark = pytest.mark.django_db
SOON = timedelta(days=3)


def refused() -> Case:
    case = Case().with_letter("not_selected")
    notify_decision(proposal=case.proposal, by=case.team)
    case.proposal.refresh_from_db()
    return case


def asked(wish: str = "Waarom?") -> tuple[Case, FeedbackTalk]:
    case = refused()
    return case, ask_for_talk(proposal=case.proposal, by=case.member, wish=wish)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name: str, case: Case, *more: str) -> str:
    return reverse(f"evaluations:{name}", args=[case.proposal.reference, *more])


def mails(kind: str) -> list[str]:
    found = OutboxMail.objects.filter(kind=f"evaluations.{kind}").order_by("pk")
    return list(found.values_list("address", flat=True))


# --- Asking --------------------------------------------------------------------------------------


def test_the_applicant_asks_once_and_the_team_hears_but_who_has_a_conflict() -> None:
    case = refused()
    apart = staff(StaffRole.TEAM_MEMBER)
    ConflictOfInterest.objects.create(
        person=apart, proposal=case.proposal, kind=ConflictKind.values[0], explanation="Familie"
    )
    talk = ask_for_talk(proposal=case.proposal, by=case.member, wish=" Waarom? ")
    assert (talk.wish, talk.state, talk.asked_by) == ("Waarom?", "asked", case.member)
    assert mails("feedback_asked") == [case.team.email]
    assert AuditEvent.objects.filter(action="feedbacktalk.ask", actor=case.member).count() == 1
    with pytest.raises(TransitionRefused, match="al een gesprek aangevraagd"):
        ask_for_talk(proposal=case.proposal, by=case.member)


@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.EDITOR])
def test_who_may_not_hand_in_does_not_ask(role: MemberRole) -> None:
    case = refused()
    person = MembershipFactory(organisation=case.proposal.organisation, role=role).user
    with pytest.raises(PermissionDenied):
        ask_for_talk(proposal=case.proposal, by=person)
    assert signed_in(person).post(url("ask_talk", case), {}).status_code == 403
    page = signed_in(person).get(url("decision", case)).content.decode()
    assert "Een indiener of beheerder van uw organisatie kan een gesprek aanvragen." in page


def test_only_a_refusal_that_was_told_is_talked_about() -> None:
    case = Case().with_letter("not_selected")
    with pytest.raises(TransitionRefused):
        ask_for_talk(proposal=case.proposal, by=case.member)
    assert signed_in(case.member).post(url("ask_talk", case), {}).status_code == 404
    notify_decision(proposal=case.proposal, by=case.team)
    stranger = MembershipFactory(role=MemberRole.MANAGER).user
    assert signed_in(stranger).post(url("ask_talk", case), {}).status_code == 404


# --- Planning and holding ------------------------------------------------------------------------


def test_staff_plan_move_and_hold_the_talk() -> None:
    case, talk = asked()
    for days in (3, 5):
        plan_talk(
            talk=talk,
            by=case.team,
            planned_at=timezone.now() + timedelta(days=days),
            place="Koning Albert II-laan",
        )
    assert mails("feedback_planned") == [case.member.email] * 2
    record_talk(talk=talk, by=case.leader, internal_report="Ging goed.")
    talk.refresh_from_db()
    assert (talk.state, talk.handled_by, talk.internal_report) == (
        "held",
        case.leader,
        "Ging goed.",
    )
    with pytest.raises(TransitionRefused):
        plan_talk(talk=talk, by=case.team, planned_at=timezone.now() + SOON, place="x")
    actions = AuditEvent.objects.filter(action__startswith="feedbacktalk.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "feedbacktalk.ask",
        "feedbacktalk.plan",
        "feedbacktalk.plan",
        "feedbacktalk.hold",
    ]
    with pytest.raises(REFUSED), transaction.atomic():
        FeedbackTalk.objects.filter(pk=talk.pk).update(state="asked")


def test_an_adviser_or_auditor_plans_nothing() -> None:
    case, talk = asked()
    for person in (case.adviser, staff(StaffRole.AUDITOR)):
        with pytest.raises(PermissionDenied):
            plan_talk(talk=talk, by=person, planned_at=timezone.now() + SOON, place="x")
        with pytest.raises(PermissionDenied):
            record_talk(talk=talk, by=person, internal_report="x")
    assert signed_in(case.adviser).get(url("feedback", case)).status_code == 403


def test_staff_do_it_on_the_page_and_the_applicant_never_sees_the_report() -> None:
    case, talk = asked("Waarom deze score?")
    team, member = signed_in(case.team), signed_in(case.member)
    assert "Waarom deze score?" in team.get(url("feedback", case)).content.decode()
    past = team.post(url("feedback", case), {"planned_at": "2020-01-01T10:00", "place": "Gent"})
    assert past.status_code == 422
    assert past.context["plan_form"].errors == {"planned_at": ["Kies een moment in de toekomst."]}
    moment = (timezone.now() + SOON).astimezone(BRUSSELS).replace(second=0, microsecond=0)
    typed = {"planned_at": moment.strftime("%Y-%m-%dT%H:%M"), "place": "Gent, zaal 3"}
    assert team.post(url("feedback", case), typed).status_code == 302
    page = member.get(url("decision", case)).content.decode()
    assert "Gent, zaal 3" in page
    team.post(url("feedback_report", case), {"internal_report": INTERNAL})
    assert INTERNAL in team.get(url("feedback", case)).content.decode()
    for address in (
        url("decision", case),
        url("talk_calendar", case),
        reverse("projects:proposal", args=[case.proposal.reference]),
    ):
        assert INTERNAL not in member.get(address).content.decode()
    texts = OutboxMail.objects.values_list("text", flat=True)
    assert [text for text in texts if INTERNAL in text] == []
    talk.refresh_from_db()
    assert talk.state == "held"


def test_the_talk_goes_into_a_calendar() -> None:
    case, talk = asked()
    member = signed_in(case.member)
    assert member.get(url("talk_calendar", case)).status_code == 404
    moment = datetime(2027, 3, 4, 10, 30, tzinfo=BRUSSELS)
    plan_talk(talk=talk, by=case.team, planned_at=moment, place="Gent")
    answer = member.get(url("talk_calendar", case))
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["DTSTART"].dt == moment
    assert (str(event["LOCATION"]), answer["Content-Type"]) == (
        "Gent",
        "text/calendar; charset=utf-8",
    )
    assert member.get(url("talk_calendar", case)).content == answer.content
    assert event["SEQUENCE"] == 0
    plan_talk(talk=talk, by=case.team, planned_at=moment + SOON, place="Gent")
    (moved,) = Calendar.from_ical(member.get(url("talk_calendar", case)).content).walk("VEVENT")
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 1)
    stranger = MembershipFactory(role=MemberRole.MANAGER).user
    assert signed_in(stranger).get(url("talk_calendar", case)).status_code == 404


@time_machine.travel("2026-03-04 09:00+01:00", tick=False)
def test_a_talk_waits_in_the_work_of_who_holds_talks() -> None:
    case, talk = asked()

    def work() -> list[tuple[str, bool]]:
        return [(item.label, item.is_late) for item in talk_work(case.team)]

    assert work() == [("Feedbackgesprek plannen", False)]
    assert talk_work(case.adviser) == talk_work(staff(StaffRole.AUDITOR)) == []
    subjects = list(FEEDBACK.subjects(timezone.now()))
    assert [(one.obj, list(one.recipients)) for one in subjects] == [(talk, [case.team])]
    assert FEEDBACK.still_needed(talk, case.team) is True
    assert FEEDBACK.context(talk, case.team, timezone.now())["reference"] == (
        case.proposal.reference
    )
    plan_talk(talk=talk, by=case.team, planned_at=timezone.now() + SOON, place="Gent")
    assert work() == []
    assert FEEDBACK.still_needed(talk, case.team) == "Dit gesprek is al gepland."
    with time_machine.travel("2026-03-09 09:00+01:00", tick=False):
        assert work() == [("Feedbackgesprek vastleggen", True)]
    record_talk(talk=talk, by=case.team, internal_report="Klaar.")
    assert work() == []


# --- Trying again --------------------------------------------------------------------------------


def test_one_press_begins_an_adapted_proposal_and_says_what_was_taken() -> None:
    case = refused()
    call = CallFactory()
    member = signed_in(case.member)
    page = member.get(url("decision", case)).content.decode()
    assert f"Dien een aangepast voorstel in bij {call.title}" in page
    answer = member.post(url("try_again", case, call.slug))
    adapted = Proposal.objects.get(previous=case.proposal)
    assert answer["Location"] == reverse("projects:copied", args=[adapted.reference])
    assert (adapted.call, adapted.title, adapted.state) == (
        call,
        case.proposal.title,
        ProposalState.DRAFT,
    )
    assert case.state == ProposalState.NOT_SELECTED
    page = member.get(url("decision", case)).content.decode()
    assert f"u begon al een aangepast voorstel, {adapted.reference}" in page
    with pytest.raises(TransitionRefused, match=adapted.reference):
        start_again(proposal=case.proposal, call=call, by=case.member)
    assert Proposal.objects.filter(previous=case.proposal).count() == 1


def test_trying_again_is_for_a_refusal_and_an_open_call() -> None:
    case = refused()
    with pytest.raises(ValidationError, match="geen voorstel meer beginnen"):
        start_again(proposal=case.proposal, call=case.proposal.call, by=case.member)
    reader = MembershipFactory(organisation=case.proposal.organisation, role=MemberRole.READER)
    with pytest.raises(PermissionDenied):
        start_again(proposal=case.proposal, call=CallFactory(), by=reader.user)
    undecided = Case()
    with pytest.raises(TransitionRefused):
        start_again(proposal=undecided.proposal, call=CallFactory(), by=undecided.member)


def test_staff_see_the_chain_but_never_a_draft_or_a_hidden_file() -> None:
    first, second = refused(), Case()
    Proposal.objects.filter(pk=second.proposal.pk).update(
        organisation=first.proposal.organisation, previous=first.proposal
    )
    second.proposal.refresh_from_db()
    start_again(proposal=first.proposal, call=CallFactory(), by=first.member)

    def chain(case: Case) -> list[tuple[int, bool]]:
        links = file_chain(first.team, case.proposal)
        return [(link.proposal.pk, link.is_this) for link in links]

    one, two = first.proposal.pk, second.proposal.pk
    assert chain(first) == [(one, True), (two, False)]
    assert chain(second) == [(one, False), (two, True)]
    page = signed_in(first.team).get(url("file", second)).content.decode()
    assert "Eerdere en latere voorstellen" in page
    ConflictOfInterest.objects.create(
        person=first.team, proposal=first.proposal, kind=ConflictKind.values[0], explanation="x"
    )
    assert chain(second) == []
    assert (
        first.proposal.reference
        not in signed_in(first.team).get(url("file", second)).content.decode()
    )
