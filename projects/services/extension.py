"""More time for one applicant, given by staff with a reason."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from audit.services import record
from common import clock
from common.formatting import format_deadline
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import TAKING_STATES, Proposal, SubmissionExtension
from projects.policies import may_extend
from projects.window import window_at

EXTENDABLE_STATES = frozenset({ProposalState.DRAFT, ProposalState.INCOMPLETE})


def grant_extension(
    *, proposal: Proposal, until: datetime, reason: str, by: User
) -> SubmissionExtension:
    """Let this applicant hand in until `until` (exclusive), also after the round has closed.

    The reason stays in the file and is not shown to the applicant: it may hold what somebody said
    on the telephone. The reminders follow the new deadline by themselves.

    Raises:
        PermissionDenied: when `by` is not of the PIO team or its project leader.
        ValidationError: by field: no reason, a moment that has passed or gives no more time; or
            when the proposal was handed in, decided or withdrawn, or its call is over.
    """
    may_extend.check(by, proposal)
    reason = reason.strip()
    with transaction.atomic():
        current = (
            Proposal.objects.select_for_update(of=("self",))
            .select_related("call", "round", "organisation")
            .get(pk=proposal.pk)
        )
        if current.state not in EXTENDABLE_STATES:
            raise ValidationError(
                _("Uitstel kan voor een ontwerp of onvolledig voorstel, niet voor “%(state)s”.")
                % {"state": current.state_for_applicant},
                code="state",
            )
        if current.call.state not in TAKING_STATES:
            raise ValidationError(_("Deze oproep neemt geen voorstellen meer aan."), code="call")
        _check(current, until, reason)
        extension = SubmissionExtension.objects.create(
            proposal=current, until=until, reason=reason, granted_by=by
        )
        current.extended_until = until
        current.save(update_fields=["extended_until"])
        record(
            actor=by,
            action="proposal.extended",
            label=_("Uitstel gegeven tot %(moment)s") % {"moment": format_deadline(until)},
            about=current,
            comment=reason,
            data={"extension": extension.pk, "until": until.isoformat()},
        )
        _tell(extension, current)
    return extension


def _check(proposal: Proposal, until: datetime, reason: str) -> None:
    refused = {}
    if not reason:
        refused["reason"] = _("Schrijf waarom deze aanvrager uitstel krijgt.")
    if until <= clock.now():
        refused["until"] = _("Dit moment is voorbij. Kies een later moment.")
    elif proposal.extended_until is not None and until <= proposal.extended_until:
        refused["until"] = _("Deze aanvrager heeft al uitstel tot %(moment)s.") % {
            "moment": format_deadline(proposal.extended_until)
        }
    elif (
        (window := window_at(proposal, clock.now())).closes_at is not None
        and not window.is_late
        and until <= window.closes_at
    ):
        refused["until"] = _("Indienen kan al tot %(moment)s. Kies een later moment.") % {
            "moment": format_deadline(window.closes_at)
        }
    if refused:
        raise ValidationError(refused)


def _tell(extension: SubmissionExtension, proposal: Proposal) -> None:
    for person in members_with_role(proposal.organisation_id, MemberRole.EDITOR):
        queue_mail(
            kind="projects.extension",
            to=person,
            template="projects/mail/extension.md",
            context={
                "title": proposal.title,
                "reference": proposal.reference,
                "call": proposal.call.title,
                "until": format_deadline(extension.until),
                "check_url": portal_url("projects:check", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"projects.extension:{extension.pk}:{person.pk}",
        )
