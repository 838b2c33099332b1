"""What the portal holds on one person: every relation to a person says what the overview shows.

Of others nothing is shown but what the person wrote or did; texts of the assessment, which the
rules keep internal, are not personal data of who wrote them and stay out. A relation to a person
that stands in none of the tables fails a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from projects.models import Proposal

SHOWN: dict[str, tuple[str, ...]] = {
    "accounts.ExternalIdentity.user": ("issuer", "created_at"),
    "accounts.Membership.user": ("organisation", "role", "source", "created_at"),
    "accounts.SignedInDevice.user": ("device", "address", "began_at", "seen_at"),
    "accounts.User_groups.user": ("group",),
    "admin.LogEntry.user": ("action_time", "content_type", "object_id"),
    "audit.AuditEvent.actor": ("at", "label", "content_type", "object_id", "comment"),
    "audit.Reading.reader": ("at", "what", "content_type", "object_id"),
    "audit.Refusal.actor": ("last_at", "what", "keys", "why", "times"),
    "documents.Job.requested_by": ("requested_at", "title", "state"),
    "evaluations.AdviserProfile.user": ("expertise_note", "capacity", "is_in_pool"),
    "evaluations.ConflictOfInterest.person": ("proposal", "kind", "explanation", "found_at"),
    "evaluations.Interest.person": ("kind", "name", "kbo", "until", "declared_at"),
    "evaluations.SavedView.owner": ("name", "words", "is_shared", "mailing"),
    "notifications.CalendarFeed.user": ("created_at",),
    "notifications.MailPreference.user": ("kind", "channel", "changed_at"),
    "notifications.OutboxMail.recipient": ("created_at", "kind", "address", "subject", "state"),
    "notifications.Reminder.recipient": ("due_at", "rule", "about_label", "state"),
    "otp_static.StaticDevice.user": ("created_at", "last_used_at"),
    "otp_totp.TOTPDevice.user": ("name", "created_at", "last_used_at"),
    "projects.PartnerAccess.user": ("partner", "invited_at"),
    "projects.SectionAssignment.assignee": ("proposal", "due_on", "assigned_at", "done_at"),
    "retention.PrivacyRequest.person": ("kind", "text", "received_on", "state", "answer"),
}
"""Rows about the person: which columns of them stand in the overview."""

LEFT_OUT: dict[str, str] = {
    "accounts.User_user_permissions.user": "het portaal geeft rechten alleen met rollen",
}

MARKED: frozenset[str] = frozenset(
    [
        "calls.CallDocument.added_by",
        "calls.CallQuestion.answered_by",
        "calls.ClosingMove.moved_by",
        "calls.FormVersion.created_by",
        "calls.SetupExplanation.written_by",
        "documents.Job.cancelled_by",
        "documents.StoredFile.created_by",
        "evaluations.Advice.author",
        "evaluations.AgendaItem.saved_by",
        "evaluations.Assignment.adviser",
        "evaluations.Assignment.assigned_by",
        "evaluations.AssignmentPair.adviser",
        "evaluations.AssignmentRun.made_by",
        "evaluations.AssignmentRun.applied_by",
        "evaluations.BulkRun.made_by",
        "evaluations.CompletenessCheck.checked_by",
        "evaluations.ConflictOfInterest.lifted_by",
        "evaluations.Consensus.updated_by",
        "evaluations.FeedbackTalk.asked_by",
        "evaluations.FeedbackTalk.handled_by",
        "evaluations.LetterText.updated_by",
        "evaluations.LetterTextVersion.saved_by",
        "evaluations.Meeting.created_by",
        "evaluations.MeetingAttendee.person",
        "evaluations.PreparedNotification.prepared_by",
        "evaluations.RankingLine.drawn_by",
        "evaluations.ScoreUpload.made_by",
        "evaluations.SelectionDecision.adviser",
        "evaluations.SelectionDecision.decided_by",
        "evaluations.SelectionDecision.notified_by",
        "funding.Agreement.drafted_by",
        "funding.AgreementSignature.recorded_by",
        "funding.BudgetVersion.recorded_by",
        "funding.ChangeRequest.asked_by",
        "funding.ChangeRequest.decided_by",
        "funding.Claim.claimed_by",
        "funding.Claim.checked_by",
        "funding.Claim.approved_by",
        "funding.ClaimDraft.updated_by",
        "funding.CofinancingRequest.requested_by",
        "funding.Commitment.recorded_by",
        "funding.CommitteeDecision.recorded_by",
        "funding.CommitteeDecision.told_by",
        "funding.CommitteeMeeting.created_by",
        "funding.LedgerEntry.recorded_by",
        "funding.TenderDocument.added_by",
        "funding.YearClosing.closed_by",
        "funding.YearReopening.asked_by",
        "funding.YearReopening.answered_by",
        "notifications.UnreachableAddress.trusted_by",
        "operations.OutageAnswer.answered_by",
        "payments.BankAccount.entered_by",
        "payments.BankAccount.confirmed_by",
        "payments.BankAccount.ended_by",
        "payments.BankFile.uploaded_by",
        "payments.BankFile.booked_by",
        "payments.PaymentOrder.made_by",
        "payments.PaymentOrder.signed_by",
        "payments.RecoveryRequest.asked_by",
        "payments.Settlement.proposed_by",
        "payments.Settlement.confirmed_by",
        "projects.Attachment.added_by",
        "projects.FollowUp.noted_by",
        "projects.InformationItem.updated_by",
        "projects.InformationRequest.asked_by",
        "projects.InformationRequest.answered_by",
        "projects.Obligation.delivered_by",
        "projects.Obligation.created_by",
        "projects.PartnerAccess.invited_by",
        "projects.Project.guide",
        "projects.Proposal.created_by",
        "projects.ProposalVersion.submitted_by",
        "projects.SectionAnswers.updated_by",
        "projects.SectionAssignment.assigned_by",
        "projects.SectionRevision.saved_by",
        "projects.SubmissionExtension.granted_by",
        "rehearsals.Rehearsal.requested_by",
        "reporting.Horizon.closed_by",
        "reporting.ReportEdition.made_by",
        "reporting.ReportEdition.signed_by",
        "retention.DestructionList.proposed_by",
        "retention.DestructionList.approved_by",
        "retention.LegalHold.placed_by",
        "retention.LegalHold.lifted_by",
        "retention.PrivacyRequest.registered_by",
        "retention.PrivacyRequest.answered_by",
    ]
)
"""Work that somebody did for the programme or the own organisation: which things, and when."""


@dataclass(frozen=True)
class Section:
    """One kind of data: its name, the heads of its columns, and its rows in words."""

    name: str
    columns: list[str]
    rows: list[list[str]]


def overview(person: User) -> list[Section]:
    """Everything on one person, in Dutch, in the order of the tables: one query per relation."""
    with translation.override("nl"):
        found = [_account(person), *_contact(person), *_sign_ins(person)]
        found += [_section(name, columns, person) for name, columns in sorted(SHOWN.items())]
        found += [_section(name, (), person) for name in sorted(MARKED)]
    return [section for section in found if section.rows]


def _account(person: User) -> Section:
    names = ("email", "first_name", "last_name", "job_title", "phone", "date_joined", "last_login")
    fields = [person._meta.get_field(name) for name in names]
    return Section(
        _("Uw account"),
        [_("Gegeven"), _("Waarde")],
        [[str(field.verbose_name), _words(getattr(person, field.name))] for field in fields],  # type: ignore[union-attr]
    )


def _contact(person: User) -> Iterator[Section]:
    """Proposals that name the person's address as that of their contact."""
    rows = Proposal.objects.filter(contact_email__iexact=person.email).order_by("pk")
    yield Section(
        _("Voorstellen waarvan u de contactpersoon bent"),
        [_("Dossier"), _("Naam"), _("E-mailadres"), _("Telefoon")],
        [
            [one.reference, one.contact_name, one.contact_email, one.contact_phone]
            for one in rows.only("reference", "contact_name", "contact_email", "contact_phone")
        ],
    )


def _sign_ins(person: User) -> Iterator[Section]:
    rows = AccessAttempt.objects.filter(username__iexact=person.email).order_by("pk")
    yield Section(
        _("Mislukte aanmeldingen met uw adres"),
        [_("Wanneer"), _("IP-adres"), _("Aantal")],
        [
            [_words(one.attempt_time), _words(one.ip_address), str(one.failures_since_start)]
            for one in rows
        ],
    )


def _section(name: str, columns: tuple[str, ...], person: User) -> Section:
    label, _dot, link = name.rpartition(".")
    model = apps.get_model(label)
    wanted: list[Any] = [model._meta.get_field(column) for column in columns or _mark(model)]
    title = f"{model._meta.verbose_name_plural} ({model._meta.get_field(link).verbose_name})"
    related = [field.name for field in wanted if isinstance(field, models.ForeignKey)]
    rows = model._base_manager.filter(**{link: person}).select_related(*related).order_by("pk")
    heads = [str(field.verbose_name) for field in wanted]
    return Section(
        title[:1].upper() + title[1:],
        heads,
        [[_words(_value(row, field)) for field in wanted] for row in rows.iterator(2000)],
    )


def _mark(model: type[models.Model]) -> list[str]:
    """The key of the row, and the first day that stands in it."""
    days = [f.name for f in model._meta.concrete_fields if isinstance(f, models.DateField)]
    return [model._meta.pk.name, *days[:1]]


def _value(row: Any, field: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        related = getattr(row, field.name)
        # Of a file its number: its title is not data of this person.
        return getattr(related, "reference", None) or getattr(related, "name", related)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    return getattr(row, field.attname)


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, datetime | date):
        return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
    return str(value)
