"""Logs: JSON with the id of the request, also in the worker that it woke; never personal data."""

import io
import json
import logging
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import structlog
from celery import shared_task
from celery.signals import before_task_publish, task_prerun
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django_structlog.celery.receivers import CeleryReceiver

from accounts.models import User
from documents.services import request_document, run_job
from notifications.models import OutboxMail
from notifications.services import deliver_outbox
from pio_portal.logs import formatter
from projects.services import add_attachment
from tests.documents.factories import letter, registered
from tests.projects.conftest import member
from tests.projects.factories import complete_draft
from tests.projects.test_sections import png

pytestmark = pytest.mark.django_db

WORDS = {
    "mail": "griet.vandenbroucke@stadstrand.example",
    "first name": "Grietje",
    "last name": "Vandenbroucke",
    "title": "Slimme rioolpompen",
    "text": "overstorting",
    "file": "loonbriefje",
    "search": "zoekwoord",
    "address": "203.0.113.77",
    "password": "een-heel-geheim-wachtwoord",
}


class Lines(io.StringIO):
    @property
    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Lines]:
    """Everything that production would write, and the lines of django-structlog too."""
    lines = Lines()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter(json=True))
    root, quiet = logging.getLogger(), logging.getLogger("django_structlog")
    before = (root.level, quiet.level)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    quiet.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before[0])
    quiet.setLevel(before[1])


def quoted(log: Lines) -> list[str]:
    text = log.getvalue().lower()
    return [name for name, word in WORDS.items() if word.lower() in text]


@shared_task(name="tests.break_with_words")
def break_with_words(*words: str) -> None:
    raise RuntimeError(f"Cannot read {words}")


class Refusing(BaseEmailBackend):
    """A mail server that refuses everybody by name."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPRecipientsRefused({WORDS["mail"]: (550, WORDS["last name"].encode())})


def fail_with_words(params: dict[str, Any], progress: Any) -> dict[str, Any]:
    with transaction.atomic():
        User.objects.create(email=WORDS["mail"], first_name=WORDS["first name"])
    raise AssertionError(WORDS["text"])


def test_no_word_of_a_person_is_logged(log: Lines) -> None:
    proposal = complete_draft(title=f"{WORDS['title']} tegen {WORDS['text']}")
    user = member(
        proposal,
        email=WORDS["mail"],
        first_name=WORDS["first name"],
        last_name=WORDS["last name"],
    )
    user.set_password(WORDS["password"])
    user.save()
    client = Client(raise_request_exception=False, REMOTE_ADDR=WORDS["address"])
    with override_settings(AXES_ENABLED=True):
        for password in ("fout-wachtwoord", WORDS["password"]):
            client.post("/aanmelden/", {"username": WORDS["mail"], "password": password})
    assert "_auth_user_id" in client.session
    section = proposal.call.sections.get(code="D")
    client.post(
        reverse("projects:section", args=[proposal.reference, section.code]),
        {"probleem": f"De {WORDS['text']} is groot.", "version": "0"},
    )
    client.get("/oproepen/", {"q": WORDS["search"]})
    client.get(f"/bestaat-niet/?naam={WORDS['last name']}")
    add_attachment(proposal=proposal, uploaded=png(f"{WORDS['file']}.png"), by=user)
    client.post(reverse("projects:submit", args=[proposal.reference]))
    proposal.refresh_from_db()
    assert proposal.was_submitted

    # The mail server says no and repeats to whom.
    with override_settings(EMAIL_BACKEND=f"{__name__}.Refusing"):
        deliver_outbox()
    assert OutboxMail.objects.filter(address=WORDS["mail"]).exclude(attempts=0).exists()

    with registered(letter(context=fail_with_words, filename=lambda p: f"{WORDS['file']}.pdf")):
        job = request_document(
            kind="tests.letter",
            title=WORDS["title"],
            params={"n": WORDS["text"]},
            requested_by=user,
        )
        run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.attempt == 1
    break_with_words.apply(args=[WORDS["mail"], WORDS["text"]], throw=False)

    written = [line["event"] for line in log.read]
    assert "job_attempt_failed" in written
    told = [event for event in written if event.startswith("Task tests.break_with_words")]
    assert [event.split("] ")[1] for event in told] == ["raised unexpected"]
    assert quoted(log) == []


def test_an_exception_is_its_class_its_place_and_what_the_database_says(log: Lines) -> None:
    try:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO operations_refusal (kind, reason, count) VALUES (%s, 'r', 1),"
                    " (%s, 'r', 1)",
                    [WORDS["text"], WORDS["text"]],
                )
        except IntegrityError as error:
            raise ValueError(WORDS["title"]) from error
    except ValueError:
        logging.getLogger("tests").exception("it_broke", extra={"job": "J1", "title": "T"})
    (line,) = log.read
    assert (line["event"], line["job"], line["level"]) == ("it_broke", "J1", "error")
    assert "title" not in line
    told = [one for one in line["exception"] if not one.startswith("  ")]
    assert told == [
        "builtins.ValueError",
        "django.db.utils.IntegrityError",
        "psycopg2.errors.UniqueViolation (23505 operations_refusal_once)",
    ]
    assert any("test_logs.py" in one for one in line["exception"])
    assert quoted(log) == []


def test_a_task_logs_under_the_request_that_woke_it(log: Lines) -> None:
    headers: dict[str, Any] = {}
    with structlog.contextvars.bound_contextvars(request_id="verzoek-1"):
        before_task_publish.send(sender="documents.run_job", headers=headers, body={})
    assert headers["__django_structlog__"]["request_id"] == "verzoek-1"

    class Request:
        __django_structlog__ = headers["__django_structlog__"]

    task = type("Task", (), {"name": "documents.run_job", "request": Request()})()
    worker = CeleryReceiver()
    worker.connect_worker_signals()
    try:
        task_prerun.send(sender=task, task_id="taak-1", task=task)
        logging.getLogger("documents").info("job_done", extra={"job": "J1"})
    finally:
        structlog.contextvars.clear_contextvars()
    line = next(line for line in log.read if line["event"] == "job_done")
    assert (line["request_id"], line["task_id"], line["job"]) == ("verzoek-1", "taak-1", "J1")
