"""Reminders about money."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import Membership, User
from accounts.roles import MemberRole, StaffRole
from accounts.selectors import staff_with_role
from common.moments import end_of_day, last_day_before
from funding.lifecycle import AgreementState, CommitteeState, InstalmentState
from funding.models import Agreement, AgreementSignature, CommitteeMeeting, Instalment
from notifications.mails import portal_url
from notifications.registry import Offset, ReminderRule, Subject, register

CLAIMANT_ROLES = [role.value for role in MemberRole if role.includes(MemberRole.SUBMITTER)]


def claimable_instalments(now: datetime) -> Iterable[Subject]:
    """Every instalment that may be claimed, with who may claim it; three queries at most."""
    instalments = list(
        Instalment.objects.filter(state=InstalmentState.CLAIMABLE, opened_at__isnull=False)
        .select_related("commitment__project")
        .order_by("pk")
    )
    claimants = _submitters({one.commitment.project.organisation_id for one in instalments})
    for instalment in instalments:
        if instalment.opened_at is not None:
            yield Subject(
                obj=instalment,
                recipients=claimants.get(instalment.commitment.project.organisation_id, []),
                deadline=instalment.opened_at,
                since=instalment.opened_at,
            )


def _submitters(organisations: set[int]) -> dict[int, list[User]]:
    """Who may submit for each organisation; one query."""
    found: dict[int, list[User]] = {}
    for membership in (
        Membership.objects.filter(
            organisation__in=organisations, role__in=CLAIMANT_ROLES, user__is_active=True
        )
        .select_related("user")
        .order_by("pk")
    ):
        found.setdefault(membership.organisation_id, []).append(membership.user)
    return found


def claim_still_awaited(instalment: Instalment, recipient: User) -> bool | str:
    """Not for what was claimed or cancelled, nor for who may no longer claim."""
    if instalment.state == InstalmentState.CANCELLED:
        return "De schijf is vervallen."
    if instalment.state != InstalmentState.CLAIMABLE:
        return "De schijf is aangevraagd."
    organisation_id = instalment.commitment.project.organisation_id
    if not recipient.has_member_role(organisation_id, MemberRole.SUBMITTER):
        return "Deze persoon mag voor deze organisatie geen schijf meer aanvragen."
    return True


def claim_context(instalment: Instalment, recipient: User, deadline: datetime) -> Mapping[str, Any]:
    """Which instalment, and where to claim it; no amounts."""
    project = instalment.commitment.project
    return {
        "number": instalment.number,
        "title": project.title,
        "reference": project.reference,
        "since": deadline,
        "funding_url": portal_url("funding:project_funding", project.reference),
    }


# --- Dossiers of the committee -------------------------------------------------------------------


def meetings_to_prepare(now: datetime) -> Iterable[Subject]:
    """Every meeting whose agenda is open, for the PIO team."""
    team = list(staff_with_role(StaffRole.TEAM_MEMBER))
    for meeting in CommitteeMeeting.objects.filter(state=CommitteeState.PLANNED).order_by("day"):
        yield Subject(meeting, team, end_of_day(meeting.dossier_deadline), since=meeting.created_at)


def dossiers_still_open(meeting: CommitteeMeeting, recipient: User) -> bool | str:
    """Not once the agenda is closed or the meeting is off."""
    if meeting.state == CommitteeState.CANCELLED:
        return "De vergadering gaat niet door."
    return meeting.state == CommitteeState.PLANNED or "De agenda is afgesloten."


def dossiers_context(
    meeting: CommitteeMeeting, recipient: User, deadline: datetime
) -> Mapping[str, Any]:
    """Which meeting, and until when; no amounts."""
    return {
        "day": meeting.day,
        "due_on": last_day_before(deadline),
        "url": portal_url("funding:committee_meeting", meeting.pk),
    }


# --- Signing the agreement -----------------------------------------------------------------------


def agreements_to_sign(now: datetime) -> Iterable[Subject]:
    """Every agreement that was sent and that the beneficiary did not sign; three queries."""
    signed = AgreementSignature.objects.filter(party=AgreementSignature.Party.BENEFICIARY)
    agreements = list(
        Agreement.objects.filter(state=AgreementState.SENT)
        .exclude(signatures__in=signed)
        .select_related("decision__request__procurement__project")
        .order_by("pk")
    )
    organisation = {
        one.pk: one.decision.request.procurement.project.organisation_id for one in agreements
    }
    submitters = _submitters(set(organisation.values()))
    for agreement in agreements:
        yield Subject(
            agreement,
            submitters.get(organisation[agreement.pk], []),
            end_of_day(agreement.due_on),
            since=agreement.sent_at,
        )


def signature_still_awaited(agreement: Agreement, recipient: User) -> bool | str:
    """Not once the beneficiary signed, nor for who may no longer do that."""
    if agreement.signatures.filter(party=AgreementSignature.Party.BENEFICIARY).exists():
        return "De begunstigde ondertekende."
    project = agreement.decision.request.procurement.project
    if not recipient.has_member_role(project.organisation_id, MemberRole.SUBMITTER):
        return "Deze persoon mag voor deze organisatie niet meer ondertekenen."
    return True


def agreement_context(
    agreement: Agreement, recipient: User, deadline: datetime
) -> Mapping[str, Any]:
    """Which agreement, and until when; no amounts."""
    project = agreement.decision.request.procurement.project
    return {
        "title": project.title,
        "reference": project.reference,
        "due_on": last_day_before(deadline),
        "funding_url": portal_url("funding:project_funding", project.reference),
    }


def register_reminders() -> None:
    """Called from AppConfig.ready(). The offsets are defaults that staff change (domain.md 7)."""
    register(
        ReminderRule(
            name="funding.committee_dossiers",
            label="Dossiers voor het Beslissingscomité",
            default_offsets=(Offset(days=-5),),
            subjects=meetings_to_prepare,
            still_needed=dossiers_still_open,
            template="funding/mail/committee_dossiers.md",
            context=dossiers_context,
        )
    )
    register(
        ReminderRule(
            name="funding.agreement_to_sign",
            label="Samenwerkingsovereenkomst ondertekenen",
            default_offsets=(Offset(days=-14), Offset()),
            subjects=agreements_to_sign,
            still_needed=signature_still_awaited,
            template="funding/mail/agreement_reminder.md",
            context=agreement_context,
        )
    )
    register(
        ReminderRule(
            name="funding.instalment_claimable",
            label="Opvraagbare schijf nog niet aangevraagd",
            default_offsets=(Offset(days=30),),
            subjects=claimable_instalments,
            still_needed=claim_still_awaited,
            template="funding/mail/claim_reminder.md",
            context=claim_context,
        )
    )
