"""What a project must deliver: planned, reminded of, delivered, accepted or sent back."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from notifications.models import OutboxMail
from notifications.services import plan_reminders, seed_offsets, send_due_reminders
from projects.lifecycle import ObligationState, ProjectState
from projects.models import Obligation, Project
from projects.selectors.obligations import calendar, obligation_work
from projects.services import obligations as services
from projects.services.obligations import default_obligations
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.funding.factories import PDF, upload
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> User:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def project() -> Project:
    return ProjectFactory(state=ProjectState.TENDER_PREPARATION)


@pytest.fixture
def editor(project: Project) -> User:
    return MembershipFactory(organisation=project.organisation, role=MemberRole.EDITOR).user


def report(project: Project, by: User, **changes: Any) -> Obligation:
    values = {"title": "Voortgangsverslag 1", "due_on": date(2026, 6, 30), **changes}
    return services.add_obligation(project=project, by=by, **values)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- Planning ------------------------------------------------------------------------------------


def test_the_usual_obligations_of_an_execution(settings: Any) -> None:
    days = [
        (due.title, due.due_on) for due in default_obligations(date(2026, 8, 31), date(2028, 2, 29))
    ]
    assert days == [
        ("Voortgangsverslag 1", date(2027, 2, 28)),
        ("Voortgangsverslag 2", date(2027, 8, 31)),
        ("Eindverslag", date(2028, 5, 29)),
        ("Laatste schuldvordering met kostenstaat", date(2028, 8, 29)),
    ]
    settings.PROJECT_DEFAULTS = {"progress_months": 12, "final_claim_months": 9}
    later = default_obligations(date(2026, 8, 31), date(2028, 2, 29))
    assert [due.due_on for due in later] == [
        date(2027, 8, 31),
        date(2028, 5, 29),
        date(2028, 11, 29),
    ]


def test_planning_again_keeps_what_was_delivered(
    project: Project, team: User, editor: User
) -> None:
    services.plan_obligations(
        project=project, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1), by=team
    )
    first = project.obligations.earliest("due_on")
    other = report(project, team, title="Persbericht")
    services.deliver(obligation=first, by=editor, file=upload())
    services.plan_obligations(
        project=project, starts_on=date(2026, 1, 1), ends_on=date(2027, 7, 1), by=team
    )
    assert [(one.title, one.due_on) for one in project.obligations.exclude(pk=other.pk)] == [
        ("Voortgangsverslag 1", date(2026, 7, 1)),
        ("Voortgangsverslag 2", date(2027, 1, 1)),
        ("Eindverslag", date(2027, 10, 1)),
        ("Laatste schuldvordering met kostenstaat", date(2028, 1, 1)),
    ]
    assert project.obligations.get(pk=first.pk).state == ObligationState.DELIVERED
    assert project.obligations.filter(pk=other.pk).exists()


def test_a_period_that_makes_no_sense_and_the_same_thing_twice(
    project: Project, team: User
) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.plan_obligations(
            project=project, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 1), by=team
        )
    assert refusal.value.message_dict == {"ends_on": ["De uitvoering eindigt vóór ze begint."]}
    report(project, team)
    with pytest.raises(ValidationError) as twice, transaction.atomic():
        report(project, team)
    assert twice.value.message_dict == {"title": ["Deze verplichting staat al op de kalender."]}


def test_another_day_needs_a_reason_and_stays_in_the_history(project: Project, team: User) -> None:
    made = report(project, team)
    with pytest.raises(ValidationError) as refusal:
        services.move_obligation(obligation=made, due_on=date(2026, 9, 1), reason=" ", by=team)
    assert refusal.value.message_dict == {"reason": ["Schrijf waarom de dag verandert."]}
    services.move_obligation(obligation=made, due_on=date(2026, 9, 1), reason="Ziekte", by=team)
    event = AuditEvent.objects.get(action="project.obligation_moved")
    assert event.label == "Voortgangsverslag 1: van 30 juni 2026 naar 1 september 2026"
    assert event.comment == "Ziekte"


# --- Delivering ----------------------------------------------------------------------------------


def test_delivered_sent_back_delivered_again_and_accepted(
    project: Project, team: User, editor: User
) -> None:
    made = report(project, team)
    with pytest.raises(ValidationError) as nothing:
        services.deliver(obligation=made, by=editor)
    assert nothing.value.message_dict == {
        "file": ["Kies een bestand, of schrijf waar het PIO-team het vindt."]
    }
    services.deliver(obligation=made, by=editor, file=upload())
    services.send_back(obligation=made, answer="De kosten ontbreken.", by=team)
    [mail] = OutboxMail.objects.filter(kind="projects.obligation_sent_back")
    assert mail.recipient == editor
    assert "De kosten ontbreken." not in mail.text
    made = services.deliver(obligation=made, by=editor, note="Nu met de kosten.")
    assert (made.answer, made.note) == ("", "Nu met de kosten.")
    services.accept(obligation=made, by=team)
    with pytest.raises(TransitionRefused):
        services.deliver(obligation=made, by=editor, note="Nog eens")
    made.refresh_from_db()
    assert made.state == ObligationState.ACCEPTED


def test_who_may_not_deliver_or_judge(project: Project, team: User, editor: User) -> None:
    made = report(project, team)
    reader = MembershipFactory(organisation=project.organisation, role=MemberRole.READER).user
    stranger = MembershipFactory(role=MemberRole.MANAGER).user
    for person in (reader, stranger):
        with pytest.raises(PermissionDenied):
            services.deliver(obligation=made, by=person, note="Hier")
    services.deliver(obligation=made, by=editor, note="Hier")
    with pytest.raises(PermissionDenied):
        services.accept(obligation=made, by=editor)
    with pytest.raises(PermissionDenied):
        services.send_back(obligation=made, answer="Nee", by=editor)


def test_the_database_keeps_the_steps_and_who_delivered(project: Project, team: User) -> None:
    made = report(project, team)
    with pytest.raises(IntegrityError, match="delivered_by_somebody"), transaction.atomic():
        Obligation.objects.filter(pk=made.pk).update(state=ObligationState.DELIVERED)


def test_what_has_not_to_be_delivered_any_more(project: Project, team: User) -> None:
    made = report(project, team)
    with pytest.raises(ValidationError):
        services.waive(obligation=made, answer=" ", by=team)
    services.waive(obligation=made, answer="Het project is korter.", by=team)
    assert list(calendar(team)) == []
    assert [one.state for one in calendar(team, which="all")] == [ObligationState.WAIVED]


# --- Reminders -----------------------------------------------------------------------------------


def reminders_until(day: str) -> list[tuple[str, str]]:
    with travel(day, tick=False):
        plan_reminders()
        send_due_reminders()
    mails = OutboxMail.objects.filter(kind__startswith="projects.report_due").order_by("pk")
    return [(mail.address, mail.subject) for mail in mails]


def test_who_must_deliver_is_reminded_and_nobody_who_did(
    project: Project, team: User, editor: User
) -> None:
    seed_offsets()
    with travel("2026-01-10 12:00", tick=False):
        made = report(project, team, due_on=date(2026, 6, 30))
    assert reminders_until("2026-05-30 12:00") == []
    [(address, subject)] = reminders_until("2026-06-01 12:00")
    assert (address, subject.startswith("Voortgangsverslag 1 – ")) == (editor.email, True)
    assert len(reminders_until("2026-06-24 12:00")) == 2
    with travel("2026-06-25 12:00", tick=False):
        services.deliver(obligation=made, by=editor, note="Per post")
    assert len(reminders_until("2026-07-08 12:00")) == 2


def test_no_reminder_for_a_project_that_stands_still(
    project: Project, team: User, editor: User
) -> None:
    seed_offsets()
    with travel("2026-01-10 12:00", tick=False):
        report(project, team, due_on=date(2026, 6, 30))
        Project.objects.filter(pk=project.pk).update(
            state=ProjectState.PAUSED, stop_reason="Wacht op het budget"
        )
    assert reminders_until("2026-06-24 12:00") == []


# --- Pages ---------------------------------------------------------------------------------------


def test_the_organisation_delivers_and_the_team_accepts(
    project: Project, team: User, editor: User
) -> None:
    member, staff = client_of(editor), client_of(team)
    base = f"/beheer/projecten/{project.reference}/verplichtingen/"
    staff.post(f"{base}plannen/", {"starts_on": "2026-01-01", "ends_on": "2026-12-31"})
    made = project.obligations.earliest("due_on")
    own = f"/mijn/projecten/{project.reference}/verplichtingen/"
    deliver = f"/mijn/verplichtingen/{made.pk}/leveren/"
    assert deliver in member.get(own).content.decode()
    assert "Kies een bestand" in member.post(deliver, {"note": ""}).content.decode()
    assert member.post(deliver, {"file": upload()}).headers["Location"] == own
    assert obligation_work(team)[0].title == f"{project.reference}: Voortgangsverslag 1"
    file = member.get(f"/mijn/verplichtingen/{made.pk}/bestand/")
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]
    accept = f"/beheer/verplichtingen/{made.pk}/aanvaarden/"
    assert staff.post(accept).headers["Location"] == base
    assert "Aanvaard" in staff.get(base).content.decode()
    assert obligation_work(team) == []
    again = staff.post(accept).content.decode()
    assert "“Aanvaarden” kan niet meer: de status is nu “Aanvaard”." in again
    assert staff.get(f"/beheer/verplichtingen/{made.pk}/onzin/").status_code == 404


def test_others_do_not_know_of_it(project: Project, team: User) -> None:
    made = report(project, team)
    stranger = client_of(MembershipFactory(role=MemberRole.MANAGER).user)
    for url in [
        f"/mijn/projecten/{project.reference}/verplichtingen/",
        f"/mijn/verplichtingen/{made.pk}/leveren/",
        f"/mijn/verplichtingen/{made.pk}/bestand/",
    ]:
        assert stranger.get(url).status_code == 404
    assert client_of(team).get(f"/mijn/verplichtingen/{made.pk}/bestand/").status_code == 404


def test_the_calendar_finds_what_is_late_and_costs_the_same(project: Project, team: User) -> None:
    late = report(project, team, due_on=date(2020, 1, 1))
    report(project, team, due_on=date(2099, 1, 1))
    assert list(calendar(team, which="late")) == [late]
    assert [one.due_on.year for one in calendar(team, search=project.title)] == [2020, 2099]
    client = client_of(team)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/beheer/verplichtingen/").status_code == 200
        return len(counted)

    few = queries()
    for _number in range(20):
        report(ProjectFactory(), team)
    assert queries() == few
