"""Probes: is the process alive, ready, started; does a worker or beat give a sign of life?"""

import threading
from datetime import UTC, datetime, timedelta
from io import StringIO
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import StaffRole
from notifications import registry
from operations.models import BEAT, WEB, Heartbeat, SignOfLife
from operations.selectors import expected_parts, silent_parts
from operations.services import note_sign, remove_old_heartbeats, tick
from operations.ticking import note_worker
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


def test_the_process_is_alive_without_a_question_to_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live").json() == {"status": "ok"}


def test_ready_tells_of_the_database_and_the_broker(client):
    answer = client.get("/health/ready").json()
    assert answer["checks"]["database"] == "ok"
    assert answer["checks"]["broker"] in {"ok", "unreachable"}


def test_started_means_migrated_and_every_room_registered(client, monkeypatch):
    assert client.get("/health/startup").json() == {
        "status": "ok",
        "checks": {"migrations": "ok", "registry": "ok"},
    }
    monkeypatch.setattr(registry, "_rules", {})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operations'")
    response = client.get("/health/startup")
    assert response.status_code == 503
    assert response.json()["checks"] == {"migrations": "missing", "registry": "missing"}


def test_the_old_addresses_are_gone(client):
    assert [client.get(url).status_code for url in ("/healthz", "/readyz")] == [404, 404]


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_a_minute_is_noted_once_however_many_signs_there_are(noon):
    for _sign in range(3):
        note_sign(part="worker:pdf", node="pdf@one")
    noon.shift(timedelta(seconds=31))
    note_sign(part="worker:pdf", node="pdf@one")
    assert list(Heartbeat.objects.order_by("minute").values_list("part", "minute")) == [
        ("worker:pdf", NOON.replace(second=0)),
        ("worker:pdf", NOON.replace(minute=1, second=0)),
    ]
    sign = SignOfLife.objects.get()
    assert (sign.node, sign.seen_at) == ("pdf@one", NOON + timedelta(seconds=31))


def test_a_probe_fails_for_who_is_silent(noon):
    note_worker(["mail", "default"], "celery@one")
    tick()
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {
        *("worker:mail", "worker:default", BEAT)
    }
    probes = [
        ("beat",),
        ("worker", "--queue", "mail", "--node", "celery@one"),
        ("worker", "--queue", "default", "--node", ""),
    ]
    for probe in probes:
        call_command("probe", *probe, stdout=StringIO())
    for wrong in (("worker", "--queue", "pdf"), ("worker", "--queue", "mail", "--node", "two")):
        with pytest.raises(CommandError, match="Geen teken van leven"):
            call_command("probe", *wrong)
    noon.shift(timedelta(minutes=5, seconds=1))
    for probe in probes:
        with pytest.raises(CommandError, match="Geen teken van leven"):
            call_command("probe", *probe)


def test_who_is_silent_is_named_only_once_something_ever_ticked(noon, settings):
    assert silent_parts() == {}
    note_sign(part=BEAT)
    others = set(expected_parts()) - {BEAT}
    assert silent_parts() == dict.fromkeys(others)
    noon.shift(timedelta(minutes=6))
    assert silent_parts()[BEAT] == NOON
    settings.WEB_PROBE_URL = "http://web:8000/health/ready"
    assert WEB in silent_parts()


@pytest.fixture
def web():
    """The portal behind a real socket, in a thread."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        pass


def test_the_web_server_is_asked_at_its_own_address(web, settings, noon):
    settings.WEB_PROBE_URL = f"{web}/health/live"
    tick()
    assert Heartbeat.objects.filter(part=WEB).count() == 1
    Heartbeat.objects.all().delete()
    for wrong in (f"{web}/health/nergens", "http://127.0.0.1:1/health/live"):
        settings.WEB_PROBE_URL = wrong
        tick()
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {BEAT}


def test_old_heartbeats_and_gone_processes_are_forgotten(noon, settings):
    settings.HEARTBEAT_DAYS = 2
    note_sign(part="worker:pdf", node="gone@one")
    note_sign(part=BEAT)
    noon.shift(timedelta(days=2, minutes=1))
    note_sign(part="worker:pdf", node="new@one")
    assert remove_old_heartbeats() == 2
    assert [beat.part for beat in Heartbeat.objects.all()] == ["worker:pdf"]
    assert {sign.node for sign in SignOfLife.objects.all()} == {"new@one", ""}


def test_staff_read_what_waits_while_a_part_is_silent_and_nobody_else_pays(noon, client):
    waiting = "Een deel van het werk op de achtergrond staat stil"
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    client.force_login(team)
    for part in expected_parts():
        note_sign(part=part)
    assert waiting not in client.get("/beheer/oproepen/").content.decode()
    noon.shift(timedelta(minutes=6))
    for part in set(expected_parts()) - {"worker:pdf"}:
        note_sign(part=part)
    page = client.get("/beheer/oproepen/").content.decode()
    assert waiting in page
    assert "documenten: brieven" in page
    assert "mails</li>" not in page
    client.force_login(UserFactory())
    with CaptureQueriesContext(connection) as asked:
        assert waiting not in client.get("/oproepen/").content.decode()
    assert not [one for one in asked if "operations_" in one["sql"]]
