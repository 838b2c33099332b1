"""One of each thing, and the people around it: what the walks over all addresses need.

A new room adds its thing to `World` and its parameters to `ARGUMENTS`. An address whose parameters
nobody can fill fails the walk with its name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import Signer
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Membership, SignedInDevice, User
from accounts.roles import MemberRole, StaffRole
from calls.models import Call, CallFollower, CallQuestion, CostPhase
from calls.services import start_form_change
from common.moments import today
from documents.models import Job, LegalDocument
from documents.services import request_document, store_file
from evaluations.lifecycle import AssignmentState
from evaluations.models import (
    AdviserProfile,
    Assignment,
    AssignmentRun,
    BulkRun,
    ConflictKind,
    ConflictOfInterest,
    Interest,
    InterestKind,
    SavedView,
    ScoreUpload,
)
from evaluations.services import accept_assignment, assign_adviser, notify_decision
from evaluations.services.feedback import ask_for_talk, plan_talk
from evaluations.services.meetings import add_to_agenda, plan_meeting
from funding.models import Agreement, BudgetLine, Commitment
from funding.services import (
    CostLine,
    ask_change,
    ask_reopening,
    claim_instalment,
    close_year,
    commit,
    default_plan,
    draft_agreement,
    open_instalment,
    pay_claim,
    plan_committee,
    plan_instalments,
    put_on_agenda,
    record_signature,
)
from notifications.models import CalendarFeed, OutboxMail, UnreachableAddress
from notifications.services.routing import STOP_SALT
from operations.models import BEAT, Heartbeat
from payments.models import BankAccount, BankFile, PaymentOrder
from payments.services import confirm_settlement, propose_settlement
from projects.models import Project, Proposal
from projects.services import save_answers
from projects.services.information import Asked, ask_information, default_due_on
from projects.services.obligations import add_obligation, deliver
from reporting.documents import REPORT_PDF, REPORT_XLSX, REPORT_ZIP, report_params
from reporting.models import ReportEdition
from retention.models import DestructionList, HoldReason, LegalHold, RetentionRule
from retention.services import ask
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import (
    BareCallFactory,
    CallDocumentFactory,
    CallFactory,
    RoundFactory,
)
from tests.evaluations.factories import Case
from tests.funding.acts import PNG, paid_claim
from tests.funding.factories import (
    BudgetYearFactory,
    GrantFactory,
    budget_line,
    commitment,
    programme_manager,
    request_with_document,
    upload,
)
from tests.payments.acts import IBAN, approved_of, bank_csv, bank_row
from tests.projects.factories import ProcurementFactory, ProjectFactory, ProposalFactory
from tests.rehearsals.factories import played


@dataclass
class World:
    """A call that is open with a draft, a call in assessment with a file, a project."""

    case: Case = field(default_factory=lambda: Case().accepted())

    def __post_init__(self) -> None:
        self.member: User = self.case.member
        self.organisation = self.case.proposal.organisation
        self.colleague: Membership = MembershipFactory(
            organisation=self.organisation, role=MemberRole.READER
        )
        stranger = MembershipFactory(role=MemberRole.MANAGER)
        self.other: User = stranger.user
        self.elsewhere = stranger.organisation
        self.call: Call = CallFactory()
        self.draft_call: Call = CallFactory(state="concept", window__opens=5)
        self.follower = CallFollower.objects.create(call=self.call, email="volger@voorbeeld.test")
        self.document = CallDocumentFactory(call=self.call)
        self.question = CallQuestion.objects.create(
            call=self.call, question="Mag een vzw indienen?", asker_email="vraag@voorbeeld.test"
        )
        self.changing_call: Call = CallFactory()
        start_form_change(call=self.changing_call, by=UserFactory(roles=[StaffRole.TEAM_MEMBER]))
        self.draft: Proposal = ProposalFactory(
            call=self.call,
            organisation=self.organisation,
            previous=ProposalFactory(organisation=self.organisation),
        )
        self.shared_draft: Proposal = ProposalFactory(
            call=self.call, organisation=self.organisation, team_may_view=True
        )
        save_answers(
            proposal=self.draft,
            section=self.call.sections.get(code="D"),
            answers={"probleem": "Een tekst", "toelichting": ""},
            version=0,
            by=self.member,
        )
        self.asked = ask_information(
            proposal=self.case.proposal,
            asked=[Asked("D", "probleem", "Hoeveel riolen?")],
            due_on=default_due_on(),
            by=self.case.team,
        )
        self._add_refusal()
        self._add_readers()
        self.draft.section_assignments.create(
            section=self.call.sections.get(code="D"),
            assignee=self.member,
            assigned_by=self.member,
            due_on=today() + timedelta(days=9),
        )
        self.partner = self.draft.partners.create(name="Stad Partner")
        self.partner_access = self.partner.accesses.create(
            user=UserFactory(), invited_by=self.member
        )
        self.project: Project = ProjectFactory(call=self.call, organisation=self.organisation)
        self.procurement = ProcurementFactory(project=self.project)
        self.phase = self.project.phases.create(phase=CostPhase.PREPARATION)
        self.obligation = deliver(
            obligation=add_obligation(
                project=self.project,
                title="Eindverslag",
                due_on=today() + timedelta(days=60),
                by=self.case.team,
            ),
            file=upload("eindverslag.pdf"),
            by=self.member,
        )
        self._add_money()
        self._add_committee()
        self._add_payments()
        self.job: Job = request_document(
            kind="calls.blank_form",
            params={"call": self.call.pk},
            requested_by=None,
            about=self.call,
        )
        self.legal = LegalDocument.objects.create(
            kind="projects.proposal_receipt",
            number="PIO-1-v1",
            token="a" * 24,
            content_hash="b" * 64,
            sha256="c" * 64,
            file=store_file(content=b"%PDF-1.7", name="ontvangstbewijs.pdf"),
        )
        self.mail = OutboxMail.objects.create(
            kind="tests.mail",
            recipient=self.member,
            address=self.member.email,
            subject="Proef",
            text="Tekst",
            html="<p>Tekst</p>",
        )
        self.calendar = CalendarFeed.objects.create(user=self.member)
        self.unreachable = UnreachableAddress.objects.create(address="weg@x.test", bounces=3)
        self.rehearsal = played(self.draft_call)
        self.upload = ScoreUpload.objects.create(
            made_by=self.case.adviser, filename="scores.xlsx", sha256="0" * 64
        )
        self.meeting = plan_meeting(
            call=self.case.proposal.call,
            by=self.case.team,
            title="Voorbereiding van de beslissingen",
            starts_at=timezone.now(),
        )
        add_to_agenda(
            meeting=self.meeting, by=self.case.team, references=self.case.proposal.reference
        )
        self._add_pool()
        self._add_outage()
        self.staff: dict[str, User] = {
            role.value: UserFactory(roles=[role]) for role in StaffRole if role != StaffRole.ADVISER
        }
        self.staff[StaffRole.ADVISER.value] = self.case.adviser
        # The proposals above came with numbers of their own; who begins one here gets another.
        Call.objects.update(last_proposal_number=1000)
        member = self.staff[StaffRole.TEAM_MEMBER.value]
        self.saved_view = SavedView.objects.create(owner=member, name="Alles")
        self.bulk_run = BulkRun.objects.create(action="remind", made_by=member)
        self._add_retention()
        self.device = SignedInDevice.objects.create(
            user=member, session_key="0", device="Firefox", ends_at=timezone.now()
        )

    def _add_outage(self) -> None:
        """The portal was away for two hours, just before a closing."""
        now = timezone.now().replace(second=0, microsecond=0)
        self.outage_began = now - timedelta(hours=3)
        self.outage_round = RoundFactory(
            call=BareCallFactory(), closes_at=now + timedelta(hours=4), number=1
        )
        for minute in (self.outage_began, now - timedelta(hours=1)):
            Heartbeat.objects.create(part=BEAT, minute=minute)

    def _add_pool(self) -> None:
        """The profile of the adviser with an absence and an interest, and a proposed division."""
        adviser = self.case.adviser
        profile = AdviserProfile.objects.create(user=adviser)
        day = today() + timedelta(days=60)
        self.absence = profile.absences.create(first_day=day, last_day=day)
        self.interest = Interest.objects.create(
            person=adviser, kind=InterestKind.OTHER, name="Sensor bv"
        )
        self.conflict = ConflictOfInterest.objects.create(
            person=UserFactory(roles=[StaffRole.ADVISER]),
            proposal=self.case.proposal,
            kind=ConflictKind.DECLARED,
            explanation="Het verkeerde dossier.",
        )
        run = AssignmentRun.objects.create(
            call=self.case.proposal.call, due_on=day, made_by=self.case.team
        )
        self.pair = run.pairs.create(
            proposal=self.case.proposal, adviser=adviser, is_lead=True, why="Deskundig."
        )

    def _add_retention(self) -> None:
        member = self.staff[StaffRole.TEAM_MEMBER.value]
        self.hold = LegalHold.objects.create(
            proposal=self.case.proposal,
            reason=HoldReason.AUDIT,
            explanation="Controle",
            placed_by=self.case.leader,
        )
        self.destruction = DestructionList.objects.create(
            rule=RetentionRule.objects.get(code="account"), until=today(), months=24
        )
        self.destruction.items.create(
            kind="accounts.user", object_id="0", number="Account 0", since=today()
        )
        self.privacy_request = ask(kind="correction", text="Mijn functie", by=member)
        self.own_mail = OutboxMail.objects.create(
            kind="evaluations.conflict_found",
            recipient=member,
            address=member.email,
            subject="Proef",
            text="Tekst",
            html="<p>Tekst</p>",
        )

    def _add_refusal(self) -> None:
        """A file of the same applicant that was not selected, with a talk about it."""
        self.refused = Case(adviser=self.case.adviser)
        mine = Proposal.objects.filter(pk=self.refused.proposal.pk)
        mine.update(organisation=self.organisation)
        self.refused.proposal.refresh_from_db()
        self.refused.with_letter("not_selected")
        notify_decision(proposal=self.refused.proposal, by=self.refused.team)
        talk = ask_for_talk(proposal=self.refused.proposal, by=self.member)
        plan_talk(
            talk=talk,
            by=self.refused.team,
            planned_at=timezone.now() + timedelta(days=3),
            place="Brussel",
        )

    def _add_readers(self) -> None:
        """A file of which two readers seek common scores; the second reads the other file too."""
        self.agreeing = Case(adviser=self.case.adviser).proposed()
        assert self.agreeing.second is not None
        self.second: User = self.agreeing.second
        own = assign_adviser(
            proposal=self.case.proposal, adviser=self.second, by=self.case.team, is_lead=False
        )
        accept_assignment(assignment=own, by=self.second)
        Assignment.objects.create(
            proposal=self.refused.proposal,
            adviser=self.second,
            assigned_by=self.case.team,
            is_lead=False,
            due_on=today(),
            state=AssignmentState.DONE,
        )

    def _add_payments(self) -> None:
        """An account that waits, an order that waits for its signature, a file of the bank."""
        self.account = BankAccount.objects.create(
            organisation=self.organisation,
            iban=IBAN,
            holder=self.organisation.name,
            proof=store_file(content=PNG, name="bewijs.png", created_by=self.member),
            entered_by=self.member,
        )
        [claim] = approved_of(commitment(500), "100")
        account = claim.instalment.commitment.project.organisation.bank_accounts.get()
        self.order = PaymentOrder.objects.create(
            number="BO-2026-00001",
            execute_on=today(),
            debtor_name="Fonds",
            debtor_iban=IBAN,
            total=claim.amount,
            made_by=programme_manager(),
        )
        line = self.order.lines.create(
            claim=claim,
            account=account,
            amount=claim.amount,
            iban=account.iban,
            name=account.holder,
            message="Schijf 1",
            end_to_end_id="BO-2026-00001-0001",
        )
        content = bank_csv(bank_row(line))
        self._add_settlement()
        self.bank_file = BankFile.objects.create(
            name="bank.csv",
            content=content,
            sha256="1" * 64,
            row_count=1,
            uploaded_by=self.order.made_by,
        )

    def _add_settlement(self) -> None:
        """A grant of which too much was paid, which is asked back."""
        grant = GrantFactory(
            request__procurement__project__organisation=self.organisation,
            granted_amount=Decimal(1000),
        )
        self.settled: Commitment = commit(decision=grant, by=programme_manager())
        [claim] = approved_of(self.settled, "100")
        pay_claim(claim=claim, paid_on=date(2026, 3, 2), by=programme_manager())
        proposed = propose_settlement(
            commitment=self.settled, accepted_cost=Decimal(800), note="Kosten", by=self.case.team
        )
        self.recovery = confirm_settlement(settlement=proposed, by=programme_manager()).recovery

    def _add_money(self) -> None:
        """A commitment of 2026 with a first instalment that the authority has claimed."""
        self.budget_line = budget_line(2026)
        BudgetLine.objects.create(
            budget_year=self.budget_line.budget_year, stream=BudgetLine.Stream.PREPARATION
        )
        self.paid_claim = paid_claim(1000, on=date(2026, 1, 5), paid_on=date(2026, 1, 6)).claim
        self.closed_year = BudgetYearFactory(year=2019)
        manager = programme_manager()
        close_year(year=self.closed_year, accepted=set(), carried={}, by=manager)
        ask_reopening(year=self.closed_year, reason="Vergeten boeking", by=manager)
        pdf, spreadsheet, archive = (
            request_document(
                kind=kind,
                params=report_params(year=2026, cut_off=timezone.now(), by="Mia"),
                requested_by=manager,
            )
            for kind in (REPORT_PDF, REPORT_XLSX, REPORT_ZIP)
        )
        self.edition = ReportEdition.objects.create(
            year=2026,
            number=1,
            cut_off=timezone.now(),
            content_hash="0" * 64,
            pdf=pdf,
            spreadsheet=spreadsheet,
            archive=archive,
            made_by=manager,
        )
        grant = GrantFactory(request__procurement__project__organisation=self.organisation)
        self.commitment: Commitment = commit(decision=grant, by=programme_manager())
        first, *_later = plan_instalments(
            commitment=self.commitment,
            plan=default_plan(self.commitment.effective_on),
            by=self.case.team,
        )
        open_instalment(instalment=first, by=self.case.team)
        self.instalment = self.commitment.instalments.last()
        self.claim = claim_instalment(
            instalment=first,
            amount=first.amount,
            statement="De opdracht is gegund.",
            by=self.member,
            lines=[CostLine("Proef", "Sensor bv", "F-1", date(2026, 3, 1), first.amount * 2)],
            evidence=SimpleUploadedFile("factuur.png", PNG),
        )

    def _add_committee(self) -> None:
        """A meeting with a request on its agenda, and an agreement that the fund signed."""
        asked = request_with_document(procurement__project__organisation=self.organisation)
        self.tender_document = asked.tender_documents.get()
        self.committee = plan_committee(
            day=today() + timedelta(days=60),
            place="Brussel",
            by=UserFactory(roles=[StaffRole.COMMITTEE_SECRETARY]),
        )
        self.committee_item = put_on_agenda(
            meeting=self.committee, request=asked, by=self.case.team
        )
        decision = self.commitment.decision
        assert decision is not None
        self.change = ask_change(
            commitment=self.commitment,
            kind="partner",
            reason="De hogeschool stapt uit.",
            description="De hogeschool valt weg.",
            by=self.case.team,
        )
        self.agreement = draft_agreement(decision=decision, by=self.case.team)
        Agreement.objects.update(state=Agreement.State.SENT, sent_at=timezone.now())
        self.signature = record_signature(
            agreement=self.agreement,
            party="fund",
            name="An Peeters",
            function="Directeur",
            signed_on=today(),
            means="paper",
            signed_copy=upload("getekend.pdf"),
            by=self.case.team,
        )


Arguments = Callable[[World], Any]

ARGUMENTS: dict[tuple[str, str], Arguments] = {
    # (start of the full name, parameter); the longest start that fits is used.
    ("accounts:", "pk"): lambda w: w.organisation.pk,
    ("accounts:person", "pk"): lambda w: w.member.pk,
    ("accounts:start_viewing", "pk"): lambda w: w.member.pk,
    ("accounts:reset_second_factor", "pk"): lambda w: w.member.pk,
    ("accounts:end_session", "pk"): lambda w: w.device.pk,
    ("accounts:", "membership_id"): lambda w: w.colleague.pk,
    ("accounts:", "uidb64"): lambda w: "MQ",
    ("accounts:", "token"): lambda w: "set-password",
    ("calls:", "slug"): lambda w: w.call.slug,
    ("calls:edit_texts", "slug"): lambda w: w.draft_call.slug,
    ("calls:suggest_milestones", "slug"): lambda w: w.draft_call.slug,
    ("calls:step", "slug"): lambda w: w.draft_call.slug,
    ("calls:step", "step"): lambda w: "publish",
    ("calls:edit_settings", "slug"): lambda w: w.draft_call.slug,
    ("calls:edit_settings", "part"): lambda w: "deelnemers",
    ("calls:edit_criteria", "slug"): lambda w: w.draft_call.slug,
    ("calls:explain", "slug"): lambda w: w.draft_call.slug,
    ("calls:explain", "item"): lambda w: "engels",
    ("calls:unexplain", "slug"): lambda w: w.draft_call.slug,
    ("calls:unexplain", "item"): lambda w: "engels",
    ("calls:document", "pk"): lambda w: w.document.pk,
    ("calls:move_closing", "pk"): lambda w: w.call.rounds.get().pk,
    ("calls:part_", "slug"): lambda w: w.draft_call.slug,
    ("calls:part_", "kind"): lambda w: "criteria",
    ("calls:answer", "pk"): lambda w: w.question.pk,
    ("calls:self_test_setup", "slug"): lambda w: w.draft_call.slug,
    ("calls:suggest_self_test", "slug"): lambda w: w.draft_call.slug,
    ("calls:", "token"): lambda w: w.follower.token,
    ("calls:part_", "pk"): lambda w: w.draft_call.criteria.first().pk,
    ("calls:form_change", "slug"): lambda w: w.changing_call.slug,
    ("dashboard:who_sees", "kind"): lambda w: "voorstel",
    ("dashboard:who_sees", "key"): lambda w: w.case.proposal.reference,
    ("documents:", "job_id"): lambda w: w.job.pk,
    ("retention:", "code"): lambda w: "messages",
    ("retention:", "pk"): lambda w: w.destruction.pk,
    ("retention:leave", "item"): lambda w: w.destruction.items.get().pk,
    ("retention:lift", "pk"): lambda w: w.hold.pk,
    ("retention:handle", "pk"): lambda w: w.privacy_request.pk,
    ("retention:extend", "pk"): lambda w: w.privacy_request.pk,
    ("retention:export_for", "pk"): lambda w: w.privacy_request.pk,
    ("retention:request", "pk"): lambda w: w.privacy_request.pk,
    ("documents:control", "number"): lambda w: "pio-1-v1",
    ("documents:control", "token"): lambda w: w.legal.token,
    ("operations:answer_outage", "pk"): lambda w: w.outage_round.pk,
    ("operations:answer_outage", "began"): lambda w: int(w.outage_began.timestamp()),
    ("reporting:edition", "pk"): lambda w: w.edition.pk,
    ("reporting:years_csv", "key"): lambda w: "bedragen",
    ("evaluations:", "reference"): lambda w: w.case.proposal.reference,
    **{
        (f"evaluations:{page}", "reference"): lambda w: w.refused.proposal.reference
        for page in ("decision", "ask_talk", "talk_calendar", "try_again", "feedback")
    },
    **{
        (f"evaluations:{page}", "reference"): lambda w: w.agreeing.proposal.reference
        for page in ("consensus", "answer_consensus", "take_back_consensus")
    },
    ("evaluations:try_again", "slug"): lambda w: w.call.slug,
    ("evaluations:", "number"): lambda w: w.asked.number,
    ("evaluations:numbers_csv", "key"): lambda w: "doorlooptijden",
    ("evaluations:", "outcome"): lambda w: "selected",
    ("evaluations:", "pk"): lambda w: w.case.assignment.pk,
    ("evaluations:score_upload", "pk"): lambda w: w.upload.pk,
    ("evaluations:store_upload", "pk"): lambda w: w.upload.pk,
    ("evaluations:", "slug"): lambda w: w.case.proposal.call.slug,
    ("evaluations:", "item"): lambda w: w.meeting.items.get().pk,
    ("evaluations:board_export", "extension"): lambda w: "csv",
    ("evaluations:item_", "pk"): lambda w: w.meeting.pk,
    ("evaluations:meeting", "pk"): lambda w: w.meeting.pk,
    ("evaluations:meeting_attendee", "attendee"): lambda w: w.meeting.attendees.get().pk,
    ("evaluations:meeting_step", "step"): lambda w: "openen",
    ("evaluations:room", "pk"): lambda w: w.meeting.pk,
    ("evaluations:take_back_conflict", "pk"): lambda w: w.conflict.pk,
    ("evaluations:absence", "absence"): lambda w: w.absence.pk,
    ("evaluations:absence", "pk"): lambda w: w.case.adviser.pk,
    ("evaluations:adviser", "pk"): lambda w: w.case.adviser.pk,
    ("evaluations:division", "pair"): lambda w: w.pair.pk,
    ("evaluations:division", "pk"): lambda w: w.pair.run.pk,
    ("evaluations:interest_end", "pk"): lambda w: w.interest.pk,
    ("evaluations:bulk_", "pk"): lambda w: w.bulk_run.pk,
    ("evaluations:saved_", "pk"): lambda w: w.saved_view.pk,
    ("evaluations:list_export", "name"): lambda w: "werk",
    ("evaluations:list_export", "extension"): lambda w: "csv",
    ("dashboard:audit_record", "name"): lambda w: "wijzigingen",
    ("dashboard:audit_export", "name"): lambda w: "handelingen",
    ("dashboard:audit_export", "extension"): lambda w: "csv",
    ("dashboard:mail_export", "name"): lambda w: "mails",
    ("funding:", "year"): lambda w: w.budget_line.budget_year.year,
    ("funding:reopen_year", "year"): lambda w: w.closed_year.year,
    ("funding:answer_reopening", "year"): lambda w: w.closed_year.year,
    ("funding:claim_returned", "pk"): lambda w: w.paid_claim.pk,
    ("funding:", "stream"): lambda w: w.budget_line.stream,
    ("funding:", "number"): lambda w: w.commitment.number,
    ("funding:", "instalment"): lambda w: w.instalment.number,
    ("funding:", "reference"): lambda w: w.commitment.project.reference,
    ("funding:", "pk"): lambda w: w.claim.pk,
    ("funding:request", "pk"): lambda w: w.commitment.decision.request.pk,
    ("funding:commit", "pk"): lambda w: w.commitment.decision.request.pk,
    ("funding:request_new", "pk"): lambda w: w.procurement.pk,
    ("funding:change", "pk"): lambda w: w.change.pk,
    ("funding:member_change", "pk"): lambda w: w.change.pk,
    ("funding:", "kind"): lambda w: "scope",
    ("funding:award", "pk"): lambda w: w.procurement.pk,
    ("funding:request_rule", "pk"): lambda w: w.procurement.pk,
    ("funding:claim_new", "pk"): lambda w: w.instalment.pk,
    ("reporting:", "year"): lambda w: w.budget_line.budget_year.year,
    ("reporting:figure", "key"): lambda w: "vak-beschikbaar",
    ("reporting:forecast", "expected"): lambda w: "te-laat",
    ("funding:evidence", "pk"): lambda w: w.claim.evidence.get().pk,
    ("reporting:subsidy_export", "extension"): lambda w: "csv",
    ("reporting:question_export", "extension"): lambda w: "csv",
    ("funding:tender_document", "pk"): lambda w: w.tender_document.pk,
    ("funding:committee_", "pk"): lambda w: w.committee.pk,
    ("funding:committee_", "item"): lambda w: w.committee_item.pk,
    ("funding:letter_", "pk"): lambda w: w.commitment.decision.pk,
    ("funding:agreement", "pk"): lambda w: w.agreement.pk,
    ("funding:agreement_draft", "pk"): lambda w: w.commitment.decision.pk,
    ("funding:signed_copy", "pk"): lambda w: w.signature.pk,
    ("payments:", "pk"): lambda w: w.account.pk,
    ("payments:", "number"): lambda w: w.order.number,
    ("payments:", "kind"): lambda w: "xml",
    ("payments:organisation_accounts", "pk"): lambda w: w.organisation.pk,
    ("payments:settlement", "number"): lambda w: w.settled.number,
    ("payments:recovery", "number"): lambda w: w.settled.number,
    ("payments:recovery", "pk"): lambda w: w.recovery.pk,
    ("payments:recovery", "reference"): lambda w: w.settled.project.reference,
    ("payments:bank_file", "pk"): lambda w: w.bank_file.pk,
    ("reporting:report_csv", "key"): lambda w: "kredieten",
    ("reporting:report_export", "extension"): lambda w: "pdf",
    ("notifications:", "mail_id"): lambda w: w.mail.pk,
    ("notifications:message", "mail_id"): lambda w: w.own_mail.pk,
    ("notifications:", "secret"): lambda w: w.calendar.secret,
    ("notifications:", "pk"): lambda w: w.unreachable.pk,
    ("notifications:", "token"): lambda w: Signer(salt=STOP_SALT).sign_object(
        [w.member.pk, "projects.form_changed"]
    ),
    ("rehearsals:", "slug"): lambda w: w.draft_call.slug,
    ("rehearsals:", "pk"): lambda w: w.rehearsal.pk,
    ("rehearsals:", "item_id"): lambda w: w.rehearsal.items.earliest("pk").pk,
    ("projects:", "slug"): lambda w: w.call.slug,
    ("projects:", "code"): lambda w: "D",
    ("projects:preview_change", "slug"): lambda w: w.changing_call.slug,
    ("projects:", "file_id"): lambda w: uuid4(),
    ("projects:", "number"): lambda w: 1,
    ("projects:", "version"): lambda w: 1,
    ("projects:", "step"): lambda w: "pause",
    ("projects:partner", "pk"): lambda w: w.partner.pk,
    ("projects:", "access_id"): lambda w: w.partner_access.pk,
    ("projects:obligation_", "pk"): lambda w: w.obligation.pk,
    ("projects:obligation_change", "act"): lambda w: "verplaatsen",
    ("projects:phase_edit", "pk"): lambda w: w.phase.pk,
    ("projects:estimate", "code"): lambda w: "J",
}


IN_STATE: dict[tuple[str, str, str], Arguments] = {
    # (room, state in its table of rules, parameter): the thing that is in that state.
    ("projects", "ontwerp", "reference"): lambda w: w.draft.reference,
    ("projects", "ontwerp, het PIO-team kijkt mee", "reference"): lambda w: (
        w.shared_draft.reference
    ),
    ("projects", "ingediend", "reference"): lambda w: w.case.proposal.reference,
    ("documents", "jaarrapport", "job_id"): lambda w: w.edition.pdf_id,
    ("calls", "gepubliceerd", "slug"): lambda w: w.call.slug,
    ("calls", "in opmaak", "slug"): lambda w: w.draft_call.slug,
}


@dataclass(frozen=True)
class Address:
    """An address of the portal: its full name, its route, and the parameters in it."""

    name: str
    route: str
    parameters: tuple[str, ...]

    def url(self, world: World, state: str = "") -> str:
        """The address with things of the world filled in; `state` as in the tables of rules.

        Raises:
            LookupError: when ARGUMENTS does not know a parameter.
        """
        return reverse(
            self.name, kwargs={one: self._argument(one, state)(world) for one in self.parameters}
        )

    def _argument(self, parameter: str, state: str = "") -> Arguments:
        if found := IN_STATE.get((self.name.split(":")[0], state, parameter)):
            return found
        if parameter == "reference" and self.name.startswith("projects:"):
            return _reference_of(self)
        fitting = [
            start for start, name in ARGUMENTS if name == parameter and self.name.startswith(start)
        ]
        if not fitting:
            raise LookupError(
                f"Teach tests/portal/world.py: ARGUMENTS['{self.name}', '{parameter}']"
            )
        return ARGUMENTS[max(fitting, key=len), parameter]


def _reference_of(address: Address) -> Arguments:
    """A proposal's own pages show the draft, its versions the file; the rest are of projects."""
    if "versies/" in address.route or "vragen/" in address.route or "intrekken" in address.route:
        return lambda w: w.case.proposal.reference
    if address.route.startswith("voorstellen/"):
        return lambda w: w.draft.reference
    return lambda w: w.project.reference


def all_addresses() -> list[Address]:
    """Every named address but those of /admin/, which test_admin_rights.py walks."""
    return sorted(_walk(get_resolver().url_patterns, "", ""), key=lambda address: address.name)


def _walk(
    patterns: list[URLPattern | URLResolver], namespace: str, route: str
) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin":
                continue
            below = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, below, here)
        else:
            yield Address(f"{namespace}{pattern.name}", here, tuple(pattern.pattern.converters))
