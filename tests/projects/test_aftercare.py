"""What became of a finished project: noted by staff, told in the report as known on a day."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.roles import StaffRole
from projects.lifecycle import ProjectState
from projects.models import FollowUp, Project
from projects.services.aftercare import note_follow_up
from reporting.yearly.building import build_yearly_report
from reporting.yearly.comparing import compare
from tests.accounts.factories import UserFactory
from tests.funding.acts import refused
from tests.projects.factories import ProcurementFactory, ProjectFactory

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(timezone.datetime(2026, 9, 1, 12))  # type: ignore[attr-defined]


@pytest.fixture
def finished() -> Project:
    with time_machine.travel(NOW, tick=False):
        return ProjectFactory(state=ProjectState.FINISHED, ended_on=date(2026, 5, 1))


def test_notes_are_added_and_the_last_one_counts_as_known_on_a_day(finished: Project) -> None:
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    instants = []
    for days, in_use, scaled in ((1, False, ""), (2, True, "Stad Voorbeeld")):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            note_follow_up(
                project=finished,
                noted_on=date(2026, 8, days),
                in_use=in_use,
                scaled_to=scaled,
                lessons_url="https://voorbeeld.example/lessen",
                by=team,
            )
            instants.append(timezone.now() + timedelta(seconds=1))
    reports = [
        build_yearly_report(year=2026, cut_off=instant, generated_by="")
        for instant in (NOW + timedelta(hours=1), *instants)
    ]
    found = [[(row.in_use, row.scaled_to) for row in one.results] for one in reports]
    assert found == [[("", "")], [("Nee", "")], [("Ja", "Stad Voorbeeld")]]
    changed = {
        one.column: [row.kind for row in one.causes] for one in compare(*reports[1:]).figures
    }
    assert changed == {"In gebruik": ["Nazorg"], "Opgeschaald naar": ["Nazorg"]}
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        FollowUp.objects.update(in_use=False)


def test_what_cannot_be_noted_is_said(finished: Project) -> None:
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    with time_machine.travel(NOW, tick=False):
        note = {"act": note_follow_up, "by": team, "in_use": True, "project": finished}
        assert refused(**note, noted_on=date(2026, 9, 2)) == "Deze dag ligt in de toekomst."
        assert refused(**note, noted_on=date(2026, 4, 30)) == (
            "Toen was het project nog niet afgerond."
        )
        assert refused(
            **{**note, "in_use": False}, noted_on=date(2026, 8, 1), scaled_to="Iemand"
        ) == ("Wat opgeschaald is, is in gebruik.")
        running = ProjectFactory(state=ProjectState.EXECUTION)
        assert refused(**{**note, "project": running}, noted_on=date(2026, 8, 1)) == (
            "Nazorg noteert u pas als het project afgerond is."
        )
        with pytest.raises(PermissionDenied):
            note_follow_up(
                project=finished,
                noted_on=date(2026, 8, 1),
                in_use=True,
                by=UserFactory(roles=[StaffRole.ADVISER]),
            )


def test_a_follow_up_by_hand(finished: Project) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    url = f"/beheer/projecten/{finished.reference}/"
    assert f"{url}nazorg/" in client.get(url).content.decode()
    typed = {"noted_on": "2026-08-01", "in_use": "", "scaled_to": "Stad X", "lessons_url": "x y"}
    wrong = client.post(f"{url}nazorg/", typed).content.decode()
    assert "Stad X" in wrong
    assert FollowUp.objects.count() == 0
    typed |= {"in_use": "True", "lessons_url": "voorbeeld.example/lessen"}
    with time_machine.travel(NOW, tick=False):
        shown = client.post(f"{url}nazorg/", typed, follow=True).content.decode()
    assert "https://voorbeeld.example/lessen" in shown
    assert "Stad X" in shown


def test_contractors_are_counted_by_what_is_known_of_them() -> None:
    with time_machine.travel(NOW, tick=False):
        for number, (is_startup, region) in enumerate(
            [(True, "flanders"), (True, "flanders"), (None, "abroad"), (False, "flanders")]
        ):
            ProcurementFactory(
                awarded_on=date(2026, 3, 1),
                award_amount=1000,
                contractor_name=f"Bedrijf {min(number, 2)}" if number else "Bedrijf 1",
                contractor_is_sme=True,
                contractor_is_startup=is_startup,
                contractor_region=region,
            )
    report = build_yearly_report(year=2026, cut_off=NOW + timedelta(hours=1), generated_by="")
    [row] = report.contractors
    assert (row.contracts, row.contractors, row.startups, row.from_flanders) == (4, 2, 1, 2)
