"""The portal as somebody meets it who wants to break it, or to know what is not theirs to know.

The expectation everywhere: a sentence in Dutch, 403, 404 or 405. Never a 500, and never a step that
was not allowed.
"""

import re
from collections.abc import Iterator
from copy import copy
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.client_address import client_address
from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from dashboard.matrix import all_rules
from evaluations import services
from evaluations.models import SelectionDecision
from funding.models import Claim, Instalment
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.services.information import withdraw_information_request
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory
from tests.evaluations.factories import ADVICE, INTERNAL, Case
from tests.portal.walk import (
    ADDRESSES,
    ELSEWHERE,
    attempt,
    browser,
    fault,
    faults_of_page,
    links,
    signed_in,
    visit,
)
from tests.portal.world import World
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

BEYOND = "9" * 26
STRANGE_PARTS = {
    "str": ["%00", "%0d%0aSet-Cookie:a=b"],
    "slug": ["bestaat-niet"],
    "int": ["0", BEYOND],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
    "": ["%00", "MQ"],
}
"""Per kind of parameter in an address: what nobody has."""

# --- Whatever is typed ---------------------------------------------------------------------------


def strange_addresses(world: World) -> Iterator[tuple[str, str]]:
    """Each address with each of its parameters in turn replaced by a strange one."""
    for address in ADDRESSES.values():
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
            if name in POSTED_BY_PROGRAMS or not any(one.write for one in all_rules()[name]):
                continue
            response = attempt(client, url, {})
            if response.status_code not in {403, 405}:
                faults.append((name, response.status_code))
            elif response.status_code == 403:
                faults += [(name, one) for one in faults_of_page(response)]
    assert faults == []


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
    "accounts:profile",  # each look signs in again, and the page lists the sessions
    "accounts:second_factor_set_up",  # another secret
    "pages:design",  # no applicant's
    "projects:file",  # another id
    "projects:partner_file",
}


def pages_of(world: World, person: User) -> dict[str, str]:
    """All that an applicant may open, with what differs at every look taken out."""
    client, pages = signed_in(person), {}
    for name, url in links(world, for_outside=True):
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
    case.score(world.second)
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
