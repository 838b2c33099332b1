"""A whole portal for the browser: database, web server and worker, as they run for people."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


@contextlib.contextmanager
def own_database() -> Iterator[Database]:
    """An empty database on the server of the tests, dropped afterwards."""
    of_tests = settings.DATABASES["default"]
    login = {
        key: of_tests[name]
        for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"))
        if of_tests[name]
    }
    if of_tests["PASSWORD"]:
        login["password"] = of_tests["PASSWORD"]
    database = Database(f"browser_{uuid4().hex[:12]}", login)
    name = sql.Identifier(database.name)
    database.execute(sql.SQL("CREATE DATABASE {}").format(name), maintenance=True)
    try:
        yield database
    finally:
        database.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name), maintenance=True)


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


@contextlib.contextmanager
def running_portal(folder: Path) -> Iterator[Portal]:
    """The portal with its demo data; everything it writes lands in `folder`."""
    port = _free_port()
    (folder / "static").mkdir()
    with own_database() as database, own_corner_of_the_broker() as prefix:
        env = {
            **os.environ,
            "PIO_ENV": "development",  # the demo accounts sign in only there
            "DATABASE_URL": database.url,
            "REDIS_URL": settings.REDIS_URL,
            "VAR_DIR": str(folder),
            "MEDIA_ROOT": str(folder / "files"),
            "STATIC_ROOT": str(folder / "static"),
            "SITE_URL": f"http://{HOST}:{port}",
            "TEST_KEY_PREFIX": prefix,
            "WEB_WORKERS": "2",
            "LOG_LEVEL": "WARNING",
            "EMAIL_URL": "dummymail://",  # the mailbox of the demo shows the rows
        }
        for command in (["migrate", "--verbosity=0"], ["load_demo"]):
            _manage(env, *command)
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
            _wait_for_answer(server, f"http://{HOST}:{port}/readyz")
            yield Portal(f"http://{HOST}:{port}", database, workers.pid)


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
