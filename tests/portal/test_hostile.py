"""The portal as somebody meets it who wants to break it, or to know what is not theirs to know.

The expectation everywhere: a sentence in Dutch, 403, 404 or 405. Never a 500, and never a step that
was not allowed.
"""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle, islice, product
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from accounts.client_address import client_address
from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from evaluations import services
from evaluations.models import SelectionDecision
from funding.models import Claim, Instalment
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.services.information import withdraw_information_request
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory
from tests.evaluations.factories import ADVICE, INTERNAL, Case
from tests.portal.test_urls import (
    ADDRESSES,
    browser,
    faults_of_page,
    links,
    visit,
    what_went_wrong,
)
from tests.portal.world import World
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

ENGLISH = re.compile(rb"This field|Enter a |Ensure th|Select a valid|is required")
"""What Django says when a text of ours or its own translation is missing."""

BEYOND = "9" * 26
STRANGE_PARTS = {
    "str": ["%00", "%0d%0aSet-Cookie:a=b"],
    "slug": ["bestaat-niet"],
    "int": ["0", BEYOND],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
    "": ["%00", "MQ"],
}
"""Per kind of parameter in an address: what nobody has."""

STRANGE_VALUES = [
    "\x00",
    "9999-12-31",
    "9" * 5000,
    "²",
    "NaN",
    'a\r\nBcc: x@y.be\N{RIGHT-TO-LEFT OVERRIDE}😀=HYPERLINK("x")<script>{{7*7}}',
]
"""What somebody types where it does not belong."""

TURNS = (0, 2, 3)
"""How far the strange values are turned round over the fields: each field meets three of them."""


def mixed(names: Iterable[str], turn: int) -> list[tuple[str, str]]:
    """A strange value for each name; neighbours get different ones."""
    values = cycle(STRANGE_VALUES)
    return list(zip(sorted(names), islice(values, turn, None), strict=False))


@dataclass
class Form:
    """A form of a page: where it goes and what a browser would send."""

    method: str
    targets: list[str]
    values: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)


class FormReader(HTMLParser):
    """The forms of a page."""

    def __init__(self, url: str, page: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self._open: Form | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            method, target = given.get("method") or "get", given.get("action") or self.url
            self._open = Form(method.lower(), [target])
            self.forms.append(self._open)
        if self._open is None:
            return
        if live := given.get("hx-post"):
            self._open.targets.append(live)
        if name := given.get("name"):
            self._add(self._open, tag, name, given)

    @staticmethod
    def _add(form: Form, tag: str, name: str, given: dict[str, str | None]) -> None:
        kind, value = given.get("type"), given.get("value") or ""
        if kind == "file":
            form.files.append(name)
        elif tag == "button":
            form.buttons[name] = value
        elif kind in {"checkbox", "radio"}:
            form.values.setdefault(name, value or "on")
        else:
            form.values[name] = value or ("tekst" if tag == "textarea" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(client: Client, url: str) -> list[Form]:
    """The forms of a page as this person sees it; none when it is not a page."""
    response = visit(client, url)
    if response.status_code != 200 or response.streaming:
        return []
    if not response["Content-Type"].startswith("text/html"):
        return []
    return FormReader(url, response.content.decode()).forms


def signed_in(person: User) -> Client:
    client = browser()
    client.force_login(person)
    return client


def attempt(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    """GET, or POST when there is data; what it changed is undone."""
    with transaction.atomic():
        response = client.get(url) if data is None else client.post(url, data)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def fault(response: Any) -> str:
    """What is wrong with an answer to something hostile; "" when nothing is."""
    if response.status_code >= 500:
        return what_went_wrong(response)
    if not response.streaming and (english := ENGLISH.search(response.content)):
        return english.group().decode()
    elsewhere = response.headers.get("Location", "/")
    return "" if re.match(r"[/?#](?!/)", elsewhere) else f"sent to {elsewhere}"


# --- Whatever is typed ---------------------------------------------------------------------------


def strange_addresses(world: World) -> Iterator[tuple[str, str]]:
    """Each address with each of its parameters in turn replaced by a strange one."""
    for address in ADDRESSES:
        for name in address.parameters:
            pattern = re.compile(rf"<(?:(\w+):)?{name}>")
            kind = (pattern.search(address.route) or [""])[1] or ""  # type: ignore[index]
            for strange in STRANGE_PARTS.get(kind, ["bestaat-niet"]):
                url = pattern.sub(strange, address.route)
                for other in address.parameters:
                    value = quote(str(address._argument(other)(world)))
                    url = re.sub(rf"<(?:\w+:)?{other}>", value, url)
                yield address.name, f"/{url}"


@pytest.mark.parametrize("who", ["member", StaffRole.TEAM_MEMBER])
def test_an_address_that_nobody_has_is_not_found(world, who):
    client, faults = signed_in(world.staff.get(who) or world.member), []
    for name, url in strange_addresses(world):
        if found := fault(attempt(client, url)):
            faults.append((name, url[:80], found))
    assert faults == []


def test_a_list_stands_strange_filters_orders_and_pages(world):
    client, faults = signed_in(world.staff[StaffRole.PROGRAMME_MANAGER]), []
    for name, url in links(world):
        filters = [form for form in forms_of(client, url) if form.method == "get"]
        names = {"page", "sort", "fase", "deel", "stand"}.union(*(form.values for form in filters))
        for turn in TURNS if filters else TURNS[:1]:
            query = "&".join(f"{one}={quote(value)}" for one, value in mixed(names, turn))
            if found := fault(attempt(client, f"{url}?{query}")):
                faults.append((name, turn, found))
    assert faults == []


LEFT_ALONE = {"/afmelden/", "/taal/setlang/"}
"""These would end the session or change the language of all that follows."""


DESIGN = {"pages:design"}
"""The style page of developers, whose form always refuses."""


def strange_posts(form: Form) -> Iterator[dict[str, Any]]:
    """All fields strange at once; each button with a strange value; nothing at all."""
    texts = {name for name in form.values if name != "csrfmiddlewaretoken"}
    counts = {name for name in texts if name.endswith("_FORMS")}
    for turn in TURNS:
        filled = {**form.values, **dict(mixed(texts - counts, turn))}
        for name in form.files:
            filled[name] = SimpleUploadedFile("..\\map/é\n.pdf", b"MZ")
        yield filled
        if counts:
            yield {**form.values, **dict(mixed(counts, turn))}
    for name in form.buttons:
        yield {**form.values, name: "²"}
    for name in form.files:
        yield {**form.values, name: "geen bestand"}
    yield {}


def test_a_form_answers_whatever_was_typed(world, settings):
    """Each form once, by the first of these people who is shown it."""
    faults, seen, takes_files = set(), set(LEFT_ALONE), set()
    for who in ("member", StaffRole.TEAM_MEMBER, StaffRole.PROGRAMME_MANAGER):
        client = signed_in(world.staff.get(who) or world.member)
        for name, url in links(world):
            for form in forms_of(client, url):
                targets = set(form.targets) - seen if form.method == "post" else set()
                if form.files:
                    takes_files |= {resolve(target.split("?")[0]).view_name for target in targets}
                seen |= targets
                for target, data in product(targets, strange_posts(form)):
                    if found := fault(attempt(client, target, data)):
                        faults.add((name, target, found))
    assert sorted(faults) == []
    # Only these may be sent a large body.
    assert takes_files - DESIGN <= settings.UPLOAD_VIEWS


def test_a_post_that_is_too_large_gets_a_page_in_dutch(world, settings):
    client = signed_in(world.member)
    url = reverse("projects:section", args=[world.draft.reference, "A"])
    response = client.post(url, {"summary": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert response.status_code == 413
    assert "Te groot om te versturen" in response.content.decode()


# --- Where it was not asked ----------------------------------------------------------------------


POSTED_BY_PROGRAMS = {"calls:stop_following", "notifications:stop", "operations:csp_report"}
"""A mail program posts here when its reader presses "uitschrijven" (RFC 8058); the unguessable
address is the proof, and all it does is stop mails. A browser tells what it refused on our pages,
and all that does is count."""


def test_nothing_is_posted_without_the_token_of_the_page(world):
    faults = []
    for person in (world.member, world.staff[StaffRole.TEAM_MEMBER]):
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        client.force_login(person)
        for name, url in links(world):
            response = attempt(client, url, {})
            if name in POSTED_BY_PROGRAMS:
                continue
            if response.status_code not in {403, 405}:
                faults.append((name, response.status_code))
            elif response.status_code == 403:
                faults += [(name, one) for one in faults_of_page(response)]
    assert faults == []


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_change_nothing(world, method):
    client, faults = signed_in(world.staff[StaffRole.TEAM_MEMBER]), []
    for name, url in links(world):
        with transaction.atomic():
            response = visit(client, url, method)
            transaction.set_rollback(True)
        if response.status_code >= 500:
            faults.append((name, what_went_wrong(response)))
    assert faults == []


ELSEWHERE = [
    "https://boos.example/",
    "//boos.example/",
    "///boos.example",
    "/\\boos.example",
    "\\\\boos.example",
    "javascript:alert(1)",
    "https:boos.example",
    "http://testserver@boos.example/",
    "/\tboos.example",
    "\x00//boos.example",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
@pytest.mark.parametrize(
    "name", ["set_language", "accounts:sign_in", "accounts:choose_organisation"]
)
def test_nobody_is_sent_to_another_site(world, name, wanted):
    data = {"next": wanted, "language": "nl", "organisation": world.organisation.pk}
    client = browser()
    if name == "accounts:sign_in":
        data |= {"username": UserFactory(email="an@stad.example").email, "password": PASSWORD}
    else:
        client.force_login(world.member)
    response = attempt(client, reverse(name), data)
    assert response.status_code == 302
    assert re.match(r"/(?![/\\])", response["Location"]), response["Location"]


def test_signing_in_gives_another_session():
    client, person = browser(), UserFactory()
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    client.post(reverse("accounts:sign_in"), {"username": person.email, "password": PASSWORD})
    assert client.session.session_key != planted
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "203.0.113.5", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (1, "onzin", "10.0.0.9"),
        (2, "198.51.100.1, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
    ],
)
def test_attempts_are_counted_for_the_address_that_our_proxy_saw(
    settings, rf, proxies, header, address
):
    settings.PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == address


def test_behind_a_socket_without_a_proxy_no_address_is_known(settings, rf):
    settings.PROXY_COUNT = 0
    assert client_address(rf.get("/", REMOTE_ADDR="")) is None


def test_demo_pages_do_not_exist_outside_the_demo(world, settings):
    settings.DEMO_LOGIN = False
    client = signed_in(world.staff[StaffRole.ADMINISTRATOR])
    assert client.get(reverse("notifications:mailbox")).status_code == 404
    assert (
        client.get(reverse("notifications:mailbox_mail", args=[world.mail.pk])).status_code == 404
    )
    assert client.post(reverse("accounts:demo_sign_in"), {"email": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["member", *sorted(StaffRole.values)])
def test_only_administrators_and_auditors_enter_the_tables(world, who):
    client = signed_in(world.staff.get(who) or world.member)
    may = who in {StaffRole.ADMINISTRATOR, StaffRole.AUDITOR}
    for url in ("/admin/", "/admin/accounts/user/", "/admin/evaluations/advice/"):
        assert (client.get(url).status_code == 200) == may, url


# --- What is not theirs to know ------------------------------------------------------------------

CHANGING = re.compile(r'csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|\d\d[.:]\d\d')


ANOTHER_EACH_TIME = {
    "accounts:second_factor_set_up",  # another secret
    "pages:design",  # no applicant's
    "projects:file",  # another id
    "projects:partner_file",
}


def pages_of(world: World, person: User) -> dict[str, str]:
    """All that an applicant may open, with what differs at every look taken out."""
    client, pages = signed_in(person), {}
    for name, url in links(world, "public", "members", "signed in"):
        if name not in ANOTHER_EACH_TIME:
            response = visit(client, url)
            text = "" if response.streaming else CHANGING.sub("", response.content.decode())
            pages[name] = f"{response.status_code} {text}"
    return pages


def advised(world: World) -> Case:
    """The file of the world, one stage further, for this test only."""
    case = copy(world.case)
    case.proposal = Proposal.objects.get(pk=case.proposal.pk)
    withdraw_information_request(request=world.asked, by=case.team, reason="Al bekend.")
    case.score()
    services.save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    services.finalise_advice(proposal=case.proposal, by=case.adviser)
    return case


def test_a_decision_changes_nothing_that_the_applicant_sees(world, settings):
    """No page, list, count, timeline or job tells it before the notification."""
    settings.DEMO_LOGIN = False
    case = advised(world)
    before = pages_of(world, case.member)
    for outcome in ("selected", "not_selected"):
        services.decide(
            proposal=case.proposal,
            by=case.leader,
            outcome=outcome,
            grounds="SCHILDWACHT-GROND",
            deviation_reason="SCHILDWACHT-AFWIJKING",
        )
        after = pages_of(world, case.member)
        assert [name for name in before if before[name] != after[name]] == [], outcome
        for person in (case.member, world.colleague.user, world.other):
            for name in ("documents:job", "documents:job_status", "documents:download"):
                url = reverse(name, args=[case.decision.letter_id])
                assert signed_in(person).get(url).status_code == 404
        services.withdraw_decision(proposal=case.proposal, by=case.leader)


def test_applicants_read_no_internal_note_and_no_name_of_an_adviser(world, settings):
    settings.DEMO_LOGIN = False
    case = advised(world)
    for person in (case.member, world.other):
        for name, page in pages_of(world, person).items():
            for secret in (INTERNAL, case.adviser.last_name, case.adviser.email):
                assert not re.search(rf"\b{re.escape(secret)}\b", page), (name, secret)


# --- Steps out of turn ---------------------------------------------------------------------------


def submitted() -> tuple[Proposal, Client]:
    case = Case()
    return case.proposal, signed_in(case.member)


def test_what_was_handed_in_is_not_edited_and_not_handed_in_again():
    proposal, client = submitted()
    code = proposal.call.sections.first().code
    client.post(reverse("projects:section", args=[proposal.reference, code]), {"title": "Anders"})
    client.post(reverse("projects:submit", args=[proposal.reference]))
    again = Proposal.objects.get(pk=proposal.pk)
    assert (again.title, again.state) == (proposal.title, ProposalState.SUBMITTED)
    assert again.versions.count() == 1


def test_what_was_withdrawn_stays_withdrawn():
    proposal, client = submitted()
    withdraw = reverse("projects:withdraw", args=[proposal.reference])
    assert client.post(withdraw, {"reason": "Wij stoppen.", "sure": "on"}).status_code == 302
    for _time in range(2):
        client.post(reverse("projects:submit", args=[proposal.reference]))
        client.post(withdraw, {"reason": "Nog eens.", "sure": "on"})
    again = Proposal.objects.get(pk=proposal.pk)
    assert (again.state, again.withdrawal_reason) == (ProposalState.WITHDRAWN, "Wij stoppen.")
    assert again.versions.count() == 1


def test_a_reader_writes_nothing(world):
    reader, draft = signed_in(world.colleague.user), world.draft
    assert world.colleague.role == MemberRole.READER
    before = (draft.title, draft.state, draft.team_may_view)
    sections = list(draft.sections.values())
    for section in draft.call.sections.all():
        url = reverse("projects:section", args=[draft.reference, section.code])
        reader.post(url, {"title": "Gekaapt", "version": "0", "action": "add"})
    for name, data in (
        ("projects:submit", {}),
        ("projects:withdraw", {"reason": "Weg", "sure": "on"}),
        ("projects:team_consent", {"may_view": "yes"}),
    ):
        url = reverse(name, args=[draft.reference])
        assert reader.post(url, data).status_code == 403, name
    draft.refresh_from_db()
    assert (draft.title, draft.state, draft.team_may_view) == before
    assert list(draft.sections.values()) == sections


def test_a_part_of_another_call_or_another_file_is_not_reached(world):
    """A code, attachment or instalment of somebody else, under an address of one's own."""
    client = signed_in(world.member)
    attachment = world.draft.attachments.model
    mine = ProposalFactory(call=world.call, organisation=world.organisation)
    for code in ("ZZ", "a" * 50):
        assert (
            client.get(reverse("projects:section", args=[mine.reference, code])).status_code == 404
        )
    section = world.call.sections.filter(kind="attachments").first()
    if section is not None:
        url = reverse("projects:section", args=[mine.reference, section.code])
        for key in ("0", "²", BEYOND, "-1", ""):
            answer = client.post(url, {"action": "remove", "attachment": key})
            assert answer.status_code == 404, key
    assert attachment.objects.count() == 0
    foreign = reverse("funding:claim_new", args=[world.project.reference, world.instalment.pk])
    assert client.post(foreign, {"amount": "1", "statement": "Van mij"}).status_code == 404


def test_a_planned_instalment_is_not_claimed(world):
    client = signed_in(world.member)
    project = world.commitment.project.reference
    url = reverse("funding:claim_new", args=[project, world.instalment.pk])
    claims = Claim.objects.count()
    response = client.post(url, {"amount": "1,00", "statement": "Alvast"})
    assert response.status_code in {200, 302, 422}
    assert Claim.objects.count() == claims
    assert Instalment.objects.get(pk=world.instalment.pk).state == world.instalment.state


def test_who_did_not_open_the_way_does_not_decide(world):
    """Straight to the last step, by everybody who may not take it."""
    case = Case().advised()
    url = reverse("evaluations:decide", args=[case.proposal.reference])
    data = {"outcome": "selected", "grounds": "Zomaar", "confirmed": "on"}
    for person in (case.member, case.team, case.adviser, world.staff[StaffRole.AUDITOR]):
        assert signed_in(person).post(url, data).status_code in {403, 404}, person
    early = Case().accepted()
    url = reverse("evaluations:decide", args=[early.proposal.reference])
    assert signed_in(early.leader).post(url, data).status_code == 302
    for one in (case, early):
        assert not SelectionDecision.objects.filter(proposal=one.proposal).exists()


def test_an_organisation_is_not_entered_through_its_members(world):
    """A manager of one organisation touches no membership of another."""
    other = MembershipFactory(role=MemberRole.MANAGER)
    client = signed_in(other.user)
    for name in ("accounts:member", "accounts:remove_member"):
        url = reverse(name, args=[other.organisation.pk, world.colleague.pk])
        assert client.post(url, {"role": "manager"}).status_code == 404
    world.colleague.refresh_from_db()
    assert world.colleague.role == MemberRole.READER
