"""Who is reminded of what, and who no longer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import StaffRole
from common.moments import add_working_days, end_of_day, last_day_before, local_day
from evaluations.reminders import (
    ADVICE,
    COMPLETENESS,
    CONSENSUS,
    DECISION,
    FEEDBACK,
    INFORMATION,
    LATE_ADVICE,
    RULES,
)
from evaluations.services import (
    accept_assignment,
    assign_adviser,
    decide,
    declare_conflict,
)
from evaluations.services.feedback import ask_for_talk
from notifications.mails import render_mail
from notifications.models import OutboxMail, ReminderOffset
from notifications.services import plan_reminders, seed_offsets, send_due_reminders
from projects.services.information import Asked, ask_information, default_due_on
from tests.evaluations.factories import INTERNAL, Case, staff

pytestmark = pytest.mark.django_db


def reminded(rule: Any, now: datetime | None = None) -> list[tuple[Any, list[Any], datetime]]:
    return [
        (subject.obj, list(subject.recipients), subject.deadline)
        for subject in rule.subjects(now or timezone.now())
    ]


def test_the_moments_are_configuration_rows() -> None:
    seed_offsets()
    rows = {
        (row.rule, row.days)
        for row in ReminderOffset.objects.filter(rule__startswith="evaluations.")
    }
    assert rows == {
        ("evaluations.completeness", -3),
        ("evaluations.completeness", 1),
        ("evaluations.advice_due", -10),
        ("evaluations.advice_due", -3),
        ("evaluations.advice_due", 1),
        ("evaluations.advice_late", 1),
        ("evaluations.consensus_due", -2),
        ("evaluations.consensus_due", 1),
        ("evaluations.decision_due", -3),
        ("evaluations.decision_due", 1),
        ("evaluations.feedback_due", -3),
        ("evaluations.feedback_due", 1),
        ("evaluations.information_due", -3),
        ("evaluations.information_due", 0),  # twelve hours before the end of the day
        ("evaluations.information_due", 1),
    }


def test_the_team_is_reminded_of_a_round_until_every_file_is_checked() -> None:
    case = Case()
    item = case.proposal.round
    assert item is not None
    due = end_of_day(add_working_days(last_day_before(item.closes_at), 10))
    assert reminded(COMPLETENESS) == [(item, [case.team], due)]
    assert COMPLETENESS.still_needed(item, case.team) is True
    case.complete()
    assert reminded(COMPLETENESS) == []
    assert COMPLETENESS.still_needed(item, case.team) == (
        "Alle dossiers van deze ronde zijn gecontroleerd."
    )


def test_the_adviser_is_reminded_until_the_advice_is_final() -> None:
    case = Case().assigned()
    assignment = case.assignment
    due = end_of_day(assignment.due_on)
    assert reminded(ADVICE) == [(assignment, [case.adviser], due)]
    assert reminded(LATE_ADVICE) == [(assignment, [case.team], due)]
    assert ADVICE.still_needed(assignment, case.adviser) is True
    case.assigned = lambda: case  # type: ignore[method-assign]
    case.advised()
    assert reminded(ADVICE) == []
    assert ADVICE.still_needed(case.assignment, case.adviser) == (
        "Dit dossier is niet meer in beoordeling."
    )


def test_a_second_reader_is_done_with_the_scores() -> None:
    case = Case().assigned()
    second = staff(StaffRole.ADVISER)
    own = assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
    accept_assignment(assignment=own, by=second)
    case.score(second)
    own.refresh_from_db()
    assert [people for _obj, people, _due in reminded(ADVICE)] == [[case.adviser]]
    assert ADVICE.still_needed(own, second) == "De scores zijn definitief."


def test_after_a_conflict_nobody_is_reminded() -> None:
    case = Case().assigned()
    declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Mijn zus.")
    assert reminded(ADVICE) == []
    assert ADVICE.still_needed(case.assignment, case.adviser) == (
        "Deze toewijzing is niet meer actief."
    )


def test_who_decides_is_reminded_unless_involved() -> None:
    involved = staff(StaffRole.ADVISER, StaffRole.PROJECT_LEADER)
    case = Case(adviser=involved).advised()
    advice = case.advice()
    assert advice.finalised_at is not None
    due = end_of_day(add_working_days(local_day(advice.finalised_at), 10))
    assert reminded(DECISION) == [(case.proposal, [case.leader], due)]
    assert DECISION.still_needed(case.proposal, case.leader) is True
    assert "kan er niet over beslissen" in str(DECISION.still_needed(case.proposal, involved))
    decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Goed.")
    assert reminded(DECISION) == []
    assert DECISION.still_needed(case.proposal, case.leader) == "Over dit dossier is al beslist."


def test_a_notified_file_asks_for_nothing() -> None:
    case = Case().notified()
    assert [reminded(rule) for rule in RULES] == [[] for _rule in RULES]
    assert DECISION.still_needed(case.proposal, case.leader) == (
        "Dit dossier wacht niet meer op een beslissing."
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_mail_can_be_written_and_tells_nothing_of_the_content(rule: Any) -> None:
    case = Case().advised() if rule is DECISION else Case()
    if rule in (ADVICE, LATE_ADVICE):
        case.assigned()
    if rule is FEEDBACK:
        ask_for_talk(proposal=case.notified("not_selected").proposal, by=case.member)
    if rule is CONSENSUS:
        case.proposed()
    if rule is INFORMATION:
        ask_information(
            proposal=case.accepted().proposal,
            asked=[Asked("D", "probleem", f"Iets over {INTERNAL}?")],
            due_on=default_due_on(),
            by=case.adviser,
        )
    [(obj, people, deadline)] = reminded(rule)
    mail = render_mail(
        rule.template,
        {
            "recipient": people[0],
            "greeting": "Beste,",
            "deadline": deadline,
            "time_left": "nog 3 dagen",
            **rule.context(obj, people[0], deadline),
        },
    )
    assert "/beheer/dossiers/" in mail.text
    assert case.proposal.title not in mail.subject + mail.text
    assert INTERNAL not in mail.text


def test_the_engine_sends_a_due_reminder_once() -> None:
    seed_offsets()
    case = Case().assigned()
    mails = OutboxMail.objects.count()
    at = end_of_day(case.assignment.due_on) - timedelta(days=2)
    plan_reminders()
    assert send_due_reminders(at) == 1
    assert send_due_reminders(at) == 0
    assert OutboxMail.objects.count() == mails + 1
