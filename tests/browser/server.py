"""A whole portal for the browser: database, web server and worker, as they run for people."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import psycopg2
import redis
from django.conf import settings
from psycopg2 import sql

PATIENCE = 60  # seconds for a process to start on a busy machine
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Database:
    """A database of the browser tests, beside that of the other tests."""

    name: str
    login: Mapping[str, Any]

    def execute(self, statement: Any, values: Any = (), *, maintenance: bool = False) -> None:
        """Run and commit one statement; `maintenance` to make and drop the database itself."""
        name = "postgres" if maintenance else self.name
        with contextlib.closing(psycopg2.connect(dbname=name, **self.login)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)

    def rows(self, statement: str, values: Any = ()) -> list[Any]:
        """What a question to the database answers."""
        connecting = psycopg2.connect(dbname=self.name, **self.login)
        with contextlib.closing(connecting) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def create(self, template: str = "template1") -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        names = map(sql.Identifier, (self.name, template))
        self.execute(statement.format(*names), maintenance=True)

    def drop(self) -> None:
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        self.execute(statement.format(sql.Identifier(self.name)), maintenance=True)

    @property
    def url(self) -> str:
        login = quote(self.login.get("user", ""), safe="")
        if password := self.login.get("password"):
            login += ":" + quote(password, safe="")
        host, port = self.login.get("host", "localhost"), self.login.get("port")
        if host.startswith("/"):
            query = {"host": host, **({"port": port} if port else {})}
            return f"postgresql://{login}@/{self.name}?{urlencode(query)}"
        return f"postgresql://{login}@{host}:{port or 5432}/{self.name}"


@dataclass(frozen=True)
class Demo:
    """A migrated database with the demo in it, and its files: to copy, not to use."""

    database: Database
    folder: Path

    def load(self) -> None:
        (self.folder / "static").mkdir(parents=True)
        self.database.create(settings.DATABASES["default"]["TEST"]["TEMPLATE"] or "template1")
        for command in (["migrate", "--verbosity=0"], ["load_demo"]):
            _manage(_environment(self.database, self.folder), *command)

    @contextlib.contextmanager
    def copied(self, folder: Path) -> Iterator[Database]:
        """A copy, with the files in `folder`; dropped afterwards."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        database = replace(self.database, name=f"browser_{uuid4().hex[:12]}")
        database.create(template=self.database.name)
        try:
            yield database
        finally:
            database.drop()


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    url: str
    database: Database
    worker: int

    @contextlib.contextmanager
    def worker_asleep(self) -> Iterator[None]:
        """Nothing gets made meanwhile, as when the worker is busy with somebody else's document."""
        os.killpg(self.worker, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.worker, signal.SIGCONT)


def _on_the_server_of_the_tests() -> Database:
    """A database that does not exist yet."""
    of_tests = settings.DATABASES["default"]
    login = {
        key: of_tests[name]
        for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"))
        if of_tests[name]
    }
    if of_tests["PASSWORD"]:
        login["password"] = of_tests["PASSWORD"]
    return Database(f"browser_{uuid4().hex[:12]}", login)


@contextlib.contextmanager
def demo_of_this_run(shared: Path) -> Iterator[Demo]:
    """The demo as it is loaded, by whichever process of this run needs it first.

    `shared` is a folder of all of them. Who leaves last drops the database.
    """
    written, database = shared / "demo.txt", _on_the_server_of_the_tests()
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if written.exists():
            database = replace(database, name=written.read_text())
        demo = Demo(database, shared / "demo")
        if not written.exists():
            demo.load()
            written.write_text(database.name)
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield demo
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                written.unlink()
                database.drop()


@contextlib.contextmanager
def own_corner_of_the_broker() -> Iterator[str]:
    """A key prefix of this run, so that nobody else's worker takes these tasks."""
    prefix = f"browser-{uuid4().hex}:"
    yield prefix
    address = settings.REDIS_URL
    if address.startswith("redis+socket://"):  # as Celery writes it
        address = address.replace("redis+socket://", "unix://", 1)
    with redis.Redis.from_url(address) as broker:
        if keys := broker.keys(f"{prefix}*"):
            broker.delete(*keys)


def _environment(database: Database, folder: Path, **more: str) -> dict[str, str]:
    """Of the processes of a portal that writes into `folder`."""
    return {
        **os.environ,
        "PIO_ENV": "development",  # the demo accounts sign in only there
        "DATABASE_URL": database.url,
        "REDIS_URL": settings.REDIS_URL,
        "VAR_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": "dummymail://",  # the mailbox of the demo shows the rows
        **more,
    }


@contextlib.contextmanager
def running_portal(folder: Path, shared: Path) -> Iterator[Portal]:
    """The portal with its demo data; everything it writes lands in `folder`.

    `shared` is a folder of all processes of this run: the demo is loaded once for all of them.
    """
    port = _free_port()
    with (
        demo_of_this_run(shared) as demo,
        demo.copied(folder) as database,
        own_corner_of_the_broker() as prefix,
    ):
        address = f"http://{HOST}:{port}"
        env = _environment(
            database, folder, SITE_URL=address, TEST_KEY_PREFIX=prefix, WEB_WORKERS="2"
        )
        web = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        web += ["--bind", f"{HOST}:{port}", "tests.browser.portal_app:application"]
        worker = [sys.executable, "-m", "celery", "-A", "tests.browser.portal_app", "worker"]
        worker += ["-Q", "default,mail,pdf", "-P", "prefork", "-c", "1", "--loglevel", "WARNING"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker += ["-n", f"{uuid4().hex}@test"]
        with (
            _running("web", web, env, folder) as server,
            _running("worker", worker, env, folder) as workers,
        ):
            _wait_for_answer(server, f"{address}/health/ready")
            yield Portal(address, database, workers.pid)


def _manage(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def _running(
    name: str, command: list[str], env: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that leads its own group; its log is shown when a test fails."""
    log_file = folder / f"{name}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            command,
            env=env,
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with contextlib.suppress(ProcessLookupError):  # also children that stayed behind
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
    sys.stdout.write(f"--- {name} ---\n{log_file.read_text()}")


def _wait_for_answer(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer within {PATIENCE} s.")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
