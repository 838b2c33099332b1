"""The launcher of PostgreSQL and broker: what it promises to a developer's machine."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from devtools.console import Refusal
from devtools.environment import CLONE
from devtools.home import find_home, private_folder
from devtools.services import Services, only_one

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

SITE_PACKAGES = Path(sysconfig.get_path("platlib"))
Start = Callable[[], tuple["subprocess.Popen[str]", dict[str, str]]]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that everybody may enter, as most clones stand in."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def clone(place: Path) -> Iterator[Path]:
    yield place
    for name in ("run", "test"):
        shutil.rmtree(find_home(place, SITE_PACKAGES).folder / name, ignore_errors=True)


@pytest.fixture(params=["with a space", "d" * 120])
def awkward_clone(place: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A clone whose path would need escaping, or is too long for a socket."""
    clone = place / request.param
    clone.mkdir()
    yield clone
    shutil.rmtree(private_folder(clone), ignore_errors=True)


@pytest.fixture
def start(clone: Path) -> Iterator[Start]:
    """Start the services by a process of their own; answers that process and what it tells."""
    with contextlib.ExitStack() as stack:

        def start_services() -> tuple["subprocess.Popen[str]", dict[str, str]]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.devtools.hold_services", clone, SITE_PACKAGES],
                    cwd=CLONE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.terminate)
            assert process.stdout
            for line in process.stdout:
                if line.startswith("{"):
                    return process, json.loads(line)
            raise AssertionError("the services did not start")

        yield start_services


def query(url: str, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
        return rows


def broker(url: str) -> "contextlib.closing[redis.Redis]":
    return contextlib.closing(redis.Redis(unix_socket_path=url.removeprefix("redis+socket://")))


def at_work_in(folder: str) -> list[str]:
    """The processes that stand in a folder or below; both servers stand in their data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str((process / "cwd").readlink()).startswith(folder):
                found.append((process / "cmdline").read_text())
    return found


def wait_until_none_at_work_in(folder: str) -> None:
    deadline = time.monotonic() + 5
    while at_work_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert at_work_in(folder) == []


def test_an_awkward_path_gets_a_private_folder_with_a_pointer_in_var(awkward_clone: Path) -> None:
    """Both services answer over Unix sockets, and `make reset` finds the data by the pointer."""
    services = Services(find_home(awkward_clone, SITE_PACKAGES), "run")
    try:
        urls = services.start()
        whoami = "SELECT current_user::text, current_database()::text"
        assert query(urls["DATABASE_URL"], whoami) == [("pio", "pio")]
        assert query(urls["DATABASE_URL"], "SHOW listen_addresses") == [("",)]
        with broker(urls["REDIS_URL"]) as client:
            assert client.config_get("port") == {"port": "0"}
    finally:
        services.stop()
    assert (awkward_clone / "var" / "services").readlink() == private_folder(awkward_clone)
    assert services.folder == private_folder(awkward_clone) / "run"
    assert at_work_in(str(services.folder)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_a_clone_that_only_root_may_enter_works(tmp_path: Path) -> None:
    """As under /root: programs, data and sockets move to where the service user can come."""
    tmp_path.chmod(0o700)
    (tmp_path / "packages").symlink_to(SITE_PACKAGES)
    services = Services(find_home(tmp_path, tmp_path / "packages"), "run")
    try:
        urls = services.start()
        assert query(urls["DATABASE_URL"], "SELECT 1") == [(1,)]
    finally:
        services.stop()
        shutil.rmtree(private_folder(tmp_path))
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_others_may_not_reach_the_data_or_the_sockets(clone: Path) -> None:
    """There is no password on the socket: the folder's permissions are the lock."""
    services = Services(find_home(clone, SITE_PACKAGES), "run")
    try:
        services.start()
        for name in ("postgres", "broker", "sockets"):
            assert (services.folder / name).stat().st_mode & 0o077 == 0
    finally:
        services.stop()


def test_data_survives_an_orderly_stop_and_a_kill(start: Start) -> None:
    """SIGTERM and SIGKILL leave no process, and the next start finds what was written."""
    process, told = start()
    query(told["DATABASE_URL"], "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    with broker(told["REDIS_URL"]) as client:
        client.set("kept", "1")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0
    assert at_work_in(told["folder"]) == []

    process, told = start()
    query(told["DATABASE_URL"], "INSERT INTO kept VALUES (2)")
    process.kill()
    process.wait()
    wait_until_none_at_work_in(told["folder"])

    _process, told = start()
    assert query(told["DATABASE_URL"], "SELECT n FROM kept ORDER BY n") == [(1,), (2,)]
    with broker(told["REDIS_URL"]) as client:
        assert client.get("kept") == b"1"


def test_a_pid_file_that_names_somebody_elses_process_is_no_obstacle(clone: Path) -> None:
    """After a power cut the number may belong to any process; that one is left in peace."""
    home = find_home(clone, SITE_PACKAGES)
    services = Services(home, "run")
    services.start()
    pid_file = services.folder / "postgres" / "postmaster.pid"
    left_behind = pid_file.read_text().splitlines()
    services.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *left_behind[1:]]) + "\n")
        (services.folder / "broker" / "broker.pid").write_text(f"{stranger.pid}\n")
        try:
            services.start()
            services.stop()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_servers_of_a_launcher_that_vanished_are_ended_first(clone: Path) -> None:
    """Where the kernel cannot end them with their launcher, the next start does."""
    home = find_home(clone, SITE_PACKAGES)
    vanished, successor = Services(home, "run"), Services(home, "run")
    vanished.start()
    try:
        successor.start()
        assert [child.alive for child in vanished.children] == [False, False]
    finally:
        successor.stop()
        vanished.stop()


def test_tests_begin_empty_and_leave_the_running_portal_alone(clone: Path) -> None:
    home = find_home(clone, SITE_PACKAGES)
    running, testing = Services(home, "run"), Services(home, "test", for_tests=True)
    try:
        told = running.start()
        query(told["DATABASE_URL"], "CREATE TABLE kept ()")
        for _time in range(2):
            urls = testing.start()
            query(urls["DATABASE_URL"], "CREATE TABLE fresh ()")
            testing.stop()
        assert query(told["DATABASE_URL"], "SELECT count(*) FROM kept") == [(0,)]
    finally:
        testing.stop()
        running.stop()


def test_only_what_is_not_configured_is_started(clone: Path) -> None:
    services = Services(find_home(clone, SITE_PACKAGES), "run")
    try:
        assert list(services.start(postgres=False)) == ["REDIS_URL"]
        assert [child.name for child in services.children] == ["broker"]
    finally:
        services.stop()


def test_a_second_run_of_the_same_clone_is_refused(tmp_path: Path) -> None:
    again = only_one(tmp_path, "run")
    with only_one(tmp_path, "run"), pytest.raises(Refusal, match="already at work in this clone"):
        again.__enter__()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_a_private_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Anybody may write beside it: a folder of our name that is not ours could be a trap."""
    clone = tmp_path / "with a space"
    clone.mkdir()
    trap = private_folder(clone)
    trap.mkdir()
    try:
        os.chown(trap, 65534, 65534)
        with pytest.raises(Refusal, match="is not ours"):
            find_home(clone, SITE_PACKAGES)
    finally:
        trap.rmdir()
