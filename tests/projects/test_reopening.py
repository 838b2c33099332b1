"""Reopening until the closing: the last version counts until the next one is there."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from calls.models import CostPhase, Theme
from common.lifecycle import TransitionRefused
from evaluations.services import check_completeness
from notifications.models import OutboxMail
from projects.content import proposal_content
from projects.draft import load_draft
from projects.lifecycle import ProposalState
from projects.models import CostLine, Proposal, ProposalVersion
from projects.services import (
    cancel_reopening,
    reopen_proposal,
    save_answers,
    save_estimate,
    save_general,
    save_partners,
    settle_reopened,
    submit_proposal,
    withdraw_proposal,
)
from projects.services.drafting import GENERAL_FIELDS
from projects.services.submission import TooLate
from projects.tasks import settle_reopened as settle_task
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db
SECRET = "Geheime nieuwe titel"


def fresh(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_related(
        "call", "round", "organisation", "theme", "previous"
    ).get(pk=proposal.pk)


@pytest.fixture
def by(ready: Proposal) -> User:
    return member(ready)


@pytest.fixture
def first(ready: Proposal, by: User) -> ProposalVersion:
    ready.theme = Theme.objects.create(name="Water", slug="water")
    ready.save()
    ready.partners.create(name="Stad Voorbeeld", kbo="0207500123", role="Proefterrein")
    return submit_proposal(proposal=ready, by=by, arrived_at=timezone.now())


@pytest.fixture
def reopened(first: ProposalVersion, by: User) -> Proposal:
    reopen_proposal(proposal=first.proposal, by=by)
    return fresh(first.proposal)


def change_everything(proposal: Proposal, by: User) -> None:
    """Every section gets another text."""
    sections = {section.code: section for section in proposal.call.sections.all()}
    save_general(
        proposal=proposal,
        section=sections["A"],
        values={**{name: getattr(proposal, name) for name in GENERAL_FIELDS}, "title": SECRET}
        | {"summary": "Andere samenvatting", "theme": None},
        version=0,
        by=by,
    )
    save_partners(
        proposal=proposal,
        section=sections["C"],
        rows=[
            {
                "name": "Geheime partner",
                "kbo": "",
                "role": "",
                "contribution": "",
                "has_letter_of_intent": True,
            }
        ],
        version=0,
        by=by,
    )
    save_answers(
        proposal=proposal,
        section=sections["D"],
        answers={"probleem": "Iets anders.", "toelichting": "Meer"},
        version=1,
        by=by,
    )
    save_estimate(
        proposal=proposal,
        section=sections["J"],
        lines=[
            {
                "phase": CostPhase.DEVELOPMENT,
                "description": "Duurder",
                "amount": Decimal(500000),
                "vat_rate": CostLine.VatRate.STANDARD,
                "vat_recoverable": False,
            }
        ],
        other_subsidies=None,
        own_budget_secured=False,
        ceiling_reason="",
        version=0,
        by=by,
    )


def working_content(proposal: Proposal, version: ProposalVersion) -> dict[str, Any]:
    return proposal_content(
        load_draft(fresh(proposal)),
        version=version.number,
        arrived_at=version.arrived_at,
        submitted_by=version.content["submitted_by"],
        submission_round=proposal.round,
    )


class TestWho:
    def test_only_a_submitter(self, first: ProposalVersion) -> None:
        with pytest.raises(PermissionDenied):
            reopen_proposal(proposal=first.proposal, by=member(first.proposal, MemberRole.EDITOR))

    def test_not_after_the_closing(self, first: ProposalVersion, by: User) -> None:
        first.proposal.call.rounds.update(closes_at=timezone.now())
        with pytest.raises(ValidationError) as refusal:
            reopen_proposal(proposal=first.proposal, by=by)
        assert refusal.value.messages == [
            "De ronde is gesloten. Wat u indiende, telt en kan niet meer wijzigen."
        ]

    def test_not_once_it_is_checked(self, first: ProposalVersion, by: User) -> None:
        team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
        check_completeness(proposal=first.proposal, by=team, is_complete=True)
        with pytest.raises(ValidationError) as refusal:
            reopen_proposal(proposal=first.proposal, by=by)
        assert refusal.value.messages == [
            "Dit voorstel kan niet heropend worden: de status is nu “Volledig”."
        ]

    def test_twice_is_once(self, reopened: Proposal, by: User) -> None:
        again = reopen_proposal(proposal=reopened, by=by)
        assert again.reopened_at == reopened.reopened_at
        assert AuditEvent.objects.filter(action="proposal.reopened").count() == 1


class TestAgain:
    def test_a_second_version_and_both_are_kept(
        self, reopened: Proposal, first: ProposalVersion, by: User
    ) -> None:
        change_everything(reopened, by)
        second = submit_proposal(proposal=reopened, by=by, arrived_at=timezone.now(), after=1)
        assert [second.number, second.title] == [2, SECRET]
        assert ProposalVersion.objects.get(pk=first.pk).title == first.title
        found = fresh(reopened)
        assert (found.state, found.reopened_at) == (ProposalState.SUBMITTED, None)
        assert found.submitted_at == second.arrived_at
        assert not found.can_be_edited
        assert OutboxMail.objects.filter(kind="projects.receipt").count() == 4

    def test_the_window_counts_not_a_job(self, reopened: Proposal, time_machine: Any) -> None:
        assert reopened.can_be_edited
        closes_at = reopened.call.rounds.get().closes_at
        time_machine.move_to(closes_at - timedelta(seconds=1), tick=False)
        assert fresh(reopened).can_be_edited
        time_machine.move_to(closes_at, tick=False)
        assert not fresh(reopened).can_be_edited

    def test_late_is_evidence_and_the_first_counts(
        self, reopened: Proposal, first: ProposalVersion, by: User
    ) -> None:
        with pytest.raises(TooLate) as refusal:
            submit_proposal(proposal=reopened, by=by, arrived_at=reopened.round.closes_at, after=1)
        assert refusal.value.messages == [
            "U kunt geen nieuwe versie meer indienen: de ronde is gesloten. Versie 1, die u eerder "
            "indiende, telt."
        ]
        event = AuditEvent.objects.get(action="proposal.submit_refused")
        assert len(event.data["sha256"]) == 64
        assert fresh(reopened).latest_version == first

    def test_pressing_on_an_old_page_is_never_told_that_all_is_well(
        self, first: ProposalVersion, by: User
    ) -> None:
        """The reopening was cancelled in another tab, or has lapsed."""
        with pytest.raises(ValidationError) as refusal:
            submit_proposal(proposal=first.proposal, by=by, arrived_at=timezone.now(), after=1)
        assert refusal.value.messages == [
            "Er is geen nieuwe versie ingediend: het voorstel is niet heropend. Versie 1 telt."
        ]
        closes_at = first.proposal.round.closes_at
        with pytest.raises(TooLate):
            submit_proposal(proposal=first.proposal, by=by, arrived_at=closes_at, after=1)

    def test_an_extension_also_lets_it_reopen(self, first: ProposalVersion, by: User) -> None:
        first.proposal.call.rounds.update(closes_at=timezone.now())
        Proposal.objects.filter(pk=first.proposal_id).update(
            extended_until=timezone.now() + timedelta(hours=2)
        )
        assert reopen_proposal(proposal=first.proposal, by=by).reopened_at is not None


class TestBack:
    """Cancelled, or lapsed: every row agrees with the frozen version again."""

    def test_cancel(self, reopened: Proposal, first: ProposalVersion, by: User) -> None:
        kept = reopened.partners.get()
        kept_version = kept.version
        change_everything(reopened, by)
        assert working_content(reopened, first) != first.content
        cancel_reopening(proposal=reopened, by=by)
        assert working_content(reopened, first) == first.content
        found = fresh(reopened)
        assert (found.title, found.reopened_at) == (first.title, None)
        assert str(found.total_cost) == first.content["estimate"]["total"]
        assert kept_version == 1
        saved = found.sections.get(section__code="D")
        assert saved.version == 3  # so that a page that is still open clashes

    def test_a_partner_that_stayed_keeps_its_people(self, reopened: Proposal, by: User) -> None:
        partner = reopened.partners.get()
        partner.accesses.create(user=UserFactory(), invited_by=by)
        reopened.partners.update(role="Anders")
        cancel_reopening(proposal=reopened, by=by)
        assert fresh(reopened).partners.get() == partner
        assert fresh(reopened).partners.get().role == "Proefterrein"
        assert partner.accesses.count() == 1

    def test_only_what_is_reopened(self, first: ProposalVersion, by: User) -> None:
        with pytest.raises(ValidationError) as refusal:
            cancel_reopening(proposal=first.proposal, by=by)
        assert refusal.value.messages == ["Dit voorstel is niet heropend."]

    def test_the_job_leaves_what_may_still_arrive(
        self, reopened: Proposal, by: User, time_machine: Any
    ) -> None:
        closes_at = reopened.round.closes_at
        for moment in (closes_at - timedelta(days=1), closes_at + timedelta(minutes=9)):
            time_machine.move_to(moment, tick=False)
            assert settle_reopened() == 0
        late = submit_proposal(
            proposal=reopened, by=by, arrived_at=closes_at - timedelta(seconds=1), after=1
        )
        assert late.number == 2

    def test_the_job_ends_it_once_and_tells_which_version_counts(
        self, reopened: Proposal, first: ProposalVersion, by: User, time_machine: Any
    ) -> None:
        change_everything(reopened, by)
        time_machine.move_to(reopened.round.closes_at + timedelta(minutes=11), tick=False)
        settle_task()
        settle_task()
        assert working_content(reopened, first) == first.content
        mail = OutboxMail.objects.get(kind="projects.reopening_lapsed")
        assert mail.address == by.email
        assert mail.subject == f"Versie 1 telt: {reopened.reference} – {first.title}"
        assert SECRET not in mail.text
        events = AuditEvent.objects.about(reopened).order_by("pk").values_list("action", flat=True)
        assert list(events)[-2:] == ["proposal.text_put_back", "proposal.reopening_lapsed"]

    def test_withdrawing_keeps_the_changes_and_staff_read_the_version(
        self, reopened: Proposal, by: User
    ) -> None:
        change_everything(reopened, by)
        withdraw_proposal(proposal=reopened, by=by, reason="Geen budget.")
        found = fresh(reopened)
        assert (found.title, found.reopened_at) == (SECRET, None)
        assert Proposal.objects.as_submitted().get(pk=found.pk).title != SECRET


class TestStaff:
    """Nothing of the working text, and no check while it may change."""

    @pytest.fixture
    def team(self) -> User:
        return UserFactory(roles=[StaffRole.TEAM_MEMBER])

    def test_the_check_waits(self, reopened: Proposal, team: User) -> None:
        for is_complete in (True, False):
            with pytest.raises(ValidationError) as refusal:
                check_completeness(
                    proposal=reopened, by=team, is_complete=is_complete, remarks="Te weinig"
                )
            assert not isinstance(refusal.value, TransitionRefused)
            assert refusal.value.messages == [
                "De aanvrager heropende dit voorstel en kan tot het einde van de indienronde een "
                "nieuwe versie indienen. Daarna kunt u het nakijken."
            ]

    @pytest.mark.parametrize("consent", [False, True])
    @pytest.mark.parametrize("state", [ProposalState.SUBMITTED, ProposalState.INCOMPLETE])
    def test_nothing_leaks(
        self, reopened: Proposal, team: User, by: User, consent: bool, state: str
    ) -> None:
        change_everything(reopened, by)
        Proposal.objects.filter(pk=reopened.pk).update(team_may_view=consent, state=state)
        client = signed_in(team)
        ref = reopened.reference
        for url in (
            "/beheer/",
            reverse("evaluations:files"),
            reverse("evaluations:files") + "?sort=title",
            reverse("evaluations:files") + "?sort=-requested_amount",
            reverse("evaluations:file", args=[ref]),
            reverse("evaluations:completeness", args=[ref]),
            reverse("evaluations:history", args=[ref]),
            reverse("projects:proposal", args=[ref]),
            reverse("projects:version", args=[ref, 1]),
            reverse("projects:receipt", args=[ref, 1]),
        ):
            answer = client.get(url)
            assert answer.status_code == 200, url
            page = answer.content.decode()
            for secret in (SECRET, "Geheime partner", "Andere samenvatting", "605.000", "250.000"):
                assert secret not in page, (url, secret)
        for name in ("section", "check"):
            args = [ref, "D"] if name == "section" else [ref]
            assert client.get(reverse(f"projects:{name}", args=args)).status_code == 404

    def test_search_and_filter_find_what_was_handed_in(
        self, reopened: Proposal, first: ProposalVersion, team: User, by: User
    ) -> None:
        theme = reopened.theme
        change_everything(reopened, by)
        client = signed_in(team)
        url = reverse("evaluations:files")

        def found(**query: Any) -> bool:
            return reopened.reference in client.get(url, query).content.decode()

        assert not found(q=SECRET)
        assert found(q=first.title)
        assert found(theme=theme.pk)

    def test_the_page_of_a_file_costs_the_same_for_many(
        self, reopened: Proposal, team: User, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(3):
            assert len(Proposal.objects.as_submitted()) == 1


class TestPages:
    def test_what_the_applicant_reads(self, first: ProposalVersion, by: User) -> None:
        client = signed_in(by)
        own = first.proposal.get_absolute_url()
        assert "Voorstel heropenen en wijzigen" in client.get(own).content.decode()
        reopen = reverse("projects:reopen", args=[first.proposal.reference])
        assert "blijft tellen" in client.get(reopen).content.decode()
        page = client.post(reopen, follow=True).content.decode()
        assert "Versie 1 is ingediend en telt. Uw wijzigingen zijn NOG NIET INGEDIEND." in page
        for name, args in (("check", []), ("section", ["D"])):
            url = reverse(f"projects:{name}", args=[first.proposal.reference, *args])
            page = client.get(url).content.decode()
            assert "Uw wijzigingen zijn NOG NIET INGEDIEND." in page
        page = client.get(reverse("projects:check", args=[first.proposal.reference]))
        assert "Nieuwe versie indienen" in page.content.decode()

    def test_handing_in_again_by_the_web(self, reopened: Proposal, by: User) -> None:
        client = signed_in(by)
        url = reverse("projects:submit", args=[reopened.reference])
        receipts = [client.post(url, {"after": "1"})["Location"] for _press in range(3)]
        assert set(receipts) == {reverse("projects:receipt", args=[reopened.reference, 2])}
        assert reopened.versions.count() == 2

    def test_a_stale_press_gets_a_sentence(self, first: ProposalVersion, by: User) -> None:
        client = signed_in(by)
        url = reverse("projects:submit", args=[first.proposal.reference])
        page = client.post(url, {"after": "1"}, follow=True).content.decode()
        assert "Er is geen nieuwe versie ingediend" in page

    def test_cancel_by_the_web(self, reopened: Proposal, by: User) -> None:
        client = signed_in(by)
        url = reverse("projects:cancel_reopening", args=[reopened.reference])
        assert "Gooi de wijzigingen weg" in client.get(url).content.decode()
        page = client.post(url, follow=True).content.decode()
        assert "Die versie telt." in page
        assert client.get(url).status_code == 302

    def test_the_dashboard_says_what_counts(self, reopened: Proposal, by: User) -> None:
        page = signed_in(by).get(reverse("dashboard:home")).content.decode()
        assert "HEROPEND" in page
