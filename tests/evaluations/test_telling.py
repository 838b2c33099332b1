"""Telling an applicant in two steps: until the release nothing is known, then all of it at once."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from documents.models import Job
from documents.policies import may_download
from documents.services import run_job
from evaluations import bulk
from evaluations.bulk_letters import PREPARE_MAILS
from evaluations.letter_words import LetterWords
from evaluations.models import (
    ConflictKind,
    ConflictOfInterest,
    FileSummary,
    LetterText,
    PreparedNotification,
    SelectionDecision,
)
from evaluations.selectors.letters import appeal_of, appeal_term, letter_rows
from evaluations.services import notify_decision, withdraw_decision
from evaluations.services.letter_texts import save_letter_text
from evaluations.services.notification import (
    add_notification_proof,
    cancel_notification,
    prepare_notification,
    release_notification,
)
from notifications.models import OutboxMail
from notifications.services import deliver_outbox
from projects.lifecycle import ProposalState
from projects.models import Project
from projects.services import withdraw_proposal
from tests.accounts.factories import MembershipFactory
from tests.evaluations.factories import Case, staff
from tests.evaluations.test_decision import REFUSED

pytestmark = pytest.mark.django_db
KIND = "evaluations.decision"
TOKENS = re.compile(r'(value|nonce|hx-headers)=("[^"]*"|\'[^\']*\')')
OUTBOX = reverse("notifications:outbox")


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name: str, case: Case) -> str:
    return reverse(f"evaluations:{name}", args=[case.proposal.reference])


def call_url(name: str, case: Case) -> str:
    return reverse(f"evaluations:{name}", args=[case.proposal.call.slug])


def prepared(outcome: str = "selected") -> Case:
    case = Case().with_letter(outcome)
    prepare_notification(proposal=case.proposal, by=case.team)
    return case


def mail_states(case: Case) -> list[tuple[str, str]]:
    mails = OutboxMail.objects.filter(kind=KIND, object_id=str(case.proposal.pk)).order_by("pk")
    return [(mail.address, mail.state) for mail in mails]


def what_the_applicant_sees(case: Case) -> list[Any]:
    """State, projects, and each page but for its one-time tokens."""
    client = signed_in(case.member)
    reference = case.proposal.reference
    seen: list[Any] = [case.state, Project.objects.filter(proposal=case.proposal).count()]
    for address in (
        reverse("evaluations:decision", args=[reference]),
        reverse("projects:proposal", args=[reference]),
    ):
        answer = client.get(address)
        words = answer.content.decode()
        seen += [answer.status_code, TOKENS.sub("", words)]
    return seen


# --- Preparing -----------------------------------------------------------------------------------


@time_machine.travel("2026-03-04 09:00+01:00", tick=False)
def test_preparing_holds_the_mails_and_the_applicant_knows_nothing() -> None:
    case = Case().with_letter()
    before = what_the_applicant_sees(case)
    preparation = prepare_notification(proposal=case.proposal, by=case.team)
    assert (preparation.decision, preparation.prepared_by) == (case.decision, case.team)
    assert mail_states(case) == [(case.member.email, "held")]
    assert deliver_outbox() == 0 or mail_states(case) == [(case.member.email, "held")]
    assert what_the_applicant_sees(case) == before
    assert case.decision.notified_at is None
    event = AuditEvent.objects.get(action="decision.prepared")
    assert (event.actor, event.object_id) == (case.team, str(case.decision.advice_id))


def test_preparing_is_refused_where_it_makes_no_sense() -> None:
    case = Case().decided()
    with pytest.raises(ValidationError, match="De brief is nog niet klaar"):
        prepare_notification(proposal=case.proposal, by=case.team)
    run_job(job_id=case.decision.letter_id)
    with pytest.raises(PermissionDenied):
        prepare_notification(proposal=case.proposal, by=case.adviser)
    prepare_notification(proposal=case.proposal, by=case.team)
    with pytest.raises(TransitionRefused, match="staan al klaar"):
        prepare_notification(proposal=case.proposal, by=case.team)
    assert len(mail_states(case)) == 1


# --- Releasing -----------------------------------------------------------------------------------


def test_the_release_tells_all_at_once_and_lets_the_very_mail_leave() -> None:
    case = prepared()
    held = OutboxMail.objects.get(kind=KIND)
    decision = release_notification(proposal=case.proposal, by=case.leader)
    assert case.state == ProposalState.SELECTED
    assert Project.objects.filter(proposal=case.proposal).count() == 1
    assert (decision.notified_by, decision.notification_means) == (case.leader, "portal")
    assert decision.notified_on == timezone.localdate()
    assert mail_states(case) == [(case.member.email, "queued")]
    assert OutboxMail.objects.get(kind=KIND).text == held.text
    assert PreparedNotification.objects.count() == 0
    assert AuditEvent.objects.filter(action="decision.notified").count() == 1


def test_nothing_is_released_that_was_not_prepared() -> None:
    case = Case().with_letter()
    with pytest.raises(TransitionRefused, match="Er staan geen mails klaar"):
        release_notification(proposal=case.proposal, by=case.team)
    assert case.state == ProposalState.ADVISED


def test_the_portal_cannot_tell_an_applicant_where_nobody_gets_a_mail() -> None:
    case = Case().with_letter()
    Membership.objects.filter(organisation=case.proposal.organisation).delete()
    answer = signed_in(case.team).post(
        call_url("call_letters", case), {"act": "prepare", "dossier": case.proposal.reference}
    )
    page = answer.content.decode()
    assert "Kies straks een aangetekende brief of eBox." in page
    assert "Niemand krijgt een mail" in page
    with pytest.raises(ValidationError) as refused:
        release_notification(proposal=case.proposal, by=case.team)
    assert refused.value.message_dict == {
        "means": ["Niemand van de aanvrager krijgt een mail. Kies een aangetekende brief of eBox."]
    }
    assert case.decision.notified_at is None
    release_notification(proposal=case.proposal, by=case.team, means="registered_post")
    assert case.decision.notification_means == "registered_post"


def test_one_act_for_callers_prepares_and_releases() -> None:
    case = Case().notified("not_selected")
    assert case.state == ProposalState.NOT_SELECTED
    assert mail_states(case) == [(case.member.email, "queued")]
    assert AuditEvent.objects.filter(action="decision.prepared").count() == 0
    again = prepared()
    notify_decision(proposal=again.proposal, by=again.team)
    assert mail_states(again) == [(again.member.email, "queued")]


def test_who_left_since_gets_nothing_and_who_came_gets_the_mail() -> None:
    case = Case().with_letter()
    gone = MembershipFactory(organisation=case.proposal.organisation, role=MemberRole.EDITOR)
    moved = MembershipFactory(organisation=case.proposal.organisation, role=MemberRole.EDITOR)
    old = moved.user.email
    prepare_notification(proposal=case.proposal, by=case.team)
    Membership.objects.filter(pk=gone.pk).delete()
    new = MembershipFactory(organisation=case.proposal.organisation, role=MemberRole.EDITOR)
    type(moved.user).objects.filter(pk=moved.user.pk).update(email="nieuw@gemeente.test")
    release_notification(proposal=case.proposal, by=case.team)
    assert sorted(mail_states(case)) == sorted(
        [
            (case.member.email, "queued"),
            (gone.user.email, "cancelled"),
            (old, "cancelled"),
            ("nieuw@gemeente.test", "queued"),
            (new.user.email, "queued"),
        ]
    )


# --- Undoing -------------------------------------------------------------------------------------


def test_cancelling_keeps_the_decision_and_it_can_be_prepared_again() -> None:
    case = prepared()
    cancel_notification(proposal=case.proposal, by=case.leader)
    assert mail_states(case) == [(case.member.email, "cancelled")]
    with pytest.raises(TransitionRefused, match="Er staan geen mails klaar"):
        cancel_notification(proposal=case.proposal, by=case.leader)
    prepare_notification(proposal=case.proposal, by=case.team)
    release_notification(proposal=case.proposal, by=case.team)
    assert [state for _address, state in mail_states(case)] == ["cancelled", "queued"]


def test_taking_the_decision_back_cancels_what_was_held() -> None:
    case = prepared()
    withdraw_decision(proposal=case.proposal, by=case.leader)
    assert mail_states(case) == [(case.member.email, "cancelled")]
    assert SelectionDecision.objects.count() == PreparedNotification.objects.count() == 0


def test_an_applicant_that_withdraws_is_told_nothing() -> None:
    case = prepared()
    withdraw_proposal(proposal=case.proposal, by=case.member, reason="Geen middelen meer.")
    assert mail_states(case) == [(case.member.email, "cancelled")]
    with pytest.raises(TransitionRefused):
        release_notification(proposal=case.proposal, by=case.team)
    assert case.state == ProposalState.WITHDRAWN
    assert AuditEvent.objects.filter(action="decision.preparation_cancelled").count() == 1


# --- Day, means, proof, appeal -------------------------------------------------------------------


@time_machine.travel("2026-03-04 09:00+01:00", tick=False)
def test_the_day_of_the_post_is_entered_and_lies_between_decision_and_today() -> None:
    case = prepared()
    today = timezone.localdate()

    def release(**how: Any) -> SelectionDecision:
        return release_notification(proposal=case.proposal, by=case.team, **how)

    for day, sentence in (
        (today + timedelta(days=1), "niet in de toekomst"),
        (today - timedelta(days=1), "niet vóór de beslissing"),
    ):
        with pytest.raises(ValidationError, match=sentence) as refusal:
            release(means="registered_post", day=day)
        assert list(refusal.value.message_dict) == ["day"]
    with pytest.raises(ValidationError, match="Kies hoe"):
        release(means="duif")
    assert case.state == ProposalState.ADVISED
    with time_machine.travel("2026-03-09 09:00+01:00", tick=False):
        decision = release(means="registered_post", day=date(2026, 3, 6), proof="RP123")
    assert decision.notified_on == date(2026, 3, 6)
    assert (decision.notification_means, decision.notification_proof) == (
        "registered_post",
        "RP123",
    )


@time_machine.travel("2026-03-04 09:00+01:00", tick=False)
def test_a_notification_in_the_portal_is_of_today_whatever_day_was_typed() -> None:
    case = prepared()
    with time_machine.travel("2026-03-09 09:00+01:00", tick=False):
        decision = release_notification(
            proposal=case.proposal, by=case.team, means="portal", day=date(2026, 3, 5)
        )
    assert decision.notified_on == date(2026, 3, 9)


def test_the_proof_may_come_later_once_and_nothing_else_changes() -> None:
    case = Case().with_letter()
    with pytest.raises(TransitionRefused, match="nog niet meegedeeld"):
        add_notification_proof(proposal=case.proposal, by=case.team, proof="RP1")
    notify_decision(proposal=case.proposal, by=case.team, means="registered_post")
    with pytest.raises(PermissionDenied):
        add_notification_proof(proposal=case.proposal, by=case.adviser, proof="RP1")
    with pytest.raises(ValidationError, match="Schrijf wat"):
        add_notification_proof(proposal=case.proposal, by=case.team, proof=" ")
    add_notification_proof(proposal=case.proposal, by=case.team, proof="RP1")
    assert case.decision.notification_proof == "RP1"
    assert AuditEvent.objects.filter(action="decision.proof_added", actor=case.team).count() == 1
    with pytest.raises(TransitionRefused, match="al opgeslagen"):
        add_notification_proof(proposal=case.proposal, by=case.team, proof="RP2")


@pytest.mark.parametrize(
    "changes",
    [
        {"notification_proof": "RP2", "notified_on": date(2020, 1, 1)},
        {"notification_means": "ebox"},
        {"notified_at": None},
        {"grounds": "Anders"},
    ],
)
def test_the_database_refuses_every_other_change(changes: dict[str, Any]) -> None:
    case = Case().notified()
    mine = SelectionDecision.objects.filter(pk=case.decision.pk)
    with pytest.raises(REFUSED), transaction.atomic():
        mine.update(**changes)
    mine.update(notification_proof="RP1")
    for later in ("RP2", ""):
        with pytest.raises(REFUSED), transaction.atomic():
            mine.update(notification_proof=later)


@pytest.mark.parametrize(
    ("notified", "last"),
    [
        (date(2026, 3, 4), date(2026, 5, 4)),  # 3 May is a Sunday
        (date(2026, 3, 6), date(2026, 5, 5)),
        (date(2026, 3, 2), date(2026, 5, 4)),  # 1 May is a holiday, then a weekend
    ],
)
def test_the_day_after_the_notification_is_day_one(notified: date, last: date) -> None:
    assert appeal_term(notified).last_day == last


def test_staff_see_the_term_as_a_flag_until_it_is_over() -> None:
    with time_machine.travel("2026-03-06 09:00+01:00", tick=False):
        case = Case().notified()
        assert appeal_of(Case().with_letter().proposal) is None
    for now, shown in (("2026-05-05 20:00+02:00", True), ("2026-05-06 09:00+02:00", False)):
        with time_machine.travel(now, tick=False):
            page = signed_in(case.team).get(url("file", case)).content.decode()
            assert ("Beroep kan tot en met 5 mei 2026" in page) is shown
    page = signed_in(case.team).get(url("decide", case)).content.decode()
    assert "5 mei 2026" in page


# --- The pages -----------------------------------------------------------------------------------


def test_one_file_is_prepared_read_and_released_on_its_pages() -> None:
    case = Case().with_letter()
    team = signed_in(case.team)
    assert team.get(url("notify", case)).status_code == 302  # nothing to read yet
    assert team.post(url("prepare_notification", case))["Location"] == url("notify", case)
    page = team.get(url("notify", case)).content.decode()
    mail = OutboxMail.objects.get(kind=KIND)
    assert mail.subject in page
    assert mail.address in page
    assert "U leest de beslissing, de motivering en de brief in het portaal." in page
    refused = team.post(url("notify", case), {"means": "registered_post", "day": "2099-01-01"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["day", "confirmed"]
    assert case.state == ProposalState.ADVISED
    team.post(url("notify", case), {"means": "ebox", "proof": "", "confirmed": "on"})
    assert (case.state, case.decision.notification_means) == (ProposalState.SELECTED, "ebox")
    team.post(url("notification_proof", case), {"proof": "eBox 7"})
    assert "eBox 7" in team.get(url("decide", case)).content.decode()
    assert signed_in(case.adviser).get(url("notify", case)).status_code == 403


def three() -> list[Case]:
    """Decided files of one call: with a letter, with a letter, without."""
    cases = [Case().with_letter(), Case().with_letter("not_selected"), Case().decided()]
    call = cases[0].proposal.call
    for case in cases[1:]:
        type(case.proposal).objects.filter(pk=case.proposal.pk).update(call=call)
        FileSummary.objects.filter(proposal=case.proposal).update(call=call)
        case.proposal.refresh_from_db()
    return cases


def test_a_call_is_prepared_read_and_told_with_a_report_per_file() -> None:
    ready, other, not_ready = cases = three()
    team = signed_in(ready.team)
    references = [case.proposal.reference for case in cases]
    answer = team.post(call_url("call_letters", ready), {"act": "prepare", "dossier": references})
    assert [(line.reference, line.done) for line in answer.context["report"]] == [
        (one, one != not_ready.proposal.reference) for one in sorted(references)
    ]
    page = team.get(call_url("held_mails", ready))
    words = page.content.decode()
    for case in (ready, other):
        assert case.member.email in words
        assert f"Er is een beslissing over uw projectvoorstel {case.proposal.reference}" in words
    assert page.context["count"] == 2
    nobody = team.post(call_url("held_mails", ready), {"act": "release", "means": "portal"})
    assert (nobody.status_code, nobody.context["none_chosen"]) == (422, True)
    withdraw_proposal(proposal=other.proposal, by=other.member, reason="Te laat.")
    told = team.post(
        call_url("held_mails", ready),
        {"act": "release", "means": "portal", "confirmed": "on", "dossier": references},
    )
    assert [(line.reference, line.done) for line in told.context["report"]] == [
        (one.proposal.reference, one is ready)
        for one in sorted((ready, not_ready), key=lambda one: one.proposal.reference)
    ]
    assert [case.state for case in cases] == [
        ProposalState.SELECTED,
        ProposalState.WITHDRAWN,
        ProposalState.ADVISED,
    ]


def test_the_mails_of_a_call_are_cancelled_together() -> None:
    first, second, _third = three()
    team = signed_in(first.team)
    chosen = [first.proposal.reference, second.proposal.reference]
    team.post(call_url("call_letters", first), {"act": "prepare", "dossier": chosen})
    answer = team.post(call_url("held_mails", first), {"act": "cancel", "dossier": chosen})
    assert [line.done for line in answer.context["report"]] == [True, True]
    assert {state for case in (first, second) for _a, state in mail_states(case)} == {"cancelled"}


def test_a_changed_text_is_said_and_the_letters_are_made_again() -> None:
    case = Case().with_letter()
    team = signed_in(case.team)
    text = LetterText.objects.get(outcome="selected")
    assert team.get(call_url("call_letters", case)).context["outdated"] == 0
    save_letter_text(
        outcome="selected",
        by=case.team,
        words=LetterWords("Nieuw.", "", text.appeal),
        version=1,
    )
    page = team.get(call_url("call_letters", case))
    assert (page.context["outdated"], page.context["ready"]) == (1, 1)
    assert "Tekst gewijzigd sinds deze brief" in page.content.decode()
    old = case.decision.letter_id
    team.post(call_url("call_letters", case), {"act": "make", "dossier": [case.proposal.reference]})
    assert case.decision.letter_id != old
    page = team.get(call_url("call_letters", case))
    assert (page.context["outdated"], page.context["pending"]) == (0, 1)


def test_all_letters_in_one_archive_for_its_asker() -> None:
    ready, other, _not_ready = three()
    team = signed_in(ready.team)
    team.post(call_url("all_letters", ready))
    job = Job.objects.get(kind="evaluations.letters")
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert sorted(job.parts) == sorted([ready.proposal.reference, other.proposal.reference])
    assert [may_download.test(one, job) for one in (ready.team, ready.leader, ready.member)] == [
        True,
        False,
        False,
    ]
    in_conflict(ready.team, other)
    assert may_download.test(ready.team, job) is False


def in_conflict(person: Any, case: Case) -> None:
    ConflictOfInterest.objects.create(
        person=person, proposal=case.proposal, kind=ConflictKind.values[0], explanation="Familie"
    )


def test_who_has_a_conflict_meets_the_file_and_its_mail_nowhere() -> None:
    case = prepared()
    member = staff(StaffRole.TEAM_MEMBER)
    client = signed_in(member)
    mail = OutboxMail.objects.get(kind=KIND)
    detail = reverse("notifications:mail", args=[mail.pk])
    assert client.get(OUTBOX).context["held"] == 1
    assert client.get(detail).status_code == 200
    in_conflict(member, case)
    assert client.get(OUTBOX).context["held"] == 0
    assert client.get(detail).status_code == 404
    assert letter_rows(member, case.proposal.call) == []
    assert list(client.get(reverse("evaluations:letters")).context["calls"]) == []
    client.post(
        call_url("held_mails", case),
        {
            "act": "release",
            "means": "portal",
            "confirmed": "on",
            "dossier": [case.proposal.reference],
        },
    )
    assert case.state == ProposalState.ADVISED


def test_a_held_mail_tells_an_administrator_of_no_decision() -> None:
    prepared()
    mail = OutboxMail.objects.get(kind=KIND)
    administrator = signed_in(staff(StaffRole.ADMINISTRATOR))
    assert administrator.get(OUTBOX).context["held"] == 0
    assert administrator.get(reverse("notifications:mail", args=[mail.pk])).status_code == 404


def test_an_auditor_looks_and_does_nothing() -> None:
    case = prepared()
    auditor = signed_in(staff(StaffRole.AUDITOR))
    assert auditor.get(call_url("call_letters", case)).status_code == 200
    assert auditor.get(call_url("held_mails", case)).status_code == 403
    for name in ("call_letters", "held_mails"):
        data = {"act": "cancel", "dossier": [case.proposal.reference]}
        assert auditor.post(call_url(name, case), data).status_code == 403
    for name in ("prepare_notification", "cancel_notification", "notify", "notification_proof"):
        assert auditor.post(url(name, case), {"proof": "x"}).status_code == 403
    assert signed_in(case.adviser).get(call_url("call_letters", case)).status_code == 403
    assert mail_states(case) == [(case.member.email, "held")]


def test_the_list_of_files_offers_to_prepare_mails() -> None:
    case = Case().decided()
    assert PREPARE_MAILS in bulk.actions_for(case.team)
    with pytest.raises(ValidationError, match="nog niet klaar"):
        PREPARE_MAILS.plan(case.proposal, case.team, {})
    run_job(job_id=case.decision.letter_id)
    assert PREPARE_MAILS.plan(case.proposal, case.team, {}) == (
        "De mails worden klaargezet. De aanvrager weet nog niets."
    )
    assert PREPARE_MAILS.do(case.proposal, case.team, {}) == (
        "De mails staan klaar. Lees ze na vóór u meedeelt."
    )
    with pytest.raises(ValidationError, match="staan al klaar"):
        PREPARE_MAILS.plan(case.proposal, case.team, {})
    with pytest.raises(ValidationError, match="geen beslissing"):
        PREPARE_MAILS.plan(Case().advised().proposal, case.team, {})


def test_more_files_take_no_more_queries() -> None:
    cases = three()
    prepare_notification(proposal=cases[0].proposal, by=cases[0].team)
    team = signed_in(cases[0].team)
    counts = []
    for more in (0, 3):
        for _n in range(more):
            extra = Case().with_letter()
            prepare_notification(proposal=extra.proposal, by=extra.team)
            type(extra.proposal).objects.filter(pk=extra.proposal.pk).update(
                call=cases[0].proposal.call
            )
        for name in ("call_letters", "held_mails"):
            with CaptureQueriesContext(connection) as queries:
                team.get(call_url(name, cases[0]))
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_nobody_at_the_applicant_is_said_before_one_tells() -> None:
    case = Case().with_letter()
    Membership.objects.filter(user=case.member).delete()
    prepare_notification(proposal=case.proposal, by=case.team)
    page = signed_in(case.team).get(url("notify", case)).content.decode()
    assert "Niemand van de aanvrager krijgt een mail" in page
