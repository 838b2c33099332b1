"""The same races with PgBouncer between us and PostgreSQL, pooling by transaction.

No thread keeps a connection of its own then: whatever holds for longer than a transaction (session
locks, settings of a session, cursors of the server) would fall on somebody else. docs/operations.md
says how it is set up.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from tests.accounts.factories import UserFactory
from tests.concurrency import test_chain, test_closing_moves, test_ledger, test_submit

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
POOL = 6  # connections to PostgreSQL, whatever the number of threads
PORT = 6432  # of a socket in a folder of our own: it listens on no network

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PROGRAM is None, reason="Needs PgBouncer: apt-get install pgbouncer"),
]


@pytest.fixture(scope="module")
def pooler(django_db_setup: None) -> Iterator[str]:
    """The folder of its socket."""
    server = connections.settings["default"]
    with tempfile.TemporaryDirectory(prefix="pio-pool-") as folder:
        as_root = os.geteuid() == 0
        if as_root:  # it refuses to run as root; our PostgreSQL lets in who runs it
            shutil.chown(folder, "nobody")
        settings = Path(folder, "pgbouncer.ini")
        settings.write_text(
            f"""
            [databases]
            * = host={server["HOST"]} port={server["PORT"] or 5432} user={server["USER"]}
            [pgbouncer]
            listen_port = {PORT}
            unix_socket_dir = {folder}
            auth_type = any
            pool_mode = transaction
            default_pool_size = {POOL}
            max_client_conn = 200
            logfile = {folder}/log
            """
        )
        settings.chmod(0o644)
        command = [str(PROGRAM), "-q", *(["-u", "nobody"] if as_root else []), str(settings)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            _wait_for(Path(folder, f".s.PGSQL.{PORT}"))
            yield folder
        finally:
            process.kill()
            process.wait()


def _wait_for(place: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as caller:
            if caller.connect_ex(str(place)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("PgBouncer does not answer.")


@pytest.fixture(autouse=True)
def _pooled(pooler: str, transactional_db: None) -> Iterator[None]:
    """Every connection of this process goes through it, set up as docs/operations.md says."""
    server = connections.settings["default"]
    before = dict(server)
    connection.close()
    server.update(HOST=pooler, PORT=str(PORT), CONN_MAX_AGE=0, DISABLE_SERVER_SIDE_CURSORS=True)
    yield
    connection.close()
    server.clear()
    server.update(before)


def backends_of(_number: int) -> set[int]:
    """Which processes of PostgreSQL served the transactions of a thread."""
    try:
        found = set()
        for _turn in range(5):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.01)")
                found.add(cursor.fetchone()[0])
        return found
    finally:
        connection.close()


def test_threads_share_a_few_connections_and_change_them_between_transactions() -> None:
    with ThreadPoolExecutor(20) as threads:
        served = list(threads.map(backends_of, range(20)))
    assert len(set().union(*served)) <= POOL
    assert max(map(len, served)) > 1


def test_rows_that_are_read_in_parts_need_no_cursor_of_the_server() -> None:
    UserFactory.create_batch(5)
    rows = User.objects.order_by("pk").iterator(chunk_size=2)
    first = next(rows)
    with ThreadPoolExecutor(POOL) as threads:  # others take the connections meanwhile
        list(threads.map(backends_of, range(POOL)))
    assert [first, *rows] == list(User.objects.order_by("pk"))


def test_handing_in_at_once() -> None:
    test_submit.test_five_presses_at_once()


def test_a_closing_that_moves_holds_its_lock_for_a_transaction() -> None:
    test_closing_moves.test_a_move_waits_for_who_is_handing_in_and_not_the_other_way_round()


def test_who_hands_in_while_a_closing_moves() -> None:
    test_closing_moves.test_who_hands_in_while_a_closing_moves_is_judged_by_the_new_moment()


def test_acts_form_one_chain() -> None:
    test_chain.test_acts_of_many_form_one_chain_without_a_deadlock()


def test_the_ledger_stays_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(test_ledger, "PEOPLE", 12)
    monkeypatch.setattr(test_ledger, "SECONDS", 2)
    test_ledger.test_fifty_people_book_for_ten_seconds(capsys)
