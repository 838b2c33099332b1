"""What an authority sees of its proposals, and what is asked of the database for it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.roles import MemberRole
from common.moments import BRUSSELS
from notifications.models import OutboxMail, Reminder
from notifications.services import plan_reminders, seed_offsets, send_due_reminders
from projects.models import Proposal
from projects.reminders import draft_still_open
from projects.selectors import own_proposals, proposals_for_dashboard
from projects.services import submit_proposal, withdraw_proposal
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import ProposalFactory, complete_draft

pytestmark = pytest.mark.django_db


def queries(run: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return len(captured)


class TestCards:
    def test_what_needs_doing_comes_first_with_its_next_step(self) -> None:
        organisation = OrganisationFactory()
        soon = CallFactory(window__closes=3)
        later = CallFactory(window__closes=20)
        empty = ProposalFactory(organisation=organisation, call=later, summary="")
        full = complete_draft(organisation=organisation, call=soon)
        sent = ProposalFactory(organisation=organisation, submitted=True)
        expired = ProposalFactory(
            organisation=organisation, call=CallFactory(window__opens=-9, window__closes=-1)
        )
        ProposalFactory()
        user = MembershipFactory(organisation=organisation, role=MemberRole.READER).user
        cards = proposals_for_dashboard(own_proposals(user, organisation))
        assert [card.proposal for card in cards] == [full, empty, sent, expired]
        assert cards[0].progress.percent == 100
        assert cards[0].next_step.url == reverse("projects:check", args=[full.reference])
        assert cards[1].next_step.text == "Nog 9 verplichte antwoorden in te vullen."
        assert cards[2].next_step.text == "Wij kijken na of uw voorstel volledig is."
        assert cards[3].is_expired
        assert cards[3].next_step.text.startswith("U kunt niet meer indienen")

    def test_a_stranger_sees_nothing(self, draft: Proposal) -> None:
        assert list(own_proposals(UserFactory(), draft.organisation)) == []
        assert list(own_proposals(UserFactory(), None)) == []

    def test_pages_of_many_follow_the_same_order(self) -> None:
        """What the database orders and what a page orders agree, so no card is lost between."""
        organisation = OrganisationFactory()
        user = MembershipFactory(organisation=organisation).user
        soon, later = CallFactory(window__closes=3), CallFactory(window__closes=20)
        self.fill(organisation, user, later, 30)
        self.fill(organisation, user, soon, 3, start=30)
        over = CallFactory(window__opens=-9, window__closes=-1)
        self.fill(organisation, user, over, 2, start=33)
        client = signed_in(user)
        shown: list[Proposal] = []
        for number, size in ((1, 25), (2, 10)):
            page = client.get(reverse("dashboard:home"), {"page": number}).context
            cards = [*page["to_finish"], *page["in_review"], *page["over"]]
            assert len(cards) == size
            shown += [card.proposal for card in cards]
        assert [p.call for p in shown] == [soon] * 3 + [later] * 30 + [over] * 2
        assert len({p.pk for p in shown}) == 35

    def fill(self, organisation: Organisation, by: User, call: Any, n: int, start: int = 0) -> None:
        Proposal.objects.bulk_create(
            Proposal(
                call=call,
                organisation=organisation,
                reference=f"{call.reference}-{number:04d}",
                title=f"Voorstel {number}",
                created_by=by,
            )
            for number in range(start, start + n)
        )


class TestQueryCeilings:
    """Pages of one proposal do not cost more when there are more proposals, versions or answers."""

    def test_pages_and_submit(self, ready: Proposal) -> None:
        user = member(ready)
        client = signed_in(user)
        page = {
            name: reverse(f"projects:{name}", args=[ready.reference])
            for name in ("proposal", "check")
        }
        page["section"] = reverse("projects:section", args=[ready.reference, "D"])
        # These are looked up once per process, by whichever test comes first.
        ContentType.objects.get_for_models(*apps.get_models())
        ceilings = {"proposal": 20, "check": 15, "section": 15}
        assert {
            n for n, top in ceilings.items() if queries(lambda n=n: client.get(page[n])) > top
        } == set()
        data = {"version": 1, "q_probleem": "Anders"}
        # The first save keeps what stood there before, too.
        assert queries(lambda: client.post(page["section"], data)) <= 43  # and the session
        data = {"version": 2, "q_probleem": "Nog anders"}
        assert queries(lambda: client.post(page["section"], data)) <= 36
        submit = partial(submit_proposal, proposal=ready, by=user, arrived_at=timezone.now())
        assert queries(submit) <= 35
        receipt = reverse("projects:receipt", args=[ready.reference, 1])
        assert queries(lambda: client.get(receipt)) <= 10


class TestReminders:
    def closing(self, closes_at: datetime) -> Proposal:
        call = CallFactory()
        call.rounds.update(closes_at=closes_at)
        return complete_draft(call=call, created_at=closes_at - timedelta(days=30))

    def test_editors_are_reminded_four_times(self, time_machine: Any) -> None:
        closes_at = datetime(2027, 6, 15, 0, 0, tzinfo=BRUSSELS)
        time_machine.move_to(closes_at - timedelta(days=20), tick=False)
        proposal = self.closing(closes_at)
        editor = member(proposal, MemberRole.EDITOR)
        submitter = member(proposal, MemberRole.SUBMITTER)
        member(proposal, MemberRole.READER)
        seed_offsets()
        plan_reminders()
        planned = Reminder.objects.filter(rule="projects.draft_not_submitted")
        assert set(planned.values_list("recipient", flat=True)) == {editor.pk, submitter.pk}
        moments = sorted(planned.filter(recipient=editor).values_list("due_at", flat=True))
        assert moments == [
            closes_at - timedelta(days=14),
            closes_at - timedelta(days=7),
            closes_at - timedelta(days=4),  # two days before is a Sunday
            closes_at - timedelta(hours=3),
        ]
        time_machine.move_to(closes_at - timedelta(days=14), tick=False)
        send_due_reminders()
        mail = OutboxMail.objects.filter(recipient=editor).get()
        assert mail.subject.startswith(f"NOG NIET INGEDIEND: {proposal.reference}")
        assert "14 juni 2027, 24.00 uur" in mail.text
        assert "U moet alleen nog indienen" in mail.text

    def test_the_reminder_plan_of_the_call_comes_before_that_of_the_portal(
        self, time_machine: Any
    ) -> None:
        closes_at = datetime(2027, 6, 15, 0, 0, tzinfo=BRUSSELS)
        time_machine.move_to(closes_at - timedelta(days=20), tick=False)
        proposal = self.closing(closes_at)
        member(proposal, MemberRole.EDITOR)
        proposal.call.reminder_moments.create(days=5)
        proposal.call.reminder_moments.create(days=0, hours=6)
        seed_offsets()
        plan_reminders()
        moments = Reminder.objects.order_by("due_at").values_list("due_at", flat=True)
        assert list(moments) == [closes_at - timedelta(days=5), closes_at - timedelta(hours=6)]

    def test_not_for_what_is_done(self, ready: Proposal) -> None:
        user = member(ready)
        assert draft_still_open(ready, user) is True
        reader = member(ready, MemberRole.READER)
        assert draft_still_open(ready, reader) == "Deze persoon werkt niet meer aan dit voorstel."
        submit_proposal(proposal=ready, by=user, arrived_at=timezone.now())
        ready.refresh_from_db()
        assert draft_still_open(ready, user) == "Het voorstel is ingediend."
        withdrawn = withdraw_proposal(proposal=ready, by=user, reason="Toch niet.")
        assert draft_still_open(withdrawn, user) == "Het voorstel is ingetrokken."
