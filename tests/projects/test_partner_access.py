"""A person of a partner sees and fills in the own part, and nothing else of the proposal."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from common import clock
from notifications.models import OutboxMail
from projects.models import Partner, PartnerAccess, Proposal, SectionRevision
from projects.services import (
    PartnerClash,
    SectionClash,
    add_letter,
    end_partner_access,
    invite_to_partner,
    save_partner_part,
    save_partners,
    submit_proposal,
    withdraw_proposal,
)
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.portal.world import all_addresses
from tests.projects.conftest import member, signed_in
from tests.projects.factories import ProposalFactory, complete_draft
from tests.projects.test_dashboard import queries
from tests.projects.test_sections import png

pytestmark = pytest.mark.django_db
SECRET = "Geheim van de aanvrager"


@pytest.fixture
def partner(ready: Proposal) -> Partner:
    ready.partners.create(name="Stad Aalst", contribution=SECRET, position=2)
    return ready.partners.create(name="Stad Gent", role="Piloot", position=1)


@pytest.fixture
def guest(partner: Partner) -> User:
    user = MembershipFactory(role=MemberRole.MANAGER, user__first_name="Gaston").user
    PartnerAccess.objects.create(partner=partner, user=user, invited_by=partner.proposal.created_by)
    return user


def address(partner: Partner) -> str:
    return reverse("projects:partner_part", args=[partner.proposal.reference, partner.pk])


class TestInviting:
    def test_somebody_new_chooses_a_password(self, partner: Partner) -> None:
        by = member(partner.proposal, first_name="An", last_name="Peeters")
        access = invite_to_partner(
            partner=partner, email=" Nieuw@Gent.test ", first_name="Nina", by=by
        )
        assert (access.user.email, access.user.first_name) == ("nieuw@gent.test", "Nina")
        mail = OutboxMail.objects.get()
        assert mail.subject == (
            f"NOG NIET INGEDIEND: {partner.proposal.organisation.name} nodigt u uit als partner "
            f"({partner.proposal.reference})"
        )
        assert mail.is_private
        assert "/wachtwoord/" in mail.text
        assert "Stad Gent" in mail.text

    def test_somebody_with_an_account_gets_the_address_of_the_part(self, partner: Partner) -> None:
        user = UserFactory()
        user.set_password("een lang wachtwoord")
        user.save()
        invite_to_partner(partner=partner, email=user.email, by=member(partner.proposal))
        mail = OutboxMail.objects.get()
        assert not mail.is_private
        assert address(partner) in mail.text

    @pytest.mark.parametrize(
        ("who", "sentence"),
        [
            ("staff", "Een medewerker van het programma kunt u niet toevoegen."),
            ("closed", "Dit account is afgesloten. Neem contact op met het PIO-team."),
            (
                "own",
                "Deze persoon hoort bij uw eigen organisatie en ziet het hele voorstel.",
            ),
            ("again", "Deze persoon is al uitgenodigd voor deze partner."),
        ],
    )
    def test_refused(self, partner: Partner, guest: User, who: str, sentence: str) -> None:
        people = {
            "staff": lambda: UserFactory(roles=[StaffRole.ADVISER]),
            "closed": lambda: UserFactory(is_active=False),
            "own": lambda: member(partner.proposal, MemberRole.READER),
            "again": lambda: guest,
        }
        with pytest.raises(ValidationError) as refusal:
            invite_to_partner(
                partner=partner, email=people[who]().email, by=member(partner.proposal)
            )
        assert refusal.value.message_dict == {"email": [sentence]}
        assert not OutboxMail.objects.exists()

    def test_five_people_at_most_and_a_partner_that_is_there(self, partner: Partner) -> None:
        by = member(partner.proposal)
        for number in range(5):
            invite_to_partner(partner=partner, email=f"{number}@gent.test", by=by)
        with pytest.raises(ValidationError) as refusal:
            invite_to_partner(partner=partner, email="zes@gent.test", by=by)
        assert refusal.value.message_dict == {"partner": ["Een partner heeft hoogstens 5 mensen."]}
        Partner.objects.filter(pk=partner.pk).delete()
        with pytest.raises(ValidationError) as refusal:
            invite_to_partner(partner=partner, email="zes@gent.test", by=by)
        assert refusal.value.message_dict == {"partner": ["Deze partner is intussen verwijderd."]}

    def test_only_a_submitter_invites_and_ends(self, partner: Partner, guest: User) -> None:
        editor = member(partner.proposal, MemberRole.EDITOR)
        with pytest.raises(PermissionDenied):
            invite_to_partner(partner=partner, email="x@gent.test", by=editor)
        access = partner.accesses.get()
        with pytest.raises(PermissionDenied):
            end_partner_access(access=access, by=editor)
        page = reverse("projects:partners", args=[partner.proposal.reference])
        client = signed_in(editor)
        html = client.get(page).content.decode()
        assert "Gaston" in html
        assert "Stuur de uitnodiging" not in html
        assert client.post(page, {"email": "x@gent.test"}).status_code == 403

    def test_on_the_page(self, partner: Partner) -> None:
        client = signed_in(member(partner.proposal))
        page = reverse("projects:partners", args=[partner.proposal.reference])
        assert "NOG NIET INGEDIEND" in client.get(page).content.decode()
        wrong = client.post(page, {"partner": partner.pk, "email": "geen adres", "last_name": "Bo"})
        assert wrong.context["form"].errors == {
            "email": ["Schrijf een e-mailadres, bijvoorbeeld naam@stad.be."]
        }
        assert 'value="geen adres"' in wrong.content.decode()
        data = {"partner": partner.pk, "email": "nina@gent.test", "first_name": "Nina"}
        assert client.post(page, data).status_code == 302
        access = partner.accesses.get()
        assert "nina@gent.test" in client.get(page).content.decode()
        end = reverse("projects:end_partner_access", args=[partner.proposal.reference, access.pk])
        assert client.post(end).status_code == 302
        assert not partner.accesses.exists()
        assert client.post(end).status_code == 404

    def test_three_and_three_hundred_cost_the_same(self, partner: Partner) -> None:
        def fill(count: int) -> None:
            for number in range(count):
                other = partner.proposal.partners.create(name=f"Partner {number}")
                other.accesses.create(user=UserFactory(), invited_by=partner.proposal.created_by)

        client = signed_in(member(partner.proposal))
        page = reverse("projects:partners", args=[partner.proposal.reference])
        fill(3)
        client.get(page)
        few = queries(lambda: client.get(page))
        fill(60)
        assert queries(lambda: client.get(page)) == few


class TestWhatIsSeen:
    def test_the_own_part_and_no_text_of_others(self, partner: Partner, guest: User) -> None:
        html = signed_in(guest).get(address(partner)).content.decode()
        proposal = partner.proposal
        assert "NOG NIET INGEDIEND" in html
        for seen in (proposal.title, proposal.organisation.name, proposal.call.title, "Piloot"):
            assert seen in html
        assert "D. Probleem en behoefte" in html
        for hidden in ("De riolen lopen over.", SECRET, "Stad Aalst", "An Peeters"):
            assert hidden not in html

    def test_every_other_address_of_the_proposal_is_closed(
        self, partner: Partner, guest: User
    ) -> None:
        """All addresses of the room: what is open is the own part and nothing else."""
        save_partner_part(partner=partner, role="Piloot", contribution="Iets", version=1, by=guest)
        letter = add_letter(partner=partner, uploaded=png("brief.png"), by=guest)
        lead_file = partner.proposal.attachments.create(
            file=letter.file, added_by=partner.proposal.created_by
        )
        version = submit_proposal(
            proposal=partner.proposal, by=member(partner.proposal), arrived_at=clock.now()
        )
        arguments = {
            "reference": partner.proposal.reference,
            "code": "C",
            "version": SectionRevision.objects.latest("pk").version,
            "number": version.number,
            "file_id": lead_file.file_id,
            "access_id": partner.accesses.get().pk,
        }
        client = signed_in(guest)
        open_to_guest = {}
        walked = [one for one in all_addresses() if one.route.startswith("voorstellen/")]
        walked = [one for one in walked if one.name.startswith("projects:")]
        for one in walked:
            for pk in partner.proposal.partners.values_list("pk", flat=True):
                known = {**arguments, "pk": pk}
                url = reverse(one.name, kwargs={name: known[name] for name in one.parameters})
                for method in ("get", "post"):
                    response = getattr(client, method)(url)
                    if response.streaming:
                        b"".join(response.streaming_content)
                    if response.status_code not in {404, 405}:
                        open_to_guest[method, url] = response.status_code
        assert len(walked) >= 20
        own = address(partner)
        file = reverse(
            "projects:partner_file",
            args=[partner.proposal.reference, partner.pk, letter.file_id],
        )
        assert open_to_guest == {("get", own): 200, ("post", own): 409, ("get", file): 200}

    def test_no_list_count_or_search_knows_the_proposal(
        self, partner: Partner, guest: User
    ) -> None:
        assert list(Proposal.objects.visible_to(guest)) == []
        home = signed_in(guest).get(reverse("dashboard:home")).content.decode()
        assert "Voorstellen waarin u partner bent" in home
        assert address(partner) in home
        assert partner.proposal.get_absolute_url() + '"' not in home
        assert "De riolen lopen over." not in home

    def test_a_guest_without_organisation_has_a_dashboard(self, partner: Partner) -> None:
        access = invite_to_partner(
            partner=partner, email="nina@gent.test", by=member(partner.proposal)
        )
        home = signed_in(access.user).get(reverse("dashboard:home")).content.decode()
        assert "Voorstellen waarin u partner bent" in home
        assert "U hoort nog niet bij een organisatie" not in home

    def test_without_access_there_is_nothing(self, partner: Partner, guest: User) -> None:
        url = address(partner)
        strangers = [
            UserFactory(),
            member(partner.proposal),
            UserFactory(roles=[StaffRole.AUDITOR]),
        ]
        assert [signed_in(one).get(url).status_code for one in strangers] == [404, 404, 404]
        end_partner_access(access=partner.accesses.get(), by=member(partner.proposal))
        assert signed_in(guest).get(url).status_code == 404
        with pytest.raises(PermissionDenied):
            save_partner_part(partner=partner, role="", contribution="", version=1, by=guest)

    def test_who_came_to_work_for_the_programme_sees_it_no_longer(self, partner: Partner) -> None:
        user = UserFactory(roles=[StaffRole.ADVISER])
        PartnerAccess.objects.create(partner=partner, user=user, invited_by=user)
        assert signed_in(user).get(address(partner)).status_code == 404

    def test_the_dashboard_costs_the_same_with_three_and_three_hundred(self, guest: User) -> None:
        def fill(count: int) -> None:
            for _ in range(count):
                other = ProposalFactory().partners.create(name="Stad Gent")
                other.accesses.create(user=guest, invited_by=guest)

        client, home = signed_in(guest), reverse("dashboard:home")
        fill(3)
        client.get(home)
        few = queries(lambda: client.get(home))
        fill(100)
        assert queries(lambda: client.get(home)) == few


class TestFillingIn:
    def test_the_lead_sees_it_and_who_wrote_it(self, partner: Partner, guest: User) -> None:
        client = signed_in(guest)
        data = {
            "version": 1,
            "role": "Piloot",
            "contribution": "Een teststraat – “zes” sensoren 🚀",
            "letter": png("intentie.png"),
        }
        assert client.post(address(partner), data).status_code == 302
        partner.refresh_from_db()
        assert partner.contribution == "Een teststraat – “zes” sensoren 🚀"
        assert partner.has_letter_of_intent
        lead = signed_in(member(partner.proposal))
        page = lead.get(reverse("projects:section", args=[partner.proposal.reference, "C"]))
        assert "Een teststraat – “zes” sensoren 🚀" in page.content.decode()
        people = lead.get(reverse("projects:partners", args=[partner.proposal.reference]))
        assert "intentie.png" in people.content.decode()
        history = lead.get(reverse("projects:history", args=[partner.proposal.reference, "C"]))
        assert "Gaston" in history.content.decode()

    def test_the_lead_cannot_save_over_it_from_an_older_page(
        self, partner: Partner, guest: User
    ) -> None:
        proposal, by = partner.proposal, member(partner.proposal)
        section = proposal.call.sections.get(code="C")
        rows = list(proposal.partners.values("id", *("name", "kbo", "role", "contribution")))
        rows = [{**one, "has_letter_of_intent": False, "kbo": ""} for one in rows]
        save_partners(
            proposal=proposal,
            section=section,
            rows=[{**one, "role": "Eerst"} for one in rows],
            version=0,
            by=by,
        )
        save_partner_part(partner=partner, role="Van Gent", contribution="", version=2, by=guest)
        with pytest.raises(SectionClash) as clash:
            save_partners(proposal=proposal, section=section, rows=rows, version=1, by=by)
        assert "Gaston" in clash.value.messages[0]
        partner.refresh_from_db()
        assert partner.role == "Van Gent"

    def test_the_partner_cannot_save_over_the_lead(self, partner: Partner, guest: User) -> None:
        proposal = partner.proposal
        rows = list(proposal.partners.values("id", "name", "kbo", "role", "contribution"))
        save_partners(
            proposal=proposal,
            section=proposal.call.sections.get(code="C"),
            rows=[{**one, "has_letter_of_intent": False, "role": "Van de lead"} for one in rows],
            version=0,
            by=member(proposal, first_name="Lea"),
        )
        client = signed_in(guest)
        typed = {"version": 1, "role": "Mijn rol", "contribution": "Mijn bijdrage"}
        response = client.post(address(partner), typed)
        html = response.content.decode()
        assert response.status_code == 200
        assert "Lea" in html
        assert "Van de lead" in html
        assert 'value="Mijn rol"' in html
        assert 'name="version" value="2"' in html
        assert client.post(address(partner), {**typed, "version": 2}).status_code == 302
        partner.refresh_from_db()
        assert (partner.role, partner.version) == ("Mijn rol", 3)

    def test_the_same_text_again_is_no_clash(self, partner: Partner, guest: User) -> None:
        for _ in range(2):
            save_partner_part(partner=partner, role="R", contribution="", version=1, by=guest)
        with pytest.raises(PartnerClash):
            save_partner_part(partner=partner, role="S", contribution="", version=1, by=guest)

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("brief.exe", b"MZ", "Dit soort bestand kan niet."),
            ("brief.pdf", b"MZ\x90", "De inhoud van dit bestand past niet bij de extensie .pdf"),
            ("brief.pdf", b"", "Dit bestand is leeg. Kies een ander bestand."),
        ],
    )
    def test_a_wrong_file_is_explained_and_the_text_stays(
        self, partner: Partner, guest: User, name: str, content: bytes, sentence: str
    ) -> None:
        data = {
            "version": 1,
            "role": "Blijft staan",
            "contribution": "Dit ook",
            "letter": SimpleUploadedFile(name, content),
        }
        response = signed_in(guest).post(address(partner), data)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["letter"]
        assert response.context["form"].errors["letter"][0].startswith(sentence)
        html = response.content.decode()
        assert 'value="Blijft staan"' in html
        assert "Dit ook" in html

    def test_a_text_that_is_too_long_and_a_file_that_is_kept(
        self, partner: Partner, guest: User
    ) -> None:
        data = {"version": 1, "contribution": "x" * 1001, "letter": png("brief.png")}
        response = signed_in(guest).post(address(partner), data)
        assert list(response.context["form"].errors) == ["contribution"]
        assert "x" * 1001 in response.content.decode()
        assert partner.attachments.get().file.name == "brief.png"
        assert "brief.png" in response.content.decode()

    def test_a_new_letter_takes_the_place_of_the_old_and_can_go(
        self, partner: Partner, guest: User
    ) -> None:
        first = add_letter(partner=partner, uploaded=png("een.png"), by=guest)
        second = add_letter(partner=partner, uploaded=png("twee.png", b"2"), by=guest)
        assert first.pk == second.pk
        assert partner.attachments.get().file.name == "twee.png"
        client = signed_in(guest)
        response = client.post(
            address(partner), {"version": 1, "role": "Nog niet bewaard", "remove_letter": "yes"}
        )
        assert 'value="Nog niet bewaard"' in response.content.decode()
        partner.refresh_from_db()
        assert not partner.has_letter_of_intent
        assert not partner.attachments.exists()

    def test_letters_do_not_use_up_the_applicants_attachments(
        self, partner: Partner, guest: User, settings: Any
    ) -> None:
        settings.PROPOSAL_MAX_ATTACHMENTS = 1
        add_letter(partner=partner, uploaded=png("brief.png"), by=guest)
        lead = signed_in(member(partner.proposal))
        page = reverse("projects:section", args=[partner.proposal.reference, "L"])
        data = {"action": "add", "file": png("plan.png", b"1")}
        assert lead.post(page, data).status_code == 302
        html = lead.get(page).content.decode()
        assert "plan.png" in html
        assert "brief.png" not in html


class TestAfterwards:
    def test_what_was_handed_in_stays_readable(self, partner: Partner, guest: User) -> None:
        save_partner_part(
            partner=partner, role="Piloot", contribution="Zes sensoren", version=1, by=guest
        )
        letter = add_letter(partner=partner, uploaded=png("brief.png"), by=guest)
        version = submit_proposal(
            proposal=partner.proposal, by=member(partner.proposal), arrived_at=clock.now()
        )
        assert [
            (one["id"], one["name"], one["contribution"], one["has_letter_of_intent"])
            for one in version.content["partners"]
            if one["id"] == partner.pk
        ] == [(partner.pk, "Stad Gent", "Zes sensoren", True)]
        assert [(one["partner"], one["name"]) for one in version.content["attachments"]] == [
            (partner.pk, "brief.png")
        ]
        Partner.objects.filter(pk=partner.pk).update(contribution="Na de feiten")
        client = signed_in(guest)
        html = client.get(address(partner)).content.decode()
        assert "Uw deel, zoals het ingediend is" in html
        assert "Zes sensoren" in html
        assert "Na de feiten" not in html
        assert "NOG NIET INGEDIEND" not in html
        assert "<textarea" not in html
        file = [partner.proposal.reference, partner.pk, letter.file_id]
        response = client.get(reverse("projects:partner_file", args=file))
        assert b"".join(response.streaming_content)[:4] == b"\x89PNG"
        file[2] = uuid4()
        assert client.get(reverse("projects:partner_file", args=file)).status_code == 404
        with pytest.raises(ValidationError):
            save_partner_part(partner=partner, role="X", contribution="", version=2, by=guest)

    def test_a_withdrawn_draft(self, partner: Partner, guest: User) -> None:
        withdraw_proposal(
            proposal=partner.proposal, by=member(partner.proposal), reason="Toch niet."
        )
        html = signed_in(guest).get(address(partner)).content.decode()
        assert "U kunt dit deel niet meer wijzigen." in html

    def test_a_removed_partner_leaves_its_letter_with_the_proposal(
        self, partner: Partner, guest: User
    ) -> None:
        add_letter(partner=partner, uploaded=png("brief.png"), by=guest)
        save_partners(
            proposal=partner.proposal,
            section=partner.proposal.call.sections.get(code="C"),
            rows=[],
            version=1,
            by=member(partner.proposal),
        )
        assert signed_in(guest).get(address(partner)).status_code == 404
        letter = partner.proposal.attachments.get()
        assert (letter.partner, letter.description) == (None, "Intentieverklaring van Stad Gent")


def test_a_call_without_section_for_partners() -> None:
    proposal = complete_draft()
    proposal.call.sections.filter(code="C").delete()
    partner = proposal.partners.create(name="Stad Gent")
    user = UserFactory()
    partner.accesses.create(user=user, invited_by=user)
    saved = save_partner_part(partner=partner, role="Piloot", contribution="", version=1, by=user)
    assert (saved.role, proposal.revisions.count()) == ("Piloot", 0)
