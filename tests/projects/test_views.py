"""The pages of a proposal, as people go through them."""

import pytest
from django.urls import reverse

from accounts.roles import MemberRole, StaffRole
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db


def test_every_page_of_a_draft_opens() -> None:
    draft = complete_draft()
    client = signed_in(member(draft))
    pages = [reverse("projects:proposal", args=[draft.reference])]
    pages += [
        reverse("projects:section", args=[draft.reference, section.code])
        for section in draft.call.sections.all()
    ]
    pages += [reverse(f"projects:{name}", args=[draft.reference]) for name in ("check", "withdraw")]
    pages.append(reverse("projects:start", args=[draft.call.slug]))
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        html = response.content.decode()
        assert html.count("<h1") == 1, page
        if page != pages[-1] and "intrekken" not in page:
            assert "NOG NIET INGEDIEND" in html, page


def test_from_call_to_receipt(django_capture_on_commit_callbacks) -> None:
    call = CallFactory()
    organisation = OrganisationFactory()
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, role=MemberRole.SUBMITTER)
    client = signed_in(user)
    response = client.post(reverse("projects:start", args=[call.slug]), {"title": "Slimme riool"})
    proposal = Proposal.objects.get()
    assert response["Location"] == reverse("projects:proposal", args=[proposal.reference])
    assert proposal.reference == f"{call.reference}-0001"

    def save(code: str, data: dict[str, str]) -> None:
        url = reverse("projects:section", args=[proposal.reference, code])
        response = client.post(url, {"version": "0", **data})
        assert response.status_code == 302, response.content.decode()

    save(
        "A",
        {
            "title": "Slimme riool",
            "summary": "Sensoren in de riool.",
            "contact_name": "An Peeters",
            "contact_email": "an@stad.test",
            "signatory_name": "Jan Maes",
            "signatory_function": "Directeur",
        },
    )
    save("D", {"q_probleem": "De riolen lopen over.", "q_toelichting": ""})
    save("K", {"q_waarheid": "on"})
    save(
        "J",
        {
            "raming-TOTAL_FORMS": "1",
            "raming-INITIAL_FORMS": "0",
            "raming-0-phase": "opdracht_ontwikkeling",
            "raming-0-description": "Prototype",
            "raming-0-amount": "100.000,00",
            "raming-0-vat_rate": "21",
            "other_subsidies": "0,00",
            "own_budget_secured": "yes",
        },
    )
    proposal.refresh_from_db()
    assert str(proposal.requested_amount) == "60500.00"
    check = client.get(reverse("projects:check", args=[proposal.reference]))
    assert check.context["can_submit"], check.content.decode()
    with django_capture_on_commit_callbacks():
        response = client.post(reverse("projects:submit", args=[proposal.reference]))
    assert response["Location"] == reverse("projects:receipt", args=[proposal.reference, 1])
    receipt = client.get(response["Location"]).content.decode()
    assert proposal.versions.get().sha256 in receipt
    assert client.get(reverse("projects:version", args=[proposal.reference, 1])).status_code == 200
    assert client.get(reverse("projects:proposal", args=[proposal.reference])).status_code == 200
    again = client.post(reverse("projects:submit", args=[proposal.reference]))
    assert again["Location"] == response["Location"]
    staff = signed_in(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert staff.get(reverse("projects:version", args=[proposal.reference, 1])).status_code == 200
    assert staff.get(reverse("projects:proposal", args=[proposal.reference])).status_code == 200
