"""The doctor: well when all is well, and each trouble by its name."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.roles import StaffRole
from audit.models import AuditEvent
from audit.services import record
from common import clock
from documents.models import Job
from documents.services import store_file
from notifications.models import OutboxMail
from operations.checks import CHECKS, Level, inspect
from operations.checks.registry import Check
from operations.models import Inspection
from operations.selectors import expected_parts
from operations.services import note_sign, run_inspection
from tests.accounts.factories import UserFactory
from tests.calls.factories import BareCallFactory, RoundFactory
from tests.projects.factories import VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_disk(settings):
    settings.FREE_GIGABYTES = 0


def levels(**how) -> dict[str, Level]:
    return {check.code: finding.level for check, finding in inspect(full=True, **how)}


def troubles() -> set[str]:
    """What is not in order, but for the broker and scanner, which a test may lack, and backups."""
    away = {"broker", "scanner", "backup", "restore"}
    return {code for code, level in levels().items() if level != Level.OK} - away


def test_a_portal_that_works_is_well():
    for part in expected_parts():
        note_sign(part=part)
    store_file(content=b"inhoud", name="a.txt")
    assert troubles() == set()
    assert set(levels(data_only=True)) == {
        *("migrations", "ledger", "audit", "facts", "versions", "files")
    }


def _lose_a_file():
    store_file(content=b"inhoud", name="a.txt").path.unlink()


def _damage_a_file():
    store_file(content=b"inhoud", name="a.txt").path.write_bytes(b"Inhoud")


def _leave_a_file():
    stored = store_file(content=b"inhoud", name="a.txt")
    stored.delete()
    old = clock.now().timestamp() - 7200
    os.utime(stored.path, (old, old))


def _change_a_version():
    VersionFactory(content={"a": 1}, sha256="0" * 64)


def _change_an_act():
    record(actor=None, action="a", label="Iets", about=UserFactory())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_auditevent SET label = 'Anders'")
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")


def _leave_a_job():
    Job.objects.create(
        kind="k", title="t", fingerprint="f", requested_at=clock.now() - timedelta(hours=1)
    )


def _leave_a_mail():
    OutboxMail.objects.create(
        kind="k", address="a@b.test", next_try_at=clock.now() - timedelta(hours=1)
    )


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (_lose_a_file, "files"),
        (_damage_a_file, "files"),
        (_leave_a_file, "orphans"),
        (_change_a_version, "versions"),
        (_change_an_act, "audit"),
        (_leave_a_job, "jobs"),
        (_leave_a_mail, "mails"),
        (lambda: note_sign(part="beat"), "parts"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_each_trouble_is_found(break_it, code):
    for part in expected_parts() if code != "parts" else []:
        note_sign(part=part)
    break_it()
    assert troubles() == {code}


def test_a_check_that_breaks_is_a_fault_and_the_others_still_run(monkeypatch):
    def breaks(*, full: bool):
        raise OSError

    monkeypatch.setitem(CHECKS, "files", Check("files", "Bestanden", breaks, True))
    found = levels(data_only=True)
    assert (found["files"], found["ledger"]) == (Level.FAULT, Level.OK)


def test_the_outcome_is_kept_and_the_command_fails_on_a_fault(settings):
    out = StringIO()
    _lose_a_file()
    with pytest.raises(CommandError, match="Niet in orde"):
        call_command("doctor", stdout=out)
    assert "FOUT    Bestanden" in out.getvalue()
    kept = Inspection.objects.get()
    assert kept.faults >= 1
    assert next(one for one in kept.findings if one["code"] == "files")["level"] == "fault"


def test_only_the_administration_sees_the_last_inspection(client):
    run_inspection()
    url = "/beheer/werking/"
    client.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert client.get(url).status_code == 403
    client.force_login(UserFactory(roles=[StaffRole.ADMINISTRATOR]))
    page = client.get(url).content.decode()
    assert "Grootboek" in page


def test_no_upgrade_shortly_before_a_closing_but_for_a_recorded_reason():
    out = StringIO()
    call_command("deploy_guard", stdout=out)
    assert "geen sluiting" in out.getvalue()
    now = clock.now()
    call = BareCallFactory(reference="PIO-9")
    RoundFactory(call=call, opens_at=now, closes_at=now + timedelta(hours=23), number=1)
    RoundFactory(call=BareCallFactory(), opens_at=now, closes_at=now + timedelta(hours=25))
    for arguments in ([], ["--force"], ["--reason", "Lek"]):
        with pytest.raises(CommandError):
            call_command("deploy_guard", *arguments, stderr=StringIO())
    assert not AuditEvent.objects.filter(action="portal.deploy_forced").exists()
    call_command("deploy_guard", "--hours", "22", stdout=out)
    call_command(
        *("deploy_guard", "--force", "--reason", "Lek in de beveiliging"),
        stdout=out,
        stderr=StringIO(),
    )
    event = AuditEvent.objects.get(action="portal.deploy_forced")
    assert (event.comment, event.object_id) == ("Lek in de beveiliging", str(call.pk))
