"""The print view, and that every page and mail about a draft says that it was not handed in."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.roles import MemberRole, StaffRole
from common import clock
from projects.models import Proposal
from projects.services import (
    assign_section,
    invite_to_partner,
    save_answers,
    submit_proposal,
)
from tests.accounts.factories import UserFactory
from tests.portal.world import all_addresses
from tests.projects.conftest import member, signed_in
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db
MARK = "NOG NIET INGEDIEND"


def printed(proposal: Proposal) -> str:
    return reverse("projects:print", args=[proposal.reference])


def test_the_whole_draft_on_one_page_for_readers_too(ready: Proposal) -> None:
    client = signed_in(member(ready, MemberRole.READER))
    html = client.get(printed(ready)).content.decode()
    for section in ready.call.sections.all():
        assert str(section) in html
    assert "De riolen lopen over." in html
    assert f"<td>{MARK} – {ready.reference}</td>" in html


def test_what_was_handed_in_is_printed_from_its_version(ready: Proposal) -> None:
    user = member(ready)
    submit_proposal(proposal=ready, by=user, arrived_at=clock.now())
    assert signed_in(user).get(printed(ready))["Location"] == ready.get_absolute_url()


def test_who_may_not_see_the_draft(ready: Proposal) -> None:
    people = [UserFactory(), UserFactory(roles=[StaffRole.TEAM_MEMBER])]
    assert [signed_in(one).get(printed(ready)).status_code for one in people] == [404, 404]
    ready.team_may_view = True
    ready.save()
    assert signed_in(people[1]).get(printed(ready)).status_code == 200


def test_each_printed_sheet_is_marked() -> None:
    """The style sheet makes the mark the head of a table, which a browser repeats on each page."""
    css = (Path(settings.BASE_DIR) / "static/css/portal.css").read_text()
    assert ".print-sheets>.print-mark{display:table-header-group}" in css


NOT_OF_A_DRAFT = {
    "extensions": "for staff",
    "extend": "for staff",
    "receipt": "of what was handed in",
    "version": "of what was handed in",
    "file": "a file",
    "partner_file": "a file",
    "partner_part": "for people of a partner; see test_partner_access",
}


def test_every_page_of_a_draft_says_so(ready: Proposal) -> None:
    """A walk over the addresses, so that a new page cannot forget it."""
    user = member(ready)
    colleague = member(ready)
    section = ready.call.sections.get(code="D")
    save_answers(proposal=ready, section=section, answers={"probleem": "X"}, version=1, by=user)
    assign_section(
        proposal=ready,
        section=section,
        assignee=colleague,
        due_on=(clock.now() + timedelta(days=3)).date(),
        by=user,
    )
    partner = ready.partners.create(name="Stad Gent")
    invite_to_partner(partner=partner, email="gast@gent.test", by=user)
    ready.previous = ProposalFactory(organisation=ready.organisation)
    ready.save()
    client = signed_in(user)
    known = {"reference": ready.reference, "code": "D", "version": 1, "pk": partner.pk}
    silent, seen = [], []
    for one in all_addresses():
        name = one.name.removeprefix("projects:")
        is_draft_page = one.route.startswith("voorstellen/") and one.name.startswith("projects:")
        if not is_draft_page or name in NOT_OF_A_DRAFT or not {*one.parameters} <= {*known}:
            continue
        response = client.get(reverse(one.name, kwargs={p: known[p] for p in one.parameters}))
        if response.status_code != 200:
            continue
        seen.append(name)
        if MARK not in response.content.decode():
            silent.append(name)
    assert silent == []
    expected = {"proposal", "section", "check", "history", "revision", "assign", "partners"}
    assert expected | {"print", "copied", "withdraw"} <= {*seen}
    for code in ready.call.sections.values_list("code", flat=True):
        page = client.get(reverse("projects:section", args=[ready.reference, code]))
        assert MARK in page.content.decode(), code
    assert MARK in client.get(reverse("dashboard:home")).content.decode()


ABOUT_A_DRAFT = {
    "draft_not_submitted.md",
    "partner_invitation.md",
    "section_assigned.md",
    "section_due.md",
}


def test_every_mail_about_a_draft_says_so() -> None:
    """In the subject and in the text."""
    folder = Path(settings.BASE_DIR) / "templates/projects/mail"
    for name in sorted(ABOUT_A_DRAFT):
        source = (folder / name).read_text()
        subject, _line, text = source.partition("\n")
        assert subject.startswith(f"Onderwerp: {MARK}"), name
        assert "nog niet ingediend" in text.lower(), name
