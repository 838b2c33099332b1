"""Everybody at every address: what they meet, judged by many tests and fetched once.

A look changes nothing, so one answer to a GET serves each test of a module; what a POST changed is
undone at once.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from common.rights import Outcome, Rule
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
)
from evaluations.models import ConflictKind, ConflictOfInterest
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.portal.world import Address, World, all_addresses

ADDRESSES = {address.name: address for address in all_addresses()}

INLINE = re.compile(
    r"<style\b|<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    re.IGNORECASE,
)
HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
"""What protects whoever looks at an answer; Strict-Transport-Security is tested where it is set."""

HERE = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*|[?#].*")
"""An address of this site, as a Location or the action of a form may name it."""


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


def forms_of(url: str, response: Any) -> list[Form]:
    """The forms of an answer; none when it is not a page."""
    if response.status_code != 200 or not is_page(response) or b"<form" not in response.content:
        return []
    return FormReader(url, response.content.decode()).forms


# --- What is wrong with an answer ----------------------------------------------------------------


def faults_of_page(response: Any, url: str = "/") -> list[str]:
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
    page = response.content.decode()
    faults = [f"inline: {found}" for found in INLINE.findall(page)]
    for form in FormReader(url, page).forms if "<form" in page else []:
        faults += [f"form to {one}" for one in form.targets if not HERE.fullmatch(one)]
        if form.method == "post" and not form.has_token:
            faults.append(f"no token in the form to {form.targets[0]}")
    if "HX-Request" in response.headers.get("Vary", "") and "<html" not in page:
        return faults
    headings = len(re.findall(r"<h1\b", page))
    if headings != 1:
        faults.append(f"{headings} h1")
    if not re.search(r'<html lang="(nl|en)"', page):
        faults.append("no lang")
    return faults


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


NO_SUCH_METHOD = "methode bestaat niet"


def met(response: Any) -> str:
    """The word of the matrix for an answer."""
    if is_asked_to_sign_in(response):
        return Outcome.SIGN_IN
    by_status = {403: Outcome.FORBIDDEN, 404: Outcome.NOT_FOUND, 405: NO_SUCH_METHOD}
    return by_status.get(response.status_code, Outcome.ALLOWED)


@dataclass
class Seen:
    """What became of one request."""

    name: str
    status: int
    met: str
    faults: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


class Walk:
    """The people of the matrix in this world, and what each of them met."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._clients: dict[Person, Client] = {}
        self._seen: dict[tuple[Person, str, str], Seen] = {}

    @cached_property
    def accounts(self) -> dict[Person, User | None]:
        return {person: self._account(person) for person in PEOPLE if person.relation != FIRST_HAND}

    def _account(self, person: Person) -> User | None:
        world, role = self.world, person.member_role
        if person.family == "visitor":
            return None
        if person.relation == OWN:
            known = {MemberRole.MANAGER: world.member, MemberRole.READER: world.colleague.user}
            made = known.get(role) if role else None
            return made or MembershipFactory(organisation=world.organisation, role=role).user
        if person.relation in {FOREIGN, PARTNER}:
            return {FOREIGN: world.other, PARTNER: world.partner_access.user}[person.relation]
        if person.staff_role is None:
            return UserFactory()
        if person.relation == ASSIGNED:
            return world.case.adviser
        if person.relation == NO_TIE:
            is_owner = person.staff_role == StaffRole.TEAM_MEMBER
            known = None if is_owner else world.staff[person.staff_role.value]
            return known or UserFactory(roles=[person.staff_role])
        if person.relation == MINE:
            return world.staff[person.staff_role.value]
        account: User = UserFactory(roles=[person.staff_role])
        if person.relation == CONFLICT:
            for case in (world.case, world.refused):
                ConflictOfInterest.objects.create(
                    person=account,
                    proposal=case.proposal,
                    kind=ConflictKind.DECLARED,
                    explanation="Familie.",
                )
        return account

    def client(self, person: Person) -> Client:
        if person not in self._clients:
            account = self.accounts[person]
            self._clients[person] = signed_in(account) if account else browser()
        return self._clients[person]

    def look(self, person: Person, name: str, state: str = "") -> Seen:
        """GET, once for all tests."""
        key = (person, name, state)
        if key not in self._seen:
            url = ADDRESSES[name].url(self.world, state)
            self._seen[key] = self._judged(name, url, self._get(person, url))
        return self._seen[key]

    def _get(self, person: Person, url: str) -> Any:
        try:
            return visit(self.client(person), url)
        except AssertionError as error:  # shown, with an undefined variable: tests/conftest.py
            return error

    @staticmethod
    def _judged(name: str, url: str, response: Any) -> Seen:
        if isinstance(response, AssertionError):
            return Seen(name, 200, Outcome.ALLOWED, [str(response)])
        faults = faults_of_page(response, url)
        if response.status_code >= 500:
            faults.append(what_went_wrong(response))
        forms = forms_of(url, response)
        return Seen(name, response.status_code, met(response), faults, forms)

    def press(self, person: Person, name: str, state: str = "") -> Seen:
        """POST of nothing at all; what it changed is undone."""
        url = ADDRESSES[name].url(self.world, state)
        return self._judged(name, url, attempt(self.client(person), url, {}))


def expected(person: Person, rule: Rule, method: str) -> str:
    """What the rule says that becomes of this person."""
    gates = rule.of(method)
    if gates is None:
        return NO_SUCH_METHOD
    return decide(gates, person.account, things()).outcome


def strangers_differ(person: Person, rule: Rule, method: str) -> bool:
    """Whether a tie (a conflict of interest) makes another answer than the role alone."""
    plain = next(one for one in PEOPLE if one.role == person.role and one.number != person.number)
    return expected(person, rule, method) != expected(plain, rule, method)


def rules_of() -> Iterator[tuple[Address, Rule]]:
    """Each address that has an example, with each of its rules."""
    for name, rules in sorted(all_rules().items()):
        for rule in rules:
            if name in ADDRESSES:
                yield ADDRESSES[name], rule


def person(role: str | StaffRole | MemberRole, relation: str = NO_TIE) -> Person:
    """The one of the matrix with this role."""
    return next(
        one
        for one in PEOPLE
        if role in {one.role, one.staff_role, one.member_role} and one.relation == relation
    )
