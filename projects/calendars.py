"""The deadlines of an applicant's own files, for a calendar: numbers and days, no titles."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MemberRole
from common.moments import end_of_day
from notifications.calendars import Appointment
from notifications.services import portal_url
from projects.lifecycle import ProjectState, ProposalState
from projects.models import InformationRequest, Obligation, Proposal
from projects.window import window_at


def own_deadlines(user: User, now: datetime) -> Iterator[Appointment]:
    """What the organisations of `user` must still do; staff get nothing for being staff."""
    own = [
        organisation
        for organisation, role in user.member_roles.items()
        if role.includes(MemberRole.EDITOR)
    ]
    if own:
        yield from _proposals(user, own, now)
        yield from _information(user, own)
        yield from _obligations(user, own)


def _proposals(user: Any, own: list[int], now: datetime) -> Iterator[Appointment]:
    open_ones = (
        Proposal.objects.visible_to(user)
        .filter(organisation__in=own, state__in=[ProposalState.DRAFT, ProposalState.INCOMPLETE])
        .select_related("call")
        .prefetch_related("call__rounds")
        .order_by("pk")
    )
    for proposal in open_ones:
        until = window_at(proposal, now).closes_at
        if until is not None:
            yield Appointment(
                f"voorstel-{proposal.pk}",
                _("Voorstel %(reference)s indienen") % {"reference": proposal.reference},
                until,
                portal_url("projects:proposal", proposal.reference),
            )


def _information(user: Any, own: list[int]) -> Iterator[Appointment]:
    asked = (
        InformationRequest.objects.visible_to(user)
        .open()
        .filter(proposal__organisation__in=own)
        .exclude(proposal__state=ProposalState.WITHDRAWN)
        .select_related("proposal")
        .order_by("pk")
    )
    for request in asked:
        reference = request.proposal.reference
        yield Appointment(
            f"informatie-{request.pk}",
            _("Bijkomende informatie geven voor %(reference)s") % {"reference": reference},
            request.due_at,
            portal_url("projects:information", reference, request.number),
        )


def _obligations(user: Any, own: list[int]) -> Iterator[Appointment]:
    awaited = (
        Obligation.objects.visible_to(user)
        .awaited()
        .filter(project__organisation__in=own)
        .exclude(project__state__in=[ProjectState.STOPPED, ProjectState.PAUSED])
        .select_related("project")
        .order_by("pk")
    )
    for obligation in awaited:
        reference = obligation.project.reference
        yield Appointment(
            f"verplichting-{obligation.pk}",
            _("%(what)s leveren voor %(reference)s")
            % {"what": obligation.get_kind_display(), "reference": reference},
            end_of_day(obligation.due_on),
            portal_url("projects:obligations", reference),
        )
