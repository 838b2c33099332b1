"""Where the habits of the code base become law, for every test.

Beside what stands here, pyproject.toml turns every warning into an error: a page of an unordered
list, a naive date or a deprecated call fails too.
"""

import gc
import re
import uuid
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from _pytest.runner import runtestprotocol
from celery.exceptions import CDeprecationWarning
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import ResolverMatch, get_resolver
from django.utils import timezone

from common.data_stack import with_room
from documents.services.requests import broker
from pio_portal.celery import app

if TYPE_CHECKING:
    from tests.workers import LongestFirst

UNDEFINED = "!!undefined template variable: %s!!"
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# What Django itself writes while it answers a GET: the session and the sign-in log. And that it was
# asked: who read an advice, and what was refused (docs/decisions/0012-audit.md).
ALLOWED_WRITES = re.compile(r'"(django_session|axes_\w+|audit_reading)"|INTO audit_refusal')
FORGETS = ("ROLLBACK", "SELECT set_config")
"""Back to a savepoint, what was set since is forgotten; and the code sets instants of its own."""


def pytest_sessionstart() -> None:
    _know_all_tasks()
    _find_views_once()


def _know_all_tasks() -> None:
    """Celery warns of an option of its own the first time that it knows all tasks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CDeprecationWarning)
        app.loader.import_default_modules()
        app.finalize()


def _find_views_once() -> None:
    """The walks ask for the same addresses again and again, and each is held against hundreds."""
    resolver = get_resolver()
    search = resolver.resolve

    @lru_cache(maxsize=4096)
    def find(path: str) -> ResolverMatch:
        found = search(path)
        found.tried = []  # all that it is not; only a page of an error in development shows it
        return found

    resolver.resolve = find  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """What is imported by now stays: collecting garbage need not go through it again.

    And not after each few hundred objects that are made: a page makes thousands.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LongestFirst | None":
    """Our own way to hand out whole files; other ways (`--dist load`) are those of xdist."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.workers import LongestFirst  # only who hands out needs xdist

    return LongestFirst(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest does it, with the room that the web server gives its pages."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    with_room(runtestprotocol)(item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(autouse=True, scope="session")
def _fast() -> Iterator[None]:
    """For what a module makes once too: a real password hash costs a tenth of a second."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        AXES_ENABLED=False,
        STORAGES=storages,
        WHITENOISE_AUTOREFRESH=True,  # static files are not collected for tests
    ):
        yield


@pytest.fixture(autouse=True, scope="session")
def _strict_templates() -> None:
    """An undefined template variable that is printed fails the test."""
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UNDEFINED


@pytest.fixture(autouse=True)
def _isolated(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FILES_S3_BUCKET = ""
    broker.answered()  # a process remembers that the broker was away in another test


@pytest.fixture(scope="session")
def object_service() -> Iterator[str]:
    """The address of S3 as moto plays it, in a thread of this process, with one bucket."""
    from tests.documents.buckets import service

    with service() as address:
        yield address


@pytest.fixture
def bucket(settings: Any, object_service: str) -> None:
    """Private files go to a bucket, below a prefix of this test alone."""
    settings.FILES_S3_BUCKET = "pio"
    settings.FILES_S3_PREFIX = f"/proef/{uuid.uuid4().hex}/"
    settings.FILES_S3_ENDPOINT = object_service
    settings.FILES_S3_REGION = "eu-west-1"


# The provider sends people back with a GET, by its standard; its state makes it work only once.
WRITES_ON_GET = {"/aanmelden/acm-idm/terug/"}


class GetWroteError(AssertionError):
    """A GET changed the database."""


@pytest.fixture(autouse=True)
def _lawful_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GET that writes fails, and so does a page with an undefined variable in it."""
    original = Client.request

    def refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not ALLOWED_WRITES.search(sql):
            raise GetWroteError(sql[:300])
        return execute(sql, params, many, context)

    def request(self: Client, **kwargs: Any) -> Any:
        reads = kwargs.get("REQUEST_METHOD") in {"GET", "HEAD"}
        if reads and kwargs.get("PATH_INFO") not in WRITES_ON_GET:
            with connection.execute_wrapper(refuse_writes):
                response = original(self, **kwargs)
        else:
            response = original(self, **kwargs)
        if not response.streaming and UNDEFINED.split("%")[0].encode() in response.content:
            found = re.findall(rb"!!undefined template variable: (.*?)!!", response.content)
            raise AssertionError(f"Undefined in {kwargs.get('PATH_INFO')}: {set(found)}")
        return response

    monkeypatch.setattr(Client, "request", request)


@pytest.fixture(autouse=True)
def _facts_follow_a_frozen_clock() -> Iterator[None]:
    """Triggers that keep facts ask the clock of the database, which a test cannot freeze.

    What is recorded while time is frozen is recorded at that instant, like everything else.
    """
    told: str | None = ""  # the last that was told; None when it may have been forgotten
    ever = False

    def set_instant(text: str) -> None:
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pio.recorded_at', %s, false)", [text])

    def tell(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal told, ever
        if sql.startswith(FORGETS) and ever:
            told = None
        elif WRITES.match(sql) and not connection.needs_rollback:
            frozen = time_machine.escape_hatch.is_travelling()
            instant = timezone.now().isoformat() if frozen else ""
            if instant != told:
                set_instant(instant)
                # The whole transaction may be rolled back, unless it is that of the test itself.
                told = instant if _in_transaction_of_the_test() or not instant else None
                ever = True
        return execute(sql, params, many, context)

    with connection.execute_wrapper(tell):
        yield
        if told == "":
            return
        if connection.connection is not None and not connection.needs_rollback:
            set_instant("")


def _in_transaction_of_the_test() -> bool:
    return any(block._from_testcase for block in connection.atomic_blocks)
