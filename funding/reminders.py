"""Reminders about money."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import Membership, User
from accounts.roles import MemberRole
from funding.lifecycle import InstalmentState
from funding.models import Instalment
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
    claimants: dict[int, list[User]] = {}
    for membership in (
        Membership.objects.filter(
            organisation__in={one.commitment.project.organisation_id for one in instalments},
            role__in=CLAIMANT_ROLES,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("pk")
    ):
        claimants.setdefault(membership.organisation_id, []).append(membership.user)
    for instalment in instalments:
        if instalment.opened_at is not None:
            yield Subject(
                obj=instalment,
                recipients=claimants.get(instalment.commitment.project.organisation_id, []),
                deadline=instalment.opened_at,
                since=instalment.opened_at,
            )


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


def register_reminders() -> None:
    """Called from AppConfig.ready(). The offset is a default that staff change (domain.md 7)."""
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
