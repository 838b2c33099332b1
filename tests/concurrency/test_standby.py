"""Reports from a real streaming standby: as right as from the primary, or else from the primary.

The tests' own PostgreSQL is copied with pg_basebackup and the copy follows it. Who reads there may
only read: the role that docs/operations.md gives.
"""

import os
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import InternalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.database import REPORTS, consistent_view, reads_the_standby
from devtools.environment import CLONE
from devtools.home import find_home, service_user
from devtools.processes import Child, launch, run, stop_all
from documents import registry
from funding.models import Commitment
from funding.models.booking import EntryKind
from funding.services.commitments import book
from operations.checks import CHECKS, Level
from operations.metrics import exposition
from projects.models import Project
from reporting import standby
from reporting.documents import REPORT_PDF, report_params
from reporting.standby import Reason, read_for_report
from reporting.yearly.building import build_yearly_report
from reporting.yearly.exports import content_hash
from reporting.yearly.figures import YearlyReport
from tests.funding.factories import budget_line, commitment, programme_manager

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
    pytest.mark.concurrency,
]

YEAR = 2026
CENT = Decimal("0.01")
MARK = f"pio_standby_{os.getpid()}"
"""Name of the role and the replication slot, on a server that other test processes use too."""


class Follower:
    """A running standby of the server of the tests; `folder` holds its socket."""

    def __init__(self, folder: str, database: str) -> None:
        self.folder = folder
        self._database = database

    def say(self, sql: str, *values: str) -> Any:
        """The first value of what it answers to its owner."""
        told = psycopg2.connect(host=self.folder, user="pio", dbname=self._database)
        try:
            told.autocommit = True
            with told.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchone()[0]
        finally:
            told.close()

    def knows_the_role(self) -> bool:
        try:
            return bool(self.say("SELECT count(*) FROM pg_roles WHERE rolname = %s", MARK))
        except psycopg2.OperationalError:  # it still starts
            return False


@pytest.fixture(scope="module")
def follower(django_db_setup: None, django_db_blocker: Any) -> Iterator[Follower]:
    home = find_home(CLONE, Path(sysconfig.get_path("platlib")))
    sockets = home.folder / "test" / "sockets"
    server = connections.settings["default"]
    if server["HOST"] != str(sockets):
        pytest.skip("Needs the PostgreSQL that `make test` starts")
    user, database = service_user(), server["NAME"]
    folder = tempfile.mkdtemp(prefix="pio-standby-")
    if user:  # PostgreSQL refuses to run as root
        shutil.chown(folder, user)
    tell_primary(
        django_db_blocker,
        # A commit is written out before others see it, as in production.
        f'ALTER DATABASE "{database}" SET synchronous_commit TO local',
        f"CREATE ROLE {MARK} LOGIN IN ROLE pg_read_all_data",
    )
    children: list[Child] = []
    try:
        copy: list[str | Path] = [home.postgres / "pg_basebackup", "-h", sockets, "-U", "pio"]
        copy += ["-D", f"{folder}/data", "-R", "-C", "-S", MARK, "-c", "fast", "--no-sync"]
        assert run(copy, cwd=Path("/"), user=user) == 0
        follow: list[str | Path] = [home.postgres / "postgres", "-D", f"{folder}/data"]
        follow += [f"-cunix_socket_directories={folder}", "-clisten_addresses=", "-cfsync=off"]
        process = launch(
            [*follow, "-cjit=off"],
            cwd=Path("/"),
            user=user,
            output=subprocess.DEVNULL,
            death_signal=signal.SIGQUIT,
        )
        children.append(Child("standby", process, [(signal.SIGINT, 10), (signal.SIGQUIT, 5)]))
        found = Follower(folder, database)
        deadline = time.monotonic() + 30
        while not found.knows_the_role():
            assert children[0].alive, "The standby stopped by itself."
            assert time.monotonic() < deadline, "The standby does not follow."
            time.sleep(0.05)
        # Known before a test begins; a mirror is not emptied after it.
        connections.settings[REPORTS] = {**server, "TEST": {"MIRROR": "default"}}
        yield found
    finally:
        connections.settings.pop(REPORTS, None)
        stop_all(children)
        tell_primary(
            django_db_blocker,
            # Who followed it may not be gone yet for the server.
            "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots"  # noqa: S608
            f" WHERE slot_name = '{MARK}' AND active",
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"  # noqa: S608
            f" WHERE slot_name = '{MARK}'",
            f"DROP ROLE {MARK}",
            f'ALTER DATABASE "{database}" RESET synchronous_commit',
        )
        shutil.rmtree(folder)


def tell_primary(blocker: Any, *statements: str) -> None:
    with blocker.unblock():
        for statement in statements:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        connection.close()  # what holds for a database holds from the next connection on


@pytest.fixture
def reports(
    follower: Follower, transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """The portal with a standby, set up as by the settings; the answer is how it is reached."""
    settings.DATABASE_ROUTERS = ["common.database.ReportRouter"]
    settings.REPORT_DATABASE_PATIENCE = 10.0
    monkeypatch.setattr(standby._Avoiding, "until", 0.0)
    reached = connections.settings[REPORTS]
    reached |= {
        "HOST": follower.folder,
        "USER": MARK,
        "OPTIONS": {"options": "-c default_transaction_read_only=on"},
    }
    forget_connection()
    yield reached
    forget_connection()


def forget_connection() -> None:
    connections[REPORTS].close()
    del connections[REPORTS]


@pytest.fixture
def made(reports: dict[str, Any]) -> Commitment:
    budget_line(YEAR)
    return commitment(300_000, on=date(YEAR, 3, 1))


def pay(made: Commitment) -> None:
    book(
        kind=EntryKind.PAYMENT,
        commitment=made,
        line=made.line,
        amount=CENT,
        effective_on=date(YEAR, 3, 2),
        by=programme_manager(),
    )


def report(cut_off: datetime) -> YearlyReport:
    return build_yearly_report(year=YEAR, cut_off=cut_off, generated_by="t")


def from_standby(read: Callable[[], Any]) -> tuple[Any, int, int]:
    """What is answered, and how many queries primary and standby had for it."""
    with (
        CaptureQueriesContext(connection) as primary,
        CaptureQueriesContext(connections[REPORTS]) as replica,
    ):
        answer = read_for_report(read)
    return answer, len(primary), len(replica)


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Why reports read the primary, as the log says since the last question."""
    found = [one.kind for one in caplog.records if one.name == "reporting.standby"]
    caplog.clear()
    return found


def doctor() -> Level:
    return CHECKS["standby"].test(full=False).level


def figures() -> str:
    return exposition().decode()


def test_what_was_just_booked_is_in_the_report_of_the_standby(
    made: Commitment, follower: Follower, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """And while it does not replay, in that of the primary; always with the same hash."""
    for turn in range(1, 6):
        pay(made)
        cut_off = timezone.now()
        found, primary, replica = from_standby(lambda: report(cut_off))  # noqa: B023
        assert found.total_credits.paid == turn * CENT
        assert primary == 1  # up to where the log goes
        assert replica > 20
        assert content_hash(found) == content_hash(report(cut_off))
    assert reasons(caplog) == []
    assert (doctor(), "pio_standby_read 1.0" in figures()) == (Level.OK, True)

    before = cut_off
    follower.say("SELECT pg_wal_replay_pause() IS NOT NULL")
    patience, settings.REPORT_DATABASE_PATIENCE = settings.REPORT_DATABASE_PATIENCE, 0.2
    try:
        pay(made)
        cut_off = timezone.now()
        found, primary, replica = from_standby(lambda: report(cut_off))
        assert found.total_credits.paid == 6 * CENT
        assert primary > 20
        assert reasons(caplog) == [Reason.BEHIND]
        assert (doctor(), "pio_standby_read 0.0" in figures()) == (Level.WARNING, True)
    finally:
        follower.say("SELECT pg_wal_replay_resume() IS NOT NULL")
        settings.REPORT_DATABASE_PATIENCE = patience
    for known, paid in ((cut_off, 6), (before, 5)):
        found, primary, _replica = from_standby(lambda: report(known))  # noqa: B023
        assert (found.total_credits.paid, primary) == (paid * CENT, 1)
        assert content_hash(found) == content_hash(report(known))
    assert reasons(caplog) == []


def test_nobody_writes_there(made: Commitment) -> None:
    there = Project.objects.using(REPORTS)
    assert from_standby(lambda: there.count())[0] == 1
    with pytest.raises(InternalError, match="read-only"):
        there.update(title="Anders")
    with connections[REPORTS].cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        with pytest.raises(InternalError, match=r"read-only|recovery"):
            cursor.execute("UPDATE projects_project SET title = 'Anders'")

    def writes() -> None:
        Project.objects.update(title="Anders")

    with pytest.raises(RuntimeError, match=r"writes projects\.Project"):
        read_for_report(writes)
    read = read_for_report(lambda: Project.objects.select_related("organisation").get())
    read.title = "Op de databank zelf"
    read.save()  # a row that was read there is saved where rows are saved
    assert Project.objects.get().title == "Op de databank zelf"


def test_what_was_written_in_this_transaction_is_read_in_it(
    made: Commitment, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        pay(made)
        assert read_for_report(lambda: report(timezone.now())).total_credits.paid == CENT
    assert reasons(caplog) == [Reason.OWN_WRITES]

    def loose(**more: Any) -> int:
        """The figures of a document, as a worker gathers them; answers what the standby did."""
        params = report_params(year=YEAR, cut_off=timezone.now(), by="t")
        declared = registry.get(REPORT_PDF)
        assert isinstance(declared, registry.PdfDocument)
        with CaptureQueriesContext(connections[REPORTS]) as replica, consistent_view():
            context = declared.context({**params, **more}, lambda _percent, _message="": None)
        assert context["report"].total_credits.paid == CENT
        return len(replica)

    assert loose() > 20
    assert loose(edition=1) == 0


def test_one_that_breaks_off_is_done_again_on_the_primary(
    made: Commitment, follower: Follower, caplog: pytest.LogCaptureFixture
) -> None:
    pay(made)
    cut_off, turns = timezone.now(), []

    def read() -> YearlyReport:
        turns.append(reads_the_standby())
        report(cut_off)
        if turns[-1]:
            follower.say(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE usename = %s",
                MARK,
            )
        return report(cut_off)

    assert read_for_report(read).total_credits.paid == CENT
    assert turns == [True, False]
    assert reasons(caplog) == [Reason.BROKE_OFF]
    assert from_standby(lambda: report(cut_off))[1] == 1  # and the next one reads there again


def test_an_address_that_is_none_of_a_standby(
    made: Commitment, reports: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Each is told by the doctor; a server that is away is not asked by every report."""
    here = connections.settings["default"]
    for wrong, reason, level in (
        ({"HOST": here["HOST"]}, Reason.NO_STANDBY, Level.FAULT),
        ({"NAME": "postgres"}, Reason.OTHER_DATABASE, Level.FAULT),
        ({"HOST": "/nowhere"}, Reason.UNREACHABLE, Level.WARNING),
    ):
        forget_connection()
        right = dict(reports)
        reports.update(wrong)
        assert read_for_report(Project.objects.count) == 1
        assert reasons(caplog) == [reason]
        assert doctor() == level
        reports.update(right)
    forget_connection()
    assert doctor() == Level.OK
    with CaptureQueriesContext(connection) as asked:
        assert read_for_report(Project.objects.count) == 1
    assert len(asked) == 1
    assert reasons(caplog) == [Reason.UNREACHABLE]


def test_pages_and_exports_are_the_same(made: Commitment, client: Client) -> None:
    """Each with its SQL on the standby, and one question to the primary for where its log is."""
    pay(made)
    client.force_login(programme_manager())
    year = {"year": YEAR}
    pages = {
        reverse("reporting:report_json", kwargs=year): 20,
        reverse("reporting:years_csv", args=["bedragen"]): 20,
        reverse("reporting:question_export", args=["csv"]) + "?meting=vereffend&per=jaar": 1,
        reverse("reporting:subsidy_export", args=[YEAR, "csv"]): 1,
        reverse("reporting:double_subsidies"): 1,
        reverse("reporting:grants"): 1,
    }
    for page, queries in pages.items():
        with CaptureQueriesContext(connections[REPORTS]) as replica:
            there = client.get(page).getvalue()
        assert len(replica) >= 2 + queries, page  # where it is, and the beginning of the reading
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("reporting.standby.has_standby", lambda: False)
            with CaptureQueriesContext(connections[REPORTS]) as replica:
                here = client.get(page).getvalue()
        assert len(replica) == 0
        assert _lasting(there) == _lasting(here), page


PASSING = (b"generated_at", b"cut_off", b"sha256", b"csrf")


def _lasting(content: bytes) -> list[bytes]:
    """All lines but those that say when it was made, or hold a secret of the page."""
    lines = content.splitlines()
    return [line for line in lines if not any(word in line.lower() for word in PASSING)]
