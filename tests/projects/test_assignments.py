"""A section that a colleague takes upon him: asking, telling, reminding, and what if he leaves."""

from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from common.moments import BRUSSELS
from notifications.models import OutboxMail, Reminder
from notifications.services import plan_reminders, seed_offsets, send_due_reminders
from projects.assignment_reminders import section_still_open
from projects.models import Proposal, SectionAssignment
from projects.selectors.assignments import assigned_to
from projects.services import (
    assign_section,
    end_assignment,
    finish_assignment,
    withdraw_proposal,
)
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import ProposalFactory
from tests.projects.test_dashboard import queries

pytestmark = pytest.mark.django_db
DUE = date(2027, 3, 10)


@pytest.fixture(autouse=True)
def _first_of_march(time_machine: Any) -> None:
    time_machine.move_to(datetime(2027, 3, 1, 9, 0, tzinfo=BRUSSELS), tick=False)


def ask(proposal: Proposal, by: User, assignee: User, **kwargs: Any) -> SectionAssignment:
    return assign_section(
        proposal=proposal,
        section=kwargs.pop("section", proposal.call.sections.get(code="D")),
        assignee=assignee,
        by=by,
        **{"due_on": DUE, **kwargs},
    )


@pytest.fixture
def colleague(draft: Proposal) -> User:
    return member(draft, MemberRole.EDITOR, first_name="Bo", last_name="Claes")


class TestAsking:
    def test_the_colleague_gets_a_mail(
        self, draft: Proposal, editor: User, colleague: User
    ) -> None:
        ask(draft, editor, colleague, note="Met cijfers graag.")
        mail = OutboxMail.objects.get()
        assert mail.recipient == colleague
        assert mail.subject == (
            "NOG NIET INGEDIEND: An Editor vraagt u om D. Probleem en behoefte in te vullen "
            f"({draft.reference})"
        )
        assert "Klaar tegen: 10 maart 2027" in mail.text
        assert "Met cijfers graag." in mail.text

    def test_who_takes_it_himself_gets_none(self, draft: Proposal, editor: User) -> None:
        ask(draft, editor, editor)
        assert not OutboxMail.objects.exists()

    def test_asking_somebody_else_replaces_the_request(
        self, draft: Proposal, editor: User, colleague: User
    ) -> None:
        first = ask(draft, editor, editor)
        finish_assignment(assignment=first, by=editor)
        ask(draft, editor, colleague)
        only = draft.section_assignments.get()
        assert (only.assignee, only.done_at) == (colleague, None)

    def test_only_who_may_write(self, draft: Proposal, editor: User) -> None:
        for person in (
            member(draft, MemberRole.READER),
            UserFactory(),
            member(draft, is_active=False),
        ):
            with pytest.raises(ValidationError) as refusal:
                ask(draft, editor, person)
            assert list(refusal.value.message_dict) == ["assignee"]

    @pytest.mark.parametrize(
        ("due_on", "sentence"),
        [
            (date(2027, 2, 28), "Deze dag is al voorbij. Kies een latere dag."),
            (
                date(2027, 4, 1),
                "Indienen kan tot en met 31 maart 2027. Kies een dag die niet later valt.",
            ),
        ],
    )
    def test_a_day_between_today_and_the_end(
        self, draft: Proposal, editor: User, due_on: date, sentence: str
    ) -> None:
        draft.call.rounds.update(closes_at=datetime(2027, 4, 1, tzinfo=BRUSSELS))
        with pytest.raises(ValidationError) as refusal:
            ask(draft, editor, editor, due_on=due_on)
        assert refusal.value.message_dict == {"due_on": [sentence]}
        assert ask(draft, editor, editor, due_on=date(2027, 3, 31)).pk
        assert ask(draft, editor, editor, due_on=date(2027, 3, 1)).pk

    def test_refusals(self, draft: Proposal, editor: User, colleague: User) -> None:
        with pytest.raises(PermissionDenied):
            ask(draft, member(draft, MemberRole.READER), colleague)
        with pytest.raises(ValidationError):
            ask(draft, editor, colleague, section=CallFactory().sections.get(code="D"))
        sent = ProposalFactory(submitted=True)
        with pytest.raises(ValidationError):
            ask(sent, member(sent), member(sent))


class TestPages:
    def test_asked_on_the_page_and_seen_in_the_list(
        self, draft: Proposal, editor: User, colleague: User
    ) -> None:
        client = signed_in(editor)
        address = reverse("projects:assign", args=[draft.reference, "D"])
        assert "NOG NIET INGEDIEND" in client.get(address).content.decode()
        data = {"assignee": colleague.pk, "due_on": "10/03/2027", "note": "Graag snel"}
        assert client.post(address, data).status_code == 302
        html = client.get(draft.get_absolute_url()).content.decode()
        assert "Bo Claes" in html
        assert "tegen 10 maart 2027" in html
        assert "Graag snel" in client.get(address).content.decode()

    @pytest.mark.parametrize(
        ("data", "field", "sentence"),
        [
            ({"assignee": "", "due_on": "2027-03-10"}, "assignee", "Kies een collega."),
            (
                {"assignee": "x", "due_on": "2027-03-10"},
                "assignee",
                "Kies een collega uit de lijst.",
            ),
            ({"due_on": ""}, "due_on", "Kies een dag."),
            ({"due_on": "binnenkort"}, "due_on", "Schrijf een datum, bijvoorbeeld 14/06/2026."),
            ({"due_on": "01/01/2027"}, "due_on", "Deze dag is al voorbij. Kies een latere dag."),
        ],
    )
    def test_clumsy_input_is_explained_and_kept(
        self,
        draft: Proposal,
        editor: User,
        colleague: User,
        data: dict[str, Any],
        field: str,
        sentence: str,
    ) -> None:
        address = reverse("projects:assign", args=[draft.reference, "D"])
        typed = {"assignee": colleague.pk, "note": "Blijft <b>staan</b> 🚀", **data}
        response = signed_in(editor).post(address, typed)
        assert response.status_code == 200
        assert response.context["form"].errors == {field: [sentence]}
        assert "Blijft &lt;b&gt;staan&lt;/b&gt; 🚀" in response.content.decode()

    def test_done_by_a_press_on_the_dashboard(
        self, draft: Proposal, editor: User, colleague: User
    ) -> None:
        ask(draft, editor, colleague)
        client = signed_in(colleague)
        home = client.get(reverse("dashboard:home")).content.decode()
        assert "Aan u toegewezen" in home
        assert "Klaar tegen 10 maart 2027, gevraagd door An Editor." in home
        done = reverse("projects:finish_assignment", args=[draft.reference, "D"])
        assert [client.post(done).status_code for _ in range(2)] == [302, 302]
        assert draft.section_assignments.get().done_at is not None
        assert "Aan u toegewezen" not in client.get(reverse("dashboard:home")).content.decode()

    def test_taken_back(self, draft: Proposal, editor: User, colleague: User) -> None:
        ask(draft, editor, colleague)
        done = reverse("projects:finish_assignment", args=[draft.reference, "D"])
        assert signed_in(editor).post(done, {"act": "end"}).status_code == 302
        assert not draft.section_assignments.exists()
        assert signed_in(editor).post(done).status_code == 404

    def test_who_may_not(self, draft: Proposal, editor: User, colleague: User) -> None:
        ask(draft, editor, colleague)
        assign = reverse("projects:assign", args=[draft.reference, "D"])
        done = reverse("projects:finish_assignment", args=[draft.reference, "D"])
        draft.team_may_view = True
        draft.save()
        people = {
            "reader": member(draft, MemberRole.READER),
            "stranger": UserFactory(),
            "team": UserFactory(roles=[StaffRole.TEAM_MEMBER]),
        }
        found = {
            name: (signed_in(one).get(assign).status_code, signed_in(one).post(done).status_code)
            for name, one in people.items()
        }
        assert found == {"reader": (403, 403), "stranger": (404, 404), "team": (404, 404)}
        assert draft.section_assignments.get().done_at is None

    def test_a_colleague_who_left_shows_as_such(
        self, draft: Proposal, editor: User, colleague: User
    ) -> None:
        ask(draft, editor, colleague)
        colleague.memberships.all().delete()
        html = signed_in(editor).get(draft.get_absolute_url()).content.decode()
        assert "werkt hier niet meer aan mee" in html
        assert assigned_to(User.objects.get(pk=colleague.pk)) == []

    def test_three_and_three_hundred_cost_the_same(self, editor: User, draft: Proposal) -> None:
        def fill(count: int) -> None:
            for _ in range(count):
                proposal = ProposalFactory(organisation=draft.organisation, call=draft.call)
                SectionAssignment.objects.create(
                    proposal=proposal,
                    section=draft.call.sections.get(code="D"),
                    assignee=editor,
                    due_on=DUE,
                    assigned_by=editor,
                )

        fill(3)
        client = signed_in(editor)
        home = reverse("dashboard:home")
        client.get(home)
        few = queries(lambda: client.get(home))
        fill(297)
        assert len(assigned_to(editor)) == 300
        assert queries(lambda: client.get(home)) == few
        assert few <= 27


class TestReminders:
    def test_two_days_before_and_on_the_day(
        self, draft: Proposal, editor: User, colleague: User, time_machine: Any
    ) -> None:
        ask(draft, editor, colleague)
        OutboxMail.objects.all().delete()
        seed_offsets()
        plan_reminders()
        planned = Reminder.objects.filter(rule="projects.section_assigned").order_by("due_at")
        due = list(planned.values_list("recipient", "due_at"))
        assert due == [
            (colleague.pk, datetime(2027, 3, 9, 0, 0, tzinfo=BRUSSELS)),
            (colleague.pk, datetime(2027, 3, 11, 0, 0, tzinfo=BRUSSELS)),
        ]
        time_machine.move_to(datetime(2027, 3, 9, 0, 1, tzinfo=BRUSSELS), tick=False)
        send_due_reminders()
        mail = OutboxMail.objects.get(kind="projects.section_assigned")
        assert mail.subject == (
            f"NOG NIET INGEDIEND: D. Probleem en behoefte van {draft.reference} moet klaar zijn "
            "tegen 10 maart 2027"
        )
        finish_assignment(assignment=draft.section_assignments.get(), by=colleague)
        time_machine.move_to(datetime(2027, 3, 11, 0, 1, tzinfo=BRUSSELS), tick=False)
        plan_reminders()
        send_due_reminders()
        assert OutboxMail.objects.count() == 1

    def test_when_it_makes_no_sense(self, draft: Proposal, editor: User, colleague: User) -> None:
        assignment = ask(draft, editor, colleague)
        assert section_still_open(assignment, colleague) is True
        assert section_still_open(assignment, editor) == (
            "Het deel is nu aan iemand anders toegewezen."
        )
        colleague.memberships.update(role=MemberRole.READER)
        fresh = User.objects.get(pk=colleague.pk)
        assert section_still_open(assignment, fresh) == (
            "Deze persoon werkt niet meer aan dit voorstel."
        )
        done = finish_assignment(assignment=assignment, by=editor)
        assert section_still_open(done, colleague) == "Het deel is klaar."
        withdraw_proposal(proposal=draft, by=member(draft), reason="Toch niet.")
        assignment.refresh_from_db()
        assignment.proposal.refresh_from_db()
        assignment.done_at = None
        assert section_still_open(assignment, colleague) == (
            "Het voorstel kan niet meer gewijzigd worden."
        )

    def test_what_was_taken_back_is_forgotten(self, draft: Proposal, editor: User) -> None:
        end_assignment(assignment=ask(draft, editor, editor), by=editor)
        assert not draft.section_assignments.exists()
