"""A post that came too late: nothing is saved, the reason is said, and nothing typed is lost."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import MemberRole
from projects.models import PartnerAccess, Proposal, SectionAnswers
from projects.services import submit_proposal, withdraw_proposal
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db
STORED = "De riolen lopen over."


@pytest.fixture
def submitter(ready: Proposal) -> User:
    return member(ready)


def fields(user: User, proposal: Proposal, code: str) -> dict[str, Any]:
    """What the open page of a section would post, untouched."""
    url = reverse("projects:section", args=[proposal.reference, code])
    form = signed_in(user).get(url).context["form"]
    boxes = [*form, *(box for t in form.tables.values() for box in t.management_form)]
    boxes += [box for t in form.tables.values() for row in t for box in row]
    return {box.html_name: box.value() for box in boxes if box.value() not in (None, False)}


def post(user: User, proposal: Proposal, code: str, data: dict[str, Any]) -> Any:
    return signed_in(user).post(reverse("projects:section", args=[proposal.reference, code]), data)


def kept(response: Any) -> dict[str, str]:
    """Label and text of each read-only box."""
    page = response.content.decode()
    boxes = re.findall(
        r'<label class="form-label" for="([^"]+)">([^<]*)</label>\s*'
        r'<textarea class="form-control" id="([^"]+)" [^>]* readonly>([^<]*)</textarea>',
        page,
    )
    assert len(boxes) == page.count("readonly")
    assert all(target == name for target, _label, name, _text in boxes)
    return {unescape(label): unescape(text) for _target, label, _name, text in boxes}


def hand_in(proposal: Proposal, by: User) -> None:
    submit_proposal(proposal=proposal, by=by, arrived_at=timezone.now())


def test_text_of_a_proposal_that_was_handed_in_meanwhile(ready: Proposal, submitter: User) -> None:
    typed = fields(submitter, ready, "D") | {"q_probleem": "Ze lopen <b>vaak</b> over."}
    hand_in(ready, submitter)
    response = post(submitter, ready, "D", typed)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Dit voorstel is ingediend en ligt nu vast. U kunt het niet meer wijzigen." in page
    assert "Wat u typte, niet opgeslagen" in page
    assert kept(response) == {"Welk probleem?": "Ze lopen <b>vaak</b> over."}
    assert STORED in page
    assert "deelformulier" not in page
    saved = SectionAnswers.objects.get(proposal=ready, section__code="D")
    assert saved.answers["probleem"] == STORED


def test_who_changed_nothing_only_reads_the_reason(ready: Proposal, submitter: User) -> None:
    typed = fields(submitter, ready, "D")
    hand_in(ready, submitter)
    response = post(submitter, ready, "D", typed)
    assert response.status_code == 409
    assert kept(response) == {}
    assert "Niet opgeslagen" in response.content.decode()


def test_a_withdrawn_proposal(ready: Proposal, submitter: User) -> None:
    typed = fields(submitter, ready, "A") | {"title": "Andere titel", "contact_email": "geen adres"}
    withdraw_proposal(proposal=ready, by=submitter, reason="Geen budget.")
    response = post(submitter, ready, "A", typed)
    assert "Dit voorstel is ingetrokken." in response.content.decode()
    assert kept(response) == {
        "Titel": "Andere titel",
        "E-mail van de contactpersoon": "geen adres",
    }


def test_rows_of_a_table(ready: Proposal, submitter: User) -> None:
    typed = fields(submitter, ready, "C") | {
        "partners-0-name": "Stad B",
        "partners-0-has_letter_of_intent": "on",
    }
    hand_in(ready, submitter)
    response = post(submitter, ready, "C", typed)
    assert kept(response) == {
        "Partners": "Organisatie: Stad B; Ik voeg een intentieverklaring toe bij de bijlagen: Ja"
    }


def test_an_attachment(ready: Proposal, submitter: User) -> None:
    hand_in(ready, submitter)
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.4", "application/pdf")
    response = post(
        submitter, ready, "L", {"action": "add", "description": "Ons plan", "file": upload}
    )
    assert kept(response) == {"Omschrijving": "Ons plan"}
    assert "Niet opgeslagen: plan.pdf." in response.content.decode()
    assert ready.attachments.count() == 0


def test_who_became_a_reader_meanwhile(ready: Proposal, submitter: User) -> None:
    typed = fields(submitter, ready, "D") | {"q_probleem": "Nieuw."}
    Membership.objects.filter(user=submitter).update(role=MemberRole.READER)
    response = post(submitter, ready, "D", typed)
    assert response.status_code == 409
    assert (
        "Alleen een bewerker, indiener of beheerder van de organisatie mag dit voorstel wijzigen."
        in response.content.decode()
    )
    assert kept(response) == {"Welk probleem?": "Nieuw."}


def test_a_script_still_gets_its_small_answer(ready: Proposal, submitter: User) -> None:
    hand_in(ready, submitter)
    response = post(submitter, ready, "D", {"autosave": "yes", "q_probleem": "Nieuw."})
    assert response.status_code == 200
    assert "U kunt dit voorstel niet of niet meer wijzigen." in response.content.decode()


def test_the_part_of_a_partner(ready: Proposal, submitter: User) -> None:
    partner = ready.partners.create(name="Stad B", role="Piloot", position=1)
    guest = UserFactory()
    PartnerAccess.objects.create(partner=partner, user=guest, invited_by=submitter)
    hand_in(ready, submitter)
    url = reverse("projects:partner_part", args=[ready.reference, partner.pk])
    response = signed_in(guest).post(url, {"role": "Piloot", "contribution": "Twee straten."})
    assert response.status_code == 409
    assert kept(response) == {"Uw bijdrage": "Twee straten."}
    assert "Dit voorstel is ingediend en ligt nu vast." in response.content.decode()
