"""Handing in: who, when, once; what is frozen, and what people get."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.utils import timezone

from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from calls.lifecycle import CallState
from common.moments import BRUSSELS
from documents.models import Job
from notifications.models import OutboxMail
from projects.content import canonical_text, fingerprint, proposal_content
from projects.draft import load_draft
from projects.lifecycle import PROPOSAL_LIFECYCLE, ProposalState
from projects.models import Proposal, ProposalVersion, SectionAnswers
from projects.services import save_answers, submit_proposal, withdraw_proposal
from projects.services.submission import RECEIPT_KIND, TooLate
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory
from tests.projects.conftest import member, signed_in
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db


def submit(proposal: Proposal, **kwargs: Any) -> ProposalVersion:
    return submit_proposal(
        proposal=proposal,
        by=kwargs.get("by") or member(proposal),
        arrived_at=kwargs.get("at") or timezone.now(),
    )


class TestWho:
    @pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.EDITOR])
    def test_only_a_submitter_and_the_sentence_names_who_may(
        self, ready: Proposal, role: MemberRole
    ) -> None:
        member(ready, first_name="Karin", last_name="Indiener")
        with pytest.raises(PermissionDenied) as refusal:
            submit(ready, by=member(ready, role))
        assert str(refusal.value) == (
            "Alleen een indiener of beheerder van de organisatie mag dit voorstel indienen. "
            "Vraag het aan: Karin Indiener."
        )

    def test_without_any_submitter_the_sentence_names_nobody(self, ready: Proposal) -> None:
        with pytest.raises(PermissionDenied) as refusal:
            submit(ready, by=UserFactory())
        assert str(refusal.value) == (
            "Alleen een indiener of beheerder van de organisatie mag dit voorstel indienen."
        )


class TestWhen:
    """Arrival decides; the closing instant itself is too late (domain.md 0.8)."""

    @pytest.mark.parametrize(
        "closes_at",
        [
            datetime(2026, 6, 15, 0, 0, tzinfo=BRUSSELS),
            datetime(2026, 3, 30, 0, 0, tzinfo=BRUSSELS),  # the night summer time began
            datetime(2026, 10, 26, 0, 0, tzinfo=BRUSSELS),  # the night it ended
        ],
    )
    @pytest.mark.parametrize(("seconds", "in_time"), [(-1, True), (0, False), (1, False)])
    def test_at_the_edge(
        self, ready: Proposal, closes_at: datetime, seconds: int, in_time: bool
    ) -> None:
        opens_at = closes_at - timedelta(days=60)
        ready.call.rounds.update(opens_at=opens_at, closes_at=closes_at)
        arrived = closes_at.astimezone(UTC) + timedelta(seconds=seconds)
        if in_time:
            version = submit(ready, at=arrived)
            assert version.arrived_at == arrived
            assert version.proposal.submitted_at == arrived
            return
        with pytest.raises(TooLate) as refusal:
            submit(ready, at=arrived)
        assert "24.00 uur" in refusal.value.messages[0]
        assert "Uw ontwerp blijft bewaard" in refusal.value.messages[0]
        ready.refresh_from_db()
        assert ready.state == ProposalState.DRAFT

    def test_a_late_attempt_is_kept_as_evidence(self, ready: Proposal) -> None:
        by = member(ready)
        closes_at = ready.call.rounds.get().closes_at
        with pytest.raises(TooLate):
            submit(ready, by=by, at=closes_at)
        event = AuditEvent.objects.about(ready).get()
        assert event.action == "proposal.submit_refused"
        assert event.actor == by
        processed_at = datetime.fromisoformat(event.data.pop("processed_at"))
        assert timedelta(0) <= timezone.now() - processed_at < timedelta(minutes=1)
        would_be = proposal_content(
            load_draft(Proposal.objects.get(pk=ready.pk)),
            version=1,
            arrived_at=closes_at,
            submitted_by=str(by),
            submission_round=ready.call.rounds.get(),
        )
        assert event.data == {
            "arrived_at": closes_at.isoformat(),
            "code": "late",
            "sha256": fingerprint(would_be),
        }

    def test_before_opening_the_sentence_says_from_when(self, ready: Proposal) -> None:
        opens_at = datetime(2030, 1, 10, 9, 0, tzinfo=BRUSSELS)
        ready.call.rounds.update(opens_at=opens_at, closes_at=opens_at + timedelta(days=30))
        with pytest.raises(TooLate) as refusal:
            submit(ready)
        assert refusal.value.messages == [
            "Indienen kan vanaf 10 januari 2030 om 09.00 uur. U kunt uw voorstel nu al opmaken."
        ]

    def test_a_call_that_is_not_public_takes_nothing(self) -> None:
        ready = complete_draft(call=CallFactory(state=CallState.CONCEPT))
        with pytest.raises(TooLate) as refusal:
            submit(ready)
        assert refusal.value.messages == ["Deze oproep neemt geen voorstellen aan."]


class TestWhat:
    def test_everything_that_is_missing_has_a_sentence(self, ready: Proposal) -> None:
        ready.summary = ready.signatory_name = ""
        ready.own_budget_secured = None
        ready.save()
        ready.cost_lines.all().delete()
        SectionAnswers.objects.all().delete()
        ready.organisation.is_verified = False
        ready.organisation.save()
        with pytest.raises(ValidationError) as refusal:
            submit(ready)
        assert refusal.value.messages == [
            "Uw organisatie is nog niet nagekeken. Het PIO-team doet dat; u kunt intussen verder"
            " werken.",
            "Vul in: Publieke samenvatting.",
            "Vul in: Verantwoordelijke ondertekenaar.",
            "Beantwoord: Welk probleem?",
            "Vul minstens één lijn van de raming in.",
            "Zeg of uw eigen budget vastligt.",
            "Vink aan: De gegevens zijn juist.",
        ]

    def test_what_is_frozen(self, ready: Proposal) -> None:
        version = submit(ready)
        content = version.content
        assert content["reference"] == ready.reference
        assert content["organisation"]["name"] == ready.organisation.name
        assert [part["code"] for part in content["sections"]] == ["A", "C", "D", "J", "K", "L"]
        assert content["sections"][2]["items"][0] == {
            "key": "probleem",
            "label": "Welk probleem?",
            "type": "text",
            "value": "De riolen lopen over.",
            "text": "De riolen lopen over.",
        }
        assert content["estimate"]["total"] == "121000.00"
        assert content["estimate"]["requested"] == "60500.00"
        ready.refresh_from_db()
        assert str(ready.total_cost) == "121000.00"
        assert str(ready.requested_amount) == "60500.00"
        assert ready.round == ready.call.rounds.get()

    def test_the_hash_can_be_computed_again_from_the_database(self, ready: Proposal) -> None:
        version = ProposalVersion.objects.get(pk=submit(ready).pk)
        assert version.sha256 == fingerprint(version.content)
        assert " :" not in canonical_text({"b": 1, "a": [1, 2]})
        assert canonical_text({"b": 1, "a": [1, 2]}) == '{"a":[1,2],"b":1}'

    def test_the_database_refuses_to_change_a_version(self, ready: Proposal) -> None:
        version = submit(ready)
        with pytest.raises(InternalError), transaction.atomic():
            ProposalVersion.objects.filter(pk=version.pk).update(sha256="0" * 64)
        with pytest.raises(InternalError), transaction.atomic():
            ProposalVersion.objects.filter(pk=version.pk).delete()


class TestOnce:
    def test_pressing_again_gives_the_same_version_mail_and_job(self, ready: Proposal) -> None:
        by = member(ready)
        first = submit(ready, by=by)
        again = submit(ready, by=by)
        late = submit(ready, by=by, at=timezone.now() + timedelta(days=365))
        assert first == again == late
        assert ready.versions.count() == 1
        assert AuditEvent.objects.filter(action="proposal.submit").count() == 1
        assert Job.objects.filter(kind=RECEIPT_KIND).count() == 1
        addresses = OutboxMail.objects.filter(kind="projects.receipt").values_list(
            "address", flat=True
        )
        assert sorted(addresses) == sorted([by.email, "an.peeters@voorbeeld.test"])

    def test_the_mail_says_that_it_was_received(self, ready: Proposal) -> None:
        version = submit(ready)
        mail = OutboxMail.objects.filter(kind="projects.receipt").first()
        assert mail is not None
        assert mail.subject == f"Ontvangen: {ready.reference} – {ready.title}"
        assert version.sha256 in mail.text
        assert "is ingediend" in mail.text

    def test_the_contact_who_submits_gets_one_mail(self, ready: Proposal) -> None:
        submit(ready, by=member(ready, email="an.peeters@voorbeeld.test"))
        assert OutboxMail.objects.filter(kind="projects.receipt").count() == 1


def declare_incomplete(proposal: Proposal) -> None:
    with transaction.atomic():
        proposal.refresh_from_db()
        PROPOSAL_LIFECYCLE.perform(
            proposal,
            "mark_incomplete",
            actor=UserFactory(roles=[StaffRole.TEAM_MEMBER]),
            comment="De bijlage ontbreekt.",
        )


class TestAgain:
    def test_incomplete_may_be_handed_in_again_and_keeps_both_versions(
        self, ready: Proposal
    ) -> None:
        by = member(ready)
        first = submit(ready, by=by)
        declare_incomplete(ready)
        page = signed_in(by).get(ready.get_absolute_url()).content.decode()
        assert "ONVOLLEDIG – NOG NIET OPNIEUW INGEDIEND" in page
        assert "De bijlage ontbreekt." in page
        section = ready.call.sections.get(code="D")
        save_answers(
            proposal=ready,
            section=section,
            answers={"probleem": "Aangevuld.", "toelichting": ""},
            version=1,
            by=by,
        )
        second = submit(ready, by=by)
        assert [first.number, second.number] == [1, 2]
        assert first.sha256 != second.sha256
        assert second.content["sections"][2]["items"][0]["text"] == "Aangevuld."
        assert OutboxMail.objects.filter(kind="projects.receipt").count() == 4

    @pytest.mark.parametrize(("seconds", "in_time"), [(-1, True), (0, False)])
    def test_after_the_round_the_correction_days_count(
        self, ready: Proposal, time_machine: Any, seconds: int, in_time: bool
    ) -> None:
        """Ten calendar days after the notice, until 24.00 uur."""
        ready.call.correction_days = 10
        ready.call.save()
        by = member(ready)
        submit(ready, by=by)
        ready.call.rounds.update(closes_at=timezone.now())
        time_machine.move_to(datetime(2027, 3, 22, 15, 0, tzinfo=BRUSSELS), tick=False)
        declare_incomplete(ready)
        until = datetime(2027, 4, 2, 0, 0, tzinfo=BRUSSELS)  # over the change to summer time
        ready.refresh_from_db()
        assert ready.correction_until == until
        arrived = until.astimezone(UTC) + timedelta(seconds=seconds)
        if in_time:
            assert submit(ready, by=by, at=arrived).number == 2
        else:
            with pytest.raises(TooLate):
                submit(ready, by=by, at=arrived)

    def test_without_correction_days_only_the_round_counts(self, ready: Proposal) -> None:
        by = member(ready)
        submit(ready, by=by)
        declare_incomplete(ready)
        ready.refresh_from_db()
        assert ready.correction_until is None
        with pytest.raises(TooLate):
            submit(ready, by=by, at=ready.call.rounds.get().closes_at)


class TestWithdraw:
    def test_a_reason_is_needed_and_kept(self, ready: Proposal) -> None:
        by = member(ready)
        with pytest.raises(ValidationError) as refusal:
            withdraw_proposal(proposal=ready, by=by, reason="  ")
        assert refusal.value.message_dict == {"reason": ["Schrijf waarom u het voorstel intrekt."]}
        withdrawn = withdraw_proposal(proposal=ready, by=by, reason="Geen budget meer.")
        assert withdrawn.state == ProposalState.WITHDRAWN
        assert AuditEvent.objects.about(ready).get().comment == "Geen budget meer."

    def test_a_withdrawn_proposal_cannot_be_handed_in(self, ready: Proposal) -> None:
        by = member(ready)
        withdraw_proposal(proposal=ready, by=by, reason="Geen budget meer.")
        with pytest.raises(ValidationError) as refusal:
            submit(ready, by=by)
        assert refusal.value.messages == [
            "“Indienen” kan niet meer: de status is nu “Ingetrokken”."
        ]

    def test_an_editor_may_not(self, ready: Proposal) -> None:
        with pytest.raises(PermissionDenied):
            withdraw_proposal(proposal=ready, by=member(ready, MemberRole.EDITOR), reason="Nee")
