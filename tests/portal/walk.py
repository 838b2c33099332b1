"""Everybody at every address: what they meet, judged by many tests and fetched once.

A look changes nothing, so one answer to a GET serves each test of a module; what a POST changed is
undone at once.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from common.rights import Outcome, Rule, anybody, works_for_programme
from dashboard.matrix import PEOPLE, Person, all_rules, decide
from dashboard.matrix.examples import things
from dashboard.matrix.people import (
    ASSIGNED,
    CONFLICT,
    FIRST_HAND,
    FOREIGN,
    MINE,
    NO_TIE,
    OWN,
    PARTNER,
    SECOND,
)
from evaluations.models import ConflictKind, ConflictOfInterest
from pio_portal import urls
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.portal.world import Address, World, all_addresses

ADDRESSES = {address.name: address for address in all_addresses()}

INLINE = re.compile(
    r"<style\b|<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    re.IGNORECASE,
)
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
POSTS = re.compile(r'<form\b[^>]*\smethod="post"', re.IGNORECASE)
TARGET = re.compile(r'\b(?:action|formaction|hx-get|hx-post)="([^"]*)"')
EVIL = re.compile(r'(?:href|src|action)="((?![/?#](?![/\\]))[^"]*boos\.example[^"]*)"')
"""A link to the site that the tests name where they may not."""

HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
"""What protects whoever looks at an answer; Strict-Transport-Security is tested where it is set."""

HERE = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*|[?#].*|")
"""An address of this site, as a Location or the action of a form may name it."""


ELSEWHERE = [
    "https://boos.example/",
    "//boos.example/",
    "///boos.example",
    "/\\boos.example",
    "\\\\boos.example",
    "javascript:alert('boos.example')",
    "https:boos.example",
    "http://testserver@boos.example/",
    "/\tboos.example",
    "\x00//boos.example",
]
"""Where nobody is ever sent."""


# --- Forms ---------------------------------------------------------------------------------------


@dataclass
class Form:
    """A form of a page: where it goes and what a browser would send."""

    method: str
    targets: list[str]
    values: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)

    @property
    def has_token(self) -> bool:
        return "csrfmiddlewaretoken" in self.values


class FormReader(HTMLParser):
    """The forms of a page, and the live addresses that stand outside of them."""

    def __init__(self, url: str, page: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            method, target = given.get("method") or "get", given.get("action") or self.url
            self._open = Form(method.lower(), [target])
            self.forms.append(self._open)
        if self._open is None:
            return
        for name in ("hx-post", "formaction"):
            if live := given.get(name):
                self._open.targets.append(live)
        if name := given.get("name"):
            self._add(self._open, tag, name, given)
        if tag == "option" and self._select:
            self._open.choices[self._select].add(given.get("value") or "")

    def _add(self, form: Form, tag: str, name: str, given: dict[str, str | None]) -> None:
        kind, value = given.get("type"), given.get("value") or ""
        if kind == "file":
            form.files.append(name)
        elif tag == "button":
            form.buttons[name] = value
        elif kind in {"checkbox", "radio"}:
            form.values.setdefault(name, value or "on")
            form.choices.setdefault(name, set()).add(value)
        else:
            form.values[name] = value or ("tekst" if tag == "textarea" else "")
            if tag == "select":
                self._select = name
                form.choices.setdefault(name, set())
            elif kind == "hidden":
                form.choices[name] = {value}

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


def is_page(response: Any) -> bool:
    return not response.streaming and response["Content-Type"].startswith("text/html")


# --- What is wrong with an answer ----------------------------------------------------------------


def faults_of_page(response: Any) -> list[str]:
    """What an answer does wrong; a refusal is a page too."""
    if missing := HEADERS - set(response.headers):
        return [f"without {', '.join(sorted(missing))}"]
    if "unsafe" in response["Content-Security-Policy"]:
        return [response["Content-Security-Policy"]]
    sent_to = response.headers.get("Location", "/")
    if not HERE.fullmatch(sent_to):
        return [f"sent to {sent_to}"]
    if response.status_code not in {200, 403, 404, 422} or not is_page(response):
        return []
    if not response.content:  # drawn for nobody: bare_refusals()
        return []
    page = response.content.decode()
    faults = [f"inline: {found}" for found in INLINE.findall(page)]
    faults += [f"form to {one}" for one in TARGET.findall(page) if not HERE.fullmatch(one)]
    faults += [f"link to {one}" for one in EVIL.findall(page)]
    for form in FORM.findall(page):
        if POSTS.search(form) and 'name="csrfmiddlewaretoken"' not in form:
            faults.append(f"no token in {form[:80]}")
    if "HX-Request" in response.headers.get("Vary", "") and "<html" not in page:
        return faults
    headings = len(re.findall(r"<h1\b", page))
    if headings != 1:
        faults.append(f"{headings} h1")
    if not re.search(r'<html lang="(nl|en)"', page):
        faults.append("no lang")
    return faults


ENGLISH = re.compile(rb"This field|Enter a |Ensure th|Select a valid|is required")
"""What Django says when a text of ours or its own translation is missing."""


def fault(response: Any) -> str:
    """What is wrong with an answer to something hostile; "" when nothing is."""
    if response.status_code >= 500:
        return what_went_wrong(response)
    if not response.streaming and (english := ENGLISH.search(response.content)):
        return english.group().decode()
    elsewhere = response.headers.get("Location", "/")
    if not HERE.fullmatch(elsewhere):
        return f"sent to {elsewhere}"
    found = EVIL.findall(response.content.decode(errors="replace")) if is_page(response) else []
    return f"link to {found[0]}" if found else ""


def what_went_wrong(response: Any) -> str:
    return f"{response.status_code} {(response.exc_info or ['', ''])[1]!r}"[:300]


# --- Visiting ------------------------------------------------------------------------------------


def browser() -> Client:
    return Client(raise_request_exception=False)


def signed_in(person: User) -> Client:
    client = browser()
    client.force_login(person)
    return client


def visit(client: Client, url: str, method: str = "get") -> Any:
    response = getattr(client, method)(url)
    if response.streaming:
        b"".join(response.streaming_content)  # so that its file is closed
    return response


def attempt(
    client: Client, url: str, data: dict[str, Any] | None = None, method: str = "post"
) -> Any:
    """GET, or POST when there is data; what it changed is undone, also in the browser."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.get(url) if data is None else getattr(client, method)(url, data)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def is_asked_to_sign_in(response: Any) -> bool:
    """Sent there; where people type, a POST is answered by that page: it carries the text."""
    if response.headers.get("Location", "").startswith("/aanmelden/?next="):
        return True
    return not response.streaming and b'name="typed_text"' in response.content[:20000]


@contextmanager
def bare_refusals() -> Iterator[None]:
    """403 and 404 without a page around them: a third of the time of a walk is drawing these."""

    def bare(status: int) -> Callable[..., HttpResponse]:
        return lambda request, exception=None: HttpResponse(status=status)

    with pytest.MonkeyPatch.context() as patch:
        for status in (403, 404):
            patch.setattr(urls, f"handler{status}", bare(status), raising=False)
        yield


NO_SUCH_METHOD = "methode bestaat niet"


def met(response: Any) -> str:
    """The word of the matrix for an answer.

    409 is a page that gives back what was typed: to who may not write it is a refusal.
    """
    if is_asked_to_sign_in(response):
        return Outcome.SIGN_IN
    by_status = {
        403: Outcome.FORBIDDEN,
        404: Outcome.NOT_FOUND,
        405: NO_SUCH_METHOD,
        409: Outcome.FORBIDDEN,
    }
    return by_status.get(response.status_code, Outcome.ALLOWED)


@dataclass
class Seen:
    """What became of one request; `page` is kept of a page that was shown."""

    name: str
    url: str
    status: int
    met: str
    faults: list[str] = field(default_factory=list)
    page: str = ""

    @property
    def forms(self) -> list[Form]:
        return FormReader(self.url, self.page).forms if "<form" in self.page else []


class Walk:
    """The people of the matrix in this world, and what each of them met."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._seen: dict[tuple[Person, str, str], Seen] = {}
        self.accounts: dict[Person, User | None] = {
            person: self._account(person) for person in PEOPLE if person.relation != FIRST_HAND
        }
        self._clients: dict[Person, Client] = {
            person: signed_in(account) if account else browser()
            for person, account in self.accounts.items()
        }

    def _account(self, person: Person) -> User | None:
        world, role = self.world, person.member_role
        if person.family == "visitor":
            return None
        if person.relation == OWN:
            known = {MemberRole.MANAGER: world.member, MemberRole.READER: world.colleague.user}
            made = known.get(role) if role else None
            return made or MembershipFactory(organisation=world.organisation, role=role).user
        if person.relation == FOREIGN and role != MemberRole.MANAGER:
            return MembershipFactory(organisation=world.elsewhere, role=role).user
        if person.relation in {FOREIGN, PARTNER}:
            return {FOREIGN: world.other, PARTNER: world.partner_access.user}[person.relation]
        if person.staff_role is None:
            return UserFactory()
        if person.relation in {ASSIGNED, SECOND}:
            return {ASSIGNED: world.case.adviser, SECOND: world.second}[person.relation]
        if person.relation == NO_TIE:
            is_owner = person.staff_role == StaffRole.TEAM_MEMBER
            known = None if is_owner else world.staff[person.staff_role.value]
            return known or UserFactory(roles=[person.staff_role])
        if person.relation == MINE:
            return world.staff[person.staff_role.value]
        account: User = UserFactory(roles=[person.staff_role])
        if person.relation == CONFLICT:
            for case in (world.case, world.refused, world.agreeing):
                ConflictOfInterest.objects.create(
                    person=account,
                    proposal=case.proposal,
                    kind=ConflictKind.DECLARED,
                    explanation="Familie.",
                )
        return account

    def client(self, person: Person) -> Client:
        return self._clients[person]

    def look(self, person: Person, name: str, state: str = "") -> Seen:
        """GET, once for all tests."""
        key = (person, name, state)
        if key not in self._seen:
            url = ADDRESSES[name].url(self.world, state)
            with self._refusals(person):
                self._seen[key] = self._judged(name, url, self._get(person, url))
        return self._seen[key]

    @staticmethod
    def _refusals(person: Person) -> AbstractContextManager[Any]:
        """The page of a refusal is the same for all, so a few people have it drawn."""
        is_drawn = person == STRANGER or person.staff_role == StaffRole.AUDITOR
        return nullcontext() if is_drawn else bare_refusals()

    def _get(self, person: Person, url: str) -> Any:
        try:
            return visit(self.client(person), url)
        except AssertionError as error:  # shown, with an undefined variable: tests/conftest.py
            return error

    @staticmethod
    def _judged(name: str, url: str, response: Any) -> Seen:
        if isinstance(response, AssertionError):
            return Seen(name, url, 200, Outcome.ALLOWED, [str(response)])
        is_shown = response.status_code == 200 and is_page(response)
        page = response.content.decode() if is_shown else ""
        faults = faults_of_page(response)
        if found := fault(response):
            faults.append(found)
        return Seen(name, url, response.status_code, met(response), faults, page)

    def press(self, person: Person, name: str, state: str = "") -> Seen:
        """POST of nothing at all; what it changed is undone."""
        url = ADDRESSES[name].url(self.world, state)
        try:
            with self._refusals(person):
                response = attempt(self.client(person), url, {})
        except AssertionError as error:
            response = error
        return self._judged(name, url, response)


def expected(person: Person, rule: Rule, method: str) -> str:
    """What the rule says that becomes of this person."""
    gates = rule.of(method)
    if gates is None:
        return NO_SUCH_METHOD
    return decide(gates, person.account, things()).outcome


TIES = {CONFLICT, FIRST_HAND, MINE, SECOND}


def goes(person: Person, rule: Rule, method: str) -> bool:
    """Whether this kind of person is worth the way.

    A tie only where it makes a difference; of another organisation its manager, and its other roles
    where the thing is somebody's. Everybody reads; where reading and writing ask the same,
    of those whom reading let in the first writes, and of those whom it stopped at the door of the
    staff pages two do. Everybody else who may not write tries to.
    """
    gates = rule.of(method)
    if gates is None:
        return False
    if person.relation == FOREIGN and person != STRANGER:
        return any(gate.of for gate in gates) and kind_of_rule(rule) != "staff"
    if person.relation in TIES:
        plain = next(one for one in PEOPLE if one.role == person.role)
        return expected(person, rule, method) != expected(plain, rule, method)
    if method != "POST" or rule.read is None:
        return True
    if expected(person, rule, method) == Outcome.ALLOWED:
        return person == admitted(rule, "POST")
    stops_at_door = person.family == "outside" and kind_of_rule(rule) == "staff"
    return not stops_at_door or person.member_role == MemberRole.MANAGER


def rules_of() -> Iterator[tuple[str, Rule]]:
    """Each address with each of its rules."""
    for name, rules in sorted(all_rules().items()):
        for rule in rules:
            if name in ADDRESSES:  # else tests/portal/test_rights.py says so
                yield name, rule


def kind_of_rule(rule: Rule) -> str:
    """For whom an address is: "public", "staff", or "" when it depends."""
    gates = [gate.policy for gate in rule.read or rule.write or ()]
    if works_for_programme in gates:
        return "staff"
    return "public" if anybody in gates else ""


def kind_of(address: Address) -> str:
    kinds = {kind_of_rule(rule) for rule in all_rules().get(address.name, [])}
    return kinds.pop() if len(kinds) == 1 else ""


def links(world: World, *, for_outside: bool = False) -> Iterator[tuple[str, str]]:
    """Name and address of everything; or of what is not for staff alone."""
    for name, address in ADDRESSES.items():
        if not (for_outside and kind_of(address) == "staff"):
            with suppress(LookupError):  # test_every_address_has_an_example says so
                yield name, address.url(world)


def admitted(rule: Rule, method: str = "") -> Person:
    """Somebody whom the rule lets through."""
    method = method or ("GET" if rule.read is not None else "POST")
    people = [one for one in PEOPLE if one.relation not in {CONFLICT, FIRST_HAND}]
    return next(one for one in reversed(people) if expected(one, rule, method) == Outcome.ALLOWED)


def somebody(role: str | StaffRole | MemberRole, relation: str = NO_TIE) -> Person:
    """The one of the matrix with this role."""
    return next(
        one
        for one in PEOPLE
        if role in {one.role, one.staff_role, one.member_role} and one.relation == relation
    )


STRANGER = somebody(MemberRole.MANAGER, FOREIGN)
"""The manager of another organisation."""
