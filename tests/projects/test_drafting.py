"""Starting and saving: what may be saved, what is refused, and who saved what."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import MemberRole, StaffRole
from calls.lifecycle import CallState
from calls.models import QuestionType
from projects.answers import KINDS
from projects.fields import GENERAL_FIELDS
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.services import (
    SectionClash,
    save_answers,
    save_general,
    save_partners,
    set_team_consent,
    start_proposal,
)
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.projects.conftest import member
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db


class TestStart:
    def begin(self, **kwargs: object) -> Proposal:
        organisation = kwargs.pop("organisation", None) or OrganisationFactory()
        user = UserFactory(first_name="An", last_name="Peeters")
        role = kwargs.pop("role", MemberRole.EDITOR)
        MembershipFactory(user=user, organisation=organisation, role=role)
        call = kwargs.pop("call", None) or CallFactory()
        return start_proposal(
            call=call, organisation=organisation, by=user, title="Een titel", **kwargs
        )

    def test_numbers_follow_each_other_per_call(self) -> None:
        call = CallFactory(reference="PIO-2026-1")
        references = [self.begin(call=call).reference for _ in range(3)]
        assert references == ["PIO-2026-1-0001", "PIO-2026-1-0002", "PIO-2026-1-0003"]
        assert self.begin().reference.endswith("-0001")

    def test_the_starter_is_the_contact(self) -> None:
        begun = self.begin()
        assert begun.contact_name == "An Peeters"
        assert begun.state == ProposalState.DRAFT

    def test_before_the_call_opens_one_may_start(self) -> None:
        assert self.begin(call=CallFactory(window__opens=5)).pk

    def test_an_unverified_organisation_may_start(self) -> None:
        assert self.begin(organisation=OrganisationFactory(is_verified=False)).pk

    @pytest.mark.parametrize(
        "call", [{"window__opens": -60, "window__closes": -1}, {"state": CallState.CONCEPT}]
    )
    def test_not_for_a_call_that_takes_nothing(self, call: dict[str, object]) -> None:
        with pytest.raises(ValidationError) as refusal:
            self.begin(call=CallFactory(**call))
        assert refusal.value.messages == ["Voor deze oproep kunt u geen voorstel meer beginnen."]

    def test_a_reader_may_not(self) -> None:
        with pytest.raises(PermissionDenied) as refusal:
            self.begin(role=MemberRole.READER)
        assert str(refusal.value) == (
            "Alleen een bewerker, indiener of beheerder van de organisatie mag dit."
        )

    def test_the_earlier_proposal_is_of_the_same_organisation(self) -> None:
        organisation = OrganisationFactory()
        earlier = ProposalFactory(organisation=organisation)
        assert self.begin(organisation=organisation, previous=earlier).previous == earlier
        with pytest.raises(ValidationError) as refusal:
            self.begin(previous=earlier)
        assert refusal.value.message_dict == {
            "previous": ["Kies een voorstel van uw eigen organisatie."]
        }


class TestSaving:
    def answers(self, text: str) -> dict[str, str]:
        return {"probleem": text, "toelichting": ""}

    def test_each_save_counts_one_further_and_says_who(self, draft: Proposal, editor) -> None:
        section = draft.call.sections.get(code="D")
        first = save_answers(
            proposal=draft, section=section, answers=self.answers("Eén"), version=0, by=editor
        )
        second = save_answers(
            proposal=draft, section=section, answers=self.answers("Twee"), version=1, by=editor
        )
        assert (first.version, second.version) == (1, 2)
        saved = draft.sections.get()
        assert saved.answers == self.answers("Twee")
        assert saved.updated_by == editor

    def test_an_older_version_clashes_and_changes_nothing(self, draft: Proposal, editor) -> None:
        section = draft.call.sections.get(code="D")
        other = member(draft, MemberRole.EDITOR, first_name="Bo", last_name="Claes")
        save_answers(
            proposal=draft, section=section, answers=self.answers("Van Bo"), version=0, by=other
        )
        with pytest.raises(SectionClash) as clash:
            save_answers(
                proposal=draft,
                section=section,
                answers=self.answers("Van An"),
                version=0,
                by=editor,
            )
        assert "Bo Claes heeft dit deel intussen gewijzigd" in clash.value.messages[0]
        assert draft.sections.get().answers == self.answers("Van Bo")

    def test_the_same_text_twice_is_no_clash(self, draft: Proposal, editor) -> None:
        section = draft.call.sections.get(code="D")
        for _ in range(2):
            saved = save_answers(
                proposal=draft, section=section, answers=self.answers("X"), version=0, by=editor
            )
        assert saved.version == 1

    def test_partners_are_replaced_in_order(self, draft: Proposal, editor) -> None:
        section = draft.call.sections.get(code="C")
        rows = [
            {
                "name": name,
                "kbo": "",
                "role": "",
                "contribution": "",
                "has_letter_of_intent": False,
            }
            for name in ("Stad B", "Stad A")
        ]
        save_partners(proposal=draft, section=section, rows=rows, version=0, by=editor)
        assert [p.name for p in draft.partners.all()] == ["Stad B", "Stad A"]
        save_partners(proposal=draft, section=section, rows=rows[:1], version=1, by=editor)
        assert [p.name for p in draft.partners.all()] == ["Stad B"]

    def test_a_reader_and_a_stranger_may_not(self, draft: Proposal) -> None:
        section = draft.call.sections.get(code="D")
        for user in (member(draft, MemberRole.READER), UserFactory(roles=[StaffRole.TEAM_MEMBER])):
            with pytest.raises(PermissionDenied) as refusal:
                save_answers(proposal=draft, section=section, answers={}, version=0, by=user)
            assert str(refusal.value) == (
                "Alleen een bewerker, indiener of beheerder van de organisatie mag dit voorstel"
                " wijzigen."
            )

    def test_after_submission_nothing_changes(self) -> None:
        proposal = ProposalFactory(submitted=True)
        with pytest.raises(ValidationError) as refusal:
            save_answers(
                proposal=proposal,
                section=proposal.call.sections.get(code="D"),
                answers={},
                version=0,
                by=member(proposal),
            )
        assert refusal.value.messages == [
            "Dit voorstel kan niet meer gewijzigd worden: de status is nu “Ingediend”."
        ]

    def test_a_section_of_another_form_is_refused(self, draft: Proposal, editor) -> None:
        for section in (CallFactory().sections.get(code="D"), draft.call.sections.get(code="C")):
            with pytest.raises(ValidationError) as refusal:
                save_answers(proposal=draft, section=section, answers={}, version=0, by=editor)
            assert refusal.value.messages == ["Dit deel hoort niet bij dit formulier."]

    def test_a_proposal_keeps_a_title(self, draft: Proposal, editor) -> None:
        values = {name: getattr(draft, name) for name in GENERAL_FIELDS} | {"title": " "}
        with pytest.raises(ValidationError) as refusal:
            save_general(
                proposal=draft,
                section=draft.call.sections.get(code="A"),
                values=values,
                version=0,
                by=editor,
            )
        assert refusal.value.message_dict == {"title": ["Geef uw voorstel een titel."]}


class TestConsent:
    def test_a_submitter_lets_the_team_look(self, draft: Proposal) -> None:
        team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
        manager = UserFactory(roles=[StaffRole.PROGRAMME_MANAGER])
        assert not Proposal.objects.visible_to(team).exists()
        set_team_consent(proposal=draft, may_view=True, by=member(draft))
        assert Proposal.objects.visible_to(team).get() == draft
        assert not Proposal.objects.visible_to(manager).exists()

    def test_an_editor_does_not_decide_that(self, draft: Proposal, editor) -> None:
        with pytest.raises(PermissionDenied):
            set_team_consent(proposal=draft, may_view=True, by=editor)


def test_every_question_type_has_a_kind() -> None:
    assert set(KINDS) == set(QuestionType)
