"""Every address of the portal, as everybody: what happens is what the rights matrix says.

And whatever is met keeps the rules of the house: never a 500, one h1, a language, nothing inline,
every redirect and every form on this site, every POST with its token. One walk answers all of these
questions (tests/portal/walk.py), and the forms that it was shown are then filled in strangely.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, cycle, islice, product
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import resolve

from accounts.roles import MemberRole, StaffRole
from common.rights import Outcome
from dashboard.matrix import PEOPLE, all_rules
from dashboard.matrix.people import FIRST_HAND, MINE, OWN
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.portal.hands import first_hands
from tests.portal.walk import (
    ADDRESSES,
    ELSEWHERE,
    NO_SUCH_METHOD,
    STRANGER,
    Form,
    Seen,
    Walk,
    admitted,
    attempt,
    bare_refusals,
    expected,
    fault,
    goes,
    met,
    rules_of,
    signed_in,
    somebody,
    visit,
)
from tests.projects.factories import ProcurementFactory, ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db

WALKERS = [person for person in PEOPLE if person.relation != FIRST_HAND]
VISITOR = somebody("bezoeker")
MEMBER = somebody(MemberRole.MANAGER, OWN)
TEAM = somebody(StaffRole.TEAM_MEMBER, MINE)
MANAGER = somebody(StaffRole.PROGRAMME_MANAGER)


def test_every_address_has_an_example(world):
    unknown = []
    for address in ADDRESSES.values():
        try:
            address.url(world)
        except LookupError as error:
            unknown.append(str(error))
    assert unknown == []


# --- Reading -------------------------------------------------------------------------------------

NOT_THERE = {
    "accounts:acm_idm": "ACM/IDM is not configured here; see tests/accounts",
    "accounts:acm_idm_back": "the same",
    "accounts:choose_organisation": "none was chosen",
    "accounts:demo_sign_in": "nobody was chosen",
    "accounts:end_session": "the session of the example is nobody's",
    "calls:blank_form_pdf": "the worker has not made the PDF yet",
    "documents:download": "the worker has not made the document yet",
    "operations:metrics": "answers programs with a token, see tests/operations",
    "projects:file": "the proposal has no file",
    "projects:make_document": "no kind of document was chosen",
    "projects:partner_file": "the partner has no letter",
    "rehearsals:file": "the rehearsal has no document; see tests/rehearsals",
}
"""What this world has no example of: who may is told that it does not exist."""


def differences(walk: Walk, method: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Where somebody meets something else than the matrix says."""
    for name, rule in rules_of():
        for person in WALKERS:
            if not goes(person, rule, method):
                continue
            seen = (walk.look if method == "GET" else walk.press)(person, name, rule.state)
            wanted = expected(person, rule, method)
            is_missing = name in NOT_THERE and wanted == Outcome.ALLOWED
            if seen.met != (wanted if not is_missing else seen.met):
                yield name, rule.state, f"{person.role} {person.relation}", wanted, seen.met


def test_who_reads_what_is_what_the_matrix_says(walk):
    assert list(differences(walk, "GET")) == []


def looks(walk: Walk) -> Iterator[Seen]:
    for name, rule in rules_of():
        for person in WALKERS:
            if goes(person, rule, "GET"):
                yield walk.look(person, name, rule.state)


def test_every_page_that_somebody_opens_is_sound(walk):
    assert [(one.name, one.status, one.faults) for one in looks(walk) if one.faults] == []


UNREACHED = {
    *NOT_THERE,
    "accounts:second_factor",  # nobody here gave a password; see tests/accounts
    "accounts:second_factor_manage",  # nobody here has a second step
    "accounts:kept_text",  # no text came along through ACM/IDM
}


def test_every_address_is_open_to_somebody(walk):
    """So that a refusal above means a refusal, and not that the example does not exist."""
    opened = {one.name for one in looks(walk) if one.status in {200, 302}}
    read = {name for name, rule in rules_of() if rule.read is not None}
    assert read - opened - UNREACHED == set()


# --- Writing -------------------------------------------------------------------------------------


def test_who_writes_what_is_what_the_matrix_says(walk):
    """An empty POST by everybody; what it changes is undone."""
    assert list(differences(walk, "POST")) == []


def test_nobody_judges_what_was_his_own_step(world):
    """As the matrix says of who took the step before: four eyes at each of these addresses."""
    strange, asked, hands = [], set(), first_hands(world)
    for name, rule in rules_of():
        for person in PEOPLE:
            if person.relation != FIRST_HAND or not goes(person, rule, "POST"):
                continue
            for number, step in enumerate(hands[name]):
                account = UserFactory(roles=[person.staff_role])
                with transaction.atomic():
                    found = met(signed_in(account).post(step(account)))
                    transaction.set_rollback(True)
                asked.add(name)
                if found != expected(person, rule, "POST"):
                    strange.append((name, number, person.role, found))
    assert strange == []
    assert asked == set(hands)


def test_no_address_knows_another_method(walk):
    """PUT anywhere, by who may use the address, and each other method in turn.

    `Allow` says which methods it does know: those that the matrix has rules for.
    """
    strange, others = [], cycle(["patch", "delete", "options", "trace", "link"])
    for name, rules in all_rules().items():
        if name not in ADDRESSES:
            continue
        reads = any(rule.read is not None for rule in rules)
        writes = any(rule.write is not None for rule in rules)
        known = ["GET", "HEAD"] * reads + ["POST"] * writes
        url = ADDRESSES[name].url(walk.world, rules[0].state)
        for client, method in (
            (walk.client(admitted(rules[0])), "put"),
            (walk.client(VISITOR), next(others)),
        ):
            response = client.generic(method.upper(), url)
            if (response.status_code, response.get("Allow")) != (405, ", ".join(known)):
                strange.append((name, method, response.status_code, response.get("Allow")))
    assert strange == []


def test_a_method_at_an_address_that_does_not_exist_is_refused_too(client):
    response = client.put("/bestaat-niet/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_an_address_knows_only_the_methods_of_its_rule(walk):
    """Asked by somebody who may use it, so that nothing else refuses first."""
    strange = []
    for name, rule in rules_of():
        person = admitted(rule)
        for method, gates, look in (
            ("GET", rule.read, walk.look),
            ("POST", rule.write, walk.press),
        ):
            if gates is None and look(person, name, rule.state).met != NO_SUCH_METHOD:
                strange.append((name, method))
    assert strange == []


def test_asking_for_the_head_is_refused_as_reading_is(walk):
    strange, person = [], STRANGER
    for name, rule in rules_of():
        if rule.read is None or expected(person, rule, "GET") == Outcome.ALLOWED:
            continue
        with bare_refusals():
            response = visit(
                walk.client(person), ADDRESSES[name].url(walk.world, rule.state), "head"
            )
        if response.status_code != walk.look(person, name, rule.state).status:
            strange.append((name, response.status_code))
    assert strange == []


# --- Strange filters and orders ------------------------------------------------------------------

STRANGE_VALUES = [
    "\x00",
    "9999-12-31",
    "9" * 5000,
    "²",
    "NaN",
    'a\r\nBcc: x@y.be\N{RIGHT-TO-LEFT OVERRIDE}😀=HYPERLINK("x")<script>{{7*7}}\' OR 1=1; --',
]
"""What somebody types where it does not belong."""

WAYS_ON = {"next", "terug", "lijst", "back"}
"""Fields that say where one goes afterwards."""

TURNS = (0, 2, 3)
"""How far the strange values are turned round over the fields: each field meets three of them."""


def mixed(names: Iterable[str], turn: int) -> list[tuple[str, str]]:
    """A strange value for each name; neighbours get different ones."""
    values = cycle(STRANGE_VALUES)
    return list(zip(sorted(names), islice(values, turn, None), strict=False))


def shown(walk: Walk, person: Any) -> Iterator[Seen]:
    """The pages that this person is shown."""
    for name, rule in rules_of():
        if rule.read is not None and (seen := walk.look(person, name, rule.state)).page:
            yield seen


def test_a_list_stands_strange_filters_orders_and_pages(walk):
    faults, client, evil = [], walk.client(MANAGER), cycle(ELSEWHERE)
    for seen in shown(walk, MANAGER):
        filters = [form for form in seen.forms if form.method == "get"]
        names = {"page", "sort", "fase", "deel", "stand"}.union(*(form.values for form in filters))
        for turn in TURNS if filters else TURNS[:1]:
            values = mixed(names - WAYS_ON, turn)
            ways = [(name, next(evil)) for name in sorted(WAYS_ON)]
            query = "&".join(f"{one}={quote(value)}" for one, value in chain(values, ways))
            if found := fault(attempt(client, f"{seen.url}?{query}")):
                faults.append((seen.name, turn, found))
    assert faults == []


# --- Strange and forged fields -------------------------------------------------------------------

LEFT_ALONE = {"/afmelden/", "/taal/setlang/"}
"""These would end the session or change the language of all that follows."""


def forms_to_post(walk: Walk) -> Iterator[tuple[Any, Seen, str, Form]]:
    """Each form once, with the first of these people who is shown it."""
    seen_targets = set(LEFT_ALONE)
    for person in (MEMBER, TEAM, MANAGER):
        for seen in shown(walk, person):
            for form in seen.forms:
                targets = set(form.targets) - seen_targets if form.method == "post" else set()
                seen_targets |= targets
                for target in sorted(targets):
                    yield walk.client(person), seen, target, form


def strange_posts(form: Form) -> Iterator[dict[str, Any]]:
    """All fields strange at once; each button with a strange value."""
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
    for name, wanted in product(WAYS_ON & texts, ELSEWHERE):
        yield {**form.values, name: wanted}


DESIGN = {"pages:design"}
"""The style page of developers, whose form always refuses."""


def test_a_form_answers_whatever_was_typed(walk, settings):
    faults, takes_files = set(), set()
    for client, seen, target, form in forms_to_post(walk):
        if form.files:
            takes_files.add(resolve(target.split("?")[0]).view_name)
        for data in strange_posts(form):
            if found := fault(attempt(client, target, data)):
                faults.add((seen.name, target, found))
    assert sorted(faults) == []
    # Only these may be sent a large body.
    assert takes_files - DESIGN <= settings.UPLOAD_VIEWS


FOREIGN = 7_700_001
"""The number of everything of an organisation that nobody here belongs to, and of another call."""

FOREIGN_REFERENCE = "PIO-VREEMD-0001"
"""Of a draft of that organisation."""


def a_foreign_world(world: Any) -> None:
    """One thing of each kind that a select, a radio or a hidden field may name."""
    organisation = OrganisationFactory(pk=FOREIGN)
    person = UserFactory(pk=FOREIGN)
    MembershipFactory(pk=FOREIGN, organisation=organisation, user=person, role=MemberRole.MANAGER)
    proposal = ProposalFactory(
        pk=FOREIGN, organisation=organisation, call=world.call, reference=FOREIGN_REFERENCE
    )
    proposal.partners.create(pk=FOREIGN, name="Stad Vreemd")
    project = ProjectFactory(pk=FOREIGN, organisation=organisation)
    ProcurementFactory(pk=FOREIGN, project=project)
    call = CallFactory(pk=FOREIGN, state="concept", window__opens=5)
    call.criteria.create(pk=FOREIGN, position=9, title="Vreemd", weight=1)
    call.questions.create(pk=FOREIGN, question="Vreemd?", asker_email="vreemd@voorbeeld.test")


ADDED = ["call", "claim", "commitment", "organisation", "project", "proposal", "user"]
ADDED += ["asked_by", "assignee", "created_by", "made_by", "owner", "proposed_by", "submitted_by"]
"""Columns that no form shows: who adds one to what a browser sends changes nothing by it."""


def forgeries(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    """What a form sends, forged: each field that names a thing, and fields that it has not."""
    for name, choices in form.choices.items():
        if name.endswith("_FORMS"):
            continue
        if any(choice.isdecimal() for choice in choices):
            yield name, {name: str(FOREIGN)}
        if any(choice.startswith("PIO-") for choice in choices):
            yield name, {name: FOREIGN_REFERENCE}
    names = [*("id", "pk"), *ADDED, *(f"{one}_id" for one in ADDED)]
    yield "", {name: str(FOREIGN) for name in names if name not in form.values}


def test_a_forged_number_in_a_field_writes_nothing_of_it(walk):
    """A choice, a hidden or an added field with what is somebody else's, all else as it was."""
    a_foreign_world(walk.world)
    written: list[str] = []
    forged, faults = set(), set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        named = {str(FOREIGN), FOREIGN_REFERENCE}.intersection(map(str, params or ()))
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and named:
            written.append(sql[:60])
        return execute(sql, params, many, context)

    for client, seen, target, form in forms_to_post(walk):
        for name, forgery in forgeries(form):
            with connection.execute_wrapper(note):
                response = attempt(client, target, {**form.values, **forgery})
            if name:
                forged.add((seen.name, name))
            if found := fault(response) or ", ".join(written):
                faults.add((seen.name, name, found))
            written.clear()
    assert sorted(faults) == []
    assert len(forged) >= 15


def test_the_matrix_is_about_every_address(world):
    """Those of /admin/ are walked by tests/portal/test_admin_rights.py."""
    assert {name for name in all_rules() if not name.startswith("admin:")} == set(ADDRESSES)
