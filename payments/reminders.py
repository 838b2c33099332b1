"""Reminders about money that is asked back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from common.moments import end_of_day
from notifications.registry import Offset, ReminderRule, Subject, register
from payments.lifecycle import RecoveryState
from payments.models import RecoveryRequest
from payments.services.settlements import mail_context


def asked_recoveries(now: datetime) -> Iterable[Subject]:
    """Everything that was asked back and did not come in, with who may act for who must pay."""
    for recovery in (
        RecoveryRequest.objects.filter(state=RecoveryState.ASKED)
        .select_related("settlement__commitment__project")
        .order_by("pk")
    ):
        organisation = recovery.settlement.commitment.project.organisation_id
        yield Subject(
            obj=recovery,
            recipients=list(members_with_role(organisation, MemberRole.SUBMITTER)),
            deadline=end_of_day(recovery.due_on),
            since=recovery.asked_at,
        )


def still_asked(recovery: RecoveryRequest, recipient: User) -> bool | str:
    """Not for what came in, nor for who left the organisation."""
    if recovery.state != RecoveryState.ASKED:
        return "Het bedrag is ontvangen."
    organisation = recovery.settlement.commitment.project.organisation_id
    if not recipient.has_member_role(organisation, MemberRole.SUBMITTER):
        return "Deze persoon handelt niet meer voor deze organisatie."
    return True


def recovery_reminder(
    recovery: RecoveryRequest, recipient: User, deadline: datetime
) -> Mapping[str, Any]:
    """Which project and by when; no amount."""
    return mail_context(recovery)


def register_reminders() -> None:
    """Called from AppConfig.ready(). Offsets are defaults of ours that staff change."""
    register(
        ReminderRule(
            name="payments.recovery_due",
            label="Terugvordering nog niet betaald",
            default_offsets=(Offset(days=-7), Offset(days=1), Offset(days=14)),
            subjects=asked_recoveries,
            still_needed=still_asked,
            template="payments/mail/recovery_reminder.md",
            context=recovery_reminder,
        )
    )
