"""Two worlds that differ in one hidden thing, and all that a person can get of each.

`in_each` builds each world from the same base, inside a savepoint that is rolled back, with the
same clock, the same sequences and the same chance: whatever then differs for a person came from
the hidden thing. Nothing is masked.

`Look` is what one person gets: every address of the portal, every page that those lead to by link,
search word, filter and sort, every form pressed as it stands with the documents that asks for,
every document that may be downloaded, and every mail, also those that the coming weeks bring. New
addresses, pages, forms, documents, reminders and chores are met without being named here.
"""

import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import lxml.html
import pytest
import time_machine
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts.models import User
from common import clock
from documents import registry
from documents.models import Job
from documents.policies import may_download
from documents.services.making import page_of
from documents.spreadsheets import Workbook
from notifications.models import OutboxMail
from pio_portal.celery import app
from tests.portal.world import World, all_addresses

Answers = dict[str, str]
"""What a person got, by where it was got."""

# --- The same chance, clock and numbers ----------------------------------------------------------


class Dice:
    """Stands in for the chance of the system: the same draws in each world."""

    def __init__(self) -> None:
        self._random = random.Random(0)  # noqa: S311 - to be foreseen is what it is for

    def throw(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def urandom(self, count: int) -> bytes:
        return self._random.randbytes(count)


@contextmanager
def no_chance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dice]:
    """Tokens, session keys and random identifiers follow from the seed alone."""
    dice = Dice()
    with monkeypatch.context() as patch:
        patch.setattr(os, "urandom", dice.urandom)
        patch.setattr(random, "_urandom", dice.urandom)
        yield dice


def sequences() -> dict[str, int | None]:
    """Where each counter of the database stands: a rollback does not put them back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences")
        return dict(cursor.fetchall())


def put_back(counters: dict[str, int | None]) -> None:
    moved = {name: counters[name] for name, now in sequences().items() if counters[name] != now}
    with connection.cursor() as cursor:
        for name, value in moved.items():
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value or 1, value is not None])


@contextmanager
def _silence() -> Iterator[None]:
    """Refusals are what is looked for: none needs a line in the log."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


Variant = Callable[[], Any]


class Twins:
    """Makes worlds that differ in one thing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        # Ahead of the clock of PostgreSQL, however slow the machine.
        self._now = timezone.now() + timedelta(hours=1)

    def in_each(
        self, variants: Iterable[Variant], look: "Callable[[Dice, Any], Look]"
    ) -> list[Answers]:
        """What the person got in each world; `look` is given what the variant returned.

        The way that was found in the first world is gone again in the others: a page that leads
        elsewhere there differs already.
        """
        counters = sequences()
        found: list[Look] = []
        with no_chance(self._patch) as dice, _silence():
            for variant in variants:
                with transaction.atomic(), time_machine.travel(self._now, tick=False):
                    put_back(counters)
                    dice.throw("world")
                    person = look(dice, variant())
                    person.go(found[0] if found else None)
                    found.append(person)
                    transaction.set_rollback(True)
        return [person.answers for person in found]


def differences(worlds: list[Answers]) -> list[str]:
    """Where the worlds differ, each with the first lines that do."""
    first, *others = worlds
    found = []
    for other in others:
        for place in sorted({*first, *other}):
            one, two = first.get(place, "not there"), other.get(place, "not there")
            if one != two:
                lines = unified_diff(one.splitlines(), two.splitlines(), lineterm="", n=0)
                shown = [line.strip()[:200] for line in lines if line[:2] not in {"--", "++", "@@"}]
                found.append("\n    ".join([place, *shown[:6]]))
    return found


# --- What one person gets ------------------------------------------------------------------------


@dataclass
class Form:
    """A form of a page: where it goes and what a browser would send."""

    method: str
    target: str
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def links_and_forms(url: str, page: str) -> tuple[list[str], list[Form]]:
    """Where a page leads."""
    root = lxml.html.fromstring(page)
    links = [
        address
        for name in ("href", "hx-get", "src")
        for address in root.xpath(f"//@{name}")
        if address.startswith(("/", "?")) and not address.startswith("//")
    ]
    return [_whole(url, link) for link in links], [_form(url, form) for form in root.iter("form")]


def _whole(url: str, link: str) -> str:
    return (urlsplit(url).path + link if link.startswith("?") else link).split("#")[0]


def _form(url: str, element: Any) -> Form:
    form = Form((element.get("method") or "get").lower(), element.get("action") or url)
    for item in element.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]|.//button"):
        name, kind, value = item.get("name"), item.get("type"), item.get("value") or ""
        if item.tag == "button":
            form.buttons.append((name, value) if name else ("", ""))
        elif item.tag == "select":
            options = [option.get("value") or "" for option in item.iter("option")]
            chosen = item.xpath(".//option[@selected]/@value")
            form.values.append((name, chosen[0] if chosen else (options or [""])[0]))
            form.choices += [(name, option) for option in options if option]
        elif kind in {"checkbox", "radio"}:
            form.choices.append((name, value or "on"))
            if item.get("checked") is not None:
                form.values.append((name, value or "on"))
        elif kind not in {"file", "submit", "reset", "button"}:
            form.values.append((name, (item.text or "") if item.tag == "textarea" else value))
            if item.tag == "input" and kind in {None, "text", "search"}:
                form.texts.append(name)
    return form


LEFT_ALONE = (
    *("/static/", "/afmelden/", "/taal/", "/admin/logout/", "/admin/jsi18n/", "/admin/password"),
    *("/ontwerp/", "/health/"),
)
"""Ends the session, changes the language of all that follows, or knows nothing of files."""

PER_PLACE = 1
"""How many examples of one view are looked at per file; those of the files themselves come first.
With a filter or sort it is looked at once per name in its query, with a search word once per word.
"""


class Look:
    """One person going through the whole portal.

    `words` are typed in each search field. `only`: "reading" presses no button; "tables"
    goes through /admin/ instead; "start" opens the pages of `start` alone.
    """

    def __init__(
        self,
        person: User | None,
        worlds: Iterable[World],
        dice: Dice,
        words: Iterable[str] = (),
        only: str = "",
        start: Iterable[str] = (),
    ) -> None:
        self._only = only
        self._start = list(start)
        self.urls: list[str] = []
        self.presses: list[tuple[str, Form, tuple[str, str]]] = []
        self._dice = dice
        self._words = list(words)
        self._person = User.objects.get(pk=person.pk) if person is not None else None
        self._worlds = list(worlds)
        self._avoid = () if only == "tables" else ("/admin/",)
        self._client = Client(raise_request_exception=False)
        dice.throw("session")
        if self._person is not None:
            self._client.force_login(self._person)
        self._seen: Counter[Any] = Counter()
        self._forms: list[tuple[str, Form]] = []
        self.answers: Answers = {}

    def go(self, before: "Look | None") -> None:
        """Everywhere, or where the person went `before`."""
        if before is None:
            self._find_pages()
            self._find_presses()
        else:
            self.urls, self.presses = before.urls, before.presses
            for url in self.urls:
                self._get(url)
        if self._only in {"tables", "start"}:
            return
        for url, form, button in [] if self._only == "reading" else self.presses:
            self._press(url, form, button)
        if self._person is not None:
            self._read_documents()
            self._read_all_mails()

    # Pages

    def _find_pages(self) -> None:
        """From every address that there is, along everything they lead to."""
        if self._only == "start":
            self.urls = self._start
            for url in self.urls:
                self._get(url)
            return
        given = self._tables() if self._only == "tables" else self._addresses()
        waiting = [url for url in dict.fromkeys(given) if not url.startswith(LEFT_ALONE)]
        known = set(waiting)
        while waiting:
            url = waiting.pop(0)
            if not self._is_new(url):
                continue
            for found in self._open(url):
                if found not in known:
                    known.add(found)
                    waiting.append(found)

    def _addresses(self) -> Iterator[str]:
        for world in self._worlds:
            for address in all_addresses():
                with suppress(LookupError):
                    yield address.url(world)

    def _get(self, url: str) -> Any:
        self._dice.throw(url)
        response = self._client.get(url)
        self.answers[f"GET {url}"] = _text(response)
        return response

    def _open(self, url: str) -> list[str]:
        self.urls.append(url)
        response = self._get(url)
        text = self.answers[f"GET {url}"]
        if response.status_code != 200 or not _is_page(response) or "<" not in text:
            return []
        links, forms = links_and_forms(url, text)
        for form in forms:
            if form.method == "get":
                links += self._searches(form)
            else:
                self._forms.append((url, form))
        return [link for link in links if not link.startswith((*LEFT_ALONE, *self._avoid))]

    def _searches(self, form: Form) -> Iterator[str]:
        target = urlsplit(form.target)
        for name, value in [
            *form.choices,
            *((name, word) for name in form.texts for word in self._words),
        ]:
            yield f"{target.path}?{urlencode({name: value})}"

    def _is_new(self, url: str) -> bool:
        """Whether this adds something: enough of its kind were seen otherwise."""
        parts = urlsplit(url)
        try:
            view = resolve(parts.path).view_name
        except Resolver404:
            return False
        asked = parse_qsl(parts.query, keep_blank_values=True)
        names = sorted({name for name, _value in asked})
        if self._only == "tables":
            if names not in ([], ["q"]) or view.endswith(("_history", "_delete")):
                return False
            names = ["once", *names]
        place = (view, *names, *(value for _name, value in asked if value in self._words))
        is_alone = asked or self._only == "tables"
        most = 1 if is_alone else PER_PLACE * max(len(self._worlds), 1)
        self._seen[place] += 1
        return self._seen[place] <= most

    def _tables(self) -> Iterator[str]:
        """/admin/: each list, and what is found with the words."""
        yield reverse("admin:index")
        for model in admin.site._registry:
            table = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            yield table
            yield from (f"{table}?{urlencode({'q': word})}" for word in self._words)

    # Forms

    def _find_presses(self) -> None:
        """Every button of every form, once per view."""
        pressed = set()
        for url, form in self._forms:
            target = _whole(url, form.target)
            for button in form.buttons or [("", "")]:
                with suppress(Resolver404):
                    place = (resolve(urlsplit(target).path).view_name, button[0])
                    if place not in pressed and not target.startswith(LEFT_ALONE):
                        pressed.add(place)
                        self.presses.append((url, form, button))

    def _press(self, url: str, form: Form, button: tuple[str, str]) -> None:
        """As the page offers it; what that did is undone."""
        target = _whole(url, form.target)
        data: dict[str, list[str]] = {}
        for name, value in [*form.values, *([button] if button[0] else [])]:
            data.setdefault(name, []).append(value)
        self._dice.throw(f"{target}{button}")
        with transaction.atomic():
            jobs = set(Job.objects.values_list("pk", flat=True))
            response = self._client.post(target, data)
            place_name = f"POST {target} {button}"
            self.answers[place_name] = _text(response)
            asked = Job.objects.exclude(pk__in=jobs).order_by("kind", "title", "pk")
            for number, job in enumerate(asked):
                if self._person is not None and may_download.test(self._person, job):
                    self.answers[f"{place_name} {job.kind} {number}"] = contents(job)
            transaction.set_rollback(True)

    # Documents and mails

    def _read_documents(self) -> None:
        for job in Job.objects.order_by("kind", "title", "pk"):
            if may_download.test(self._person, job):
                self.answers[f"document {job.pk}"] = contents(job)

    def _read_all_mails(self) -> None:
        """What was sent to the person, and what the portal sends by itself in the next weeks."""
        self._read_mails("now")
        for days in (3, 30):
            with transaction.atomic(), clock.moved_to(timezone.now() + timedelta(days=days)):
                for name in chores():
                    app.tasks[name]()
                self._read_mails(f"in {days} days")
                transaction.set_rollback(True)

    def _read_mails(self, when: str) -> None:
        rows = OutboxMail.objects.filter(recipient=self._person).order_by("pk")
        mails = rows.values_list("kind", "subject", "text", "html")
        self.answers[f"mails {when}"] = "\n\n".join("\n".join(mail) for mail in mails)


def chores() -> list[str]:
    """What runs by itself, but what hands work to other processes: the rows are looked at."""
    away = ("documents.", "rehearsals.", "notifications.deliver_outbox")
    planned = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    return [name for name in planned if not name.startswith(away)]


def contents(job: Job) -> str:
    """What a document is made of: the page that would be printed, or the rows of the sheets."""
    declaration = registry.get(job.kind)
    try:
        if isinstance(declaration, registry.SpreadsheetDocument):
            return "\n".join(_sheets(declaration.workbook(job.params, _no_progress)))
        page = page_of(job, _no_progress)
    except ValidationError as refusal:
        return "; ".join(refusal.messages)
    return f"{job.title}\n{page}"


def _sheets(workbook: Workbook) -> Iterator[str]:
    yield str(workbook.title)
    for sheet in workbook.sheets:
        yield f"{sheet.name}: {[str(column.label) for column in sheet.columns]}"
        yield from (repr(list(map(str, row))) for row in sheet.rows)
        yield from sheet.provenance


def _no_progress(percent: int, message: str = "") -> None:
    return None


def _is_page(response: Any) -> bool:
    return not response.streaming and response["Content-Type"].startswith("text/html")


def _text(response: Any) -> str:
    """The whole answer: status, where it leads, and every byte of it.

    Raises:
        AssertionError: the portal failed; two failures look alike and would prove nothing.
    """
    assert response.status_code < 500, response.request["PATH_INFO"]
    body = response.getvalue()
    head = f"{response.status_code} {response.headers.get('Location', '')}\n"
    return head + body.decode("utf-8", "backslashreplace")
