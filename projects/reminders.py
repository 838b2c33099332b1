"""Reminders about proposals."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import MemberRole
from calls.lifecycle import CallState
from calls.models import Call
from common.moments import end_of_day
from notifications.mails import portal_url
from notifications.registry import Offset, ReminderRule, Subject, register
from projects.draft import load_draft
from projects.lifecycle import InformationState, ObligationState, ProjectState, ProposalState
from projects.models import ASKED_STATES, TAKING_STATES, InformationRequest, Obligation, Proposal
from projects.selectors import editors_by_organisation
from projects.window import window_at


def drafts_to_remind(now: datetime) -> Iterable[Subject]:
    """Every draft that can still be handed in, with the editors of its organisation."""
    drafts = list(
        Proposal.objects.drafts()
        .filter(
            Q(call__state=CallState.PUBLISHED, call__rounds__closes_at__gt=now)
            | Q(call__state__in=TAKING_STATES, extended_until__gt=now)
        )
        .select_related("call")
        .prefetch_related("call__rounds", "call__reminder_moments")
        .distinct()
        .order_by("pk")
    )
    editors = editors_by_organisation({draft.organisation_id for draft in drafts})
    for draft in drafts:
        window = window_at(draft, now)
        if window.closes_at is not None and not window.is_late:
            yield Subject(
                obj=draft,
                recipients=editors.get(draft.organisation_id, []),
                deadline=window.closes_at,
                since=draft.created_at,
                offsets=_plan_of(draft.call),
            )


def _plan_of(call: Call) -> tuple[Offset, ...] | None:
    """The call's own reminder plan; None: the portal's."""
    moments = call.reminder_moments.all()
    return tuple(Offset(-moment.days, -moment.hours) for moment in moments) or None


def draft_still_open(proposal: Proposal, recipient: User) -> bool | str:
    """Not for what was handed in or withdrawn, nor for who no longer works on it."""
    if proposal.state == ProposalState.WITHDRAWN:
        return "Het voorstel is ingetrokken."
    if proposal.state != ProposalState.DRAFT:
        return "Het voorstel is ingediend."
    if not recipient.has_member_role(proposal.organisation_id, MemberRole.EDITOR):
        return "Deze persoon werkt niet meer aan dit voorstel."
    return True


def draft_context(proposal: Proposal, recipient: User, deadline: datetime) -> Mapping[str, Any]:
    """Title, what is missing, and where to go on."""
    return {
        "title": proposal.title,
        "reference": proposal.reference,
        "call": proposal.call.title,
        "organisation": proposal.organisation.name,
        "missing": len(load_draft(proposal).missing),
        "proposal_url": portal_url("projects:proposal", proposal.reference),
        "check_url": portal_url("projects:check", proposal.reference),
    }


INFORMATION_OFFSETS = (Offset(days=-3), Offset(hours=-12), Offset(days=1))
"""Three days before, at noon of the last day, and the day after (domain.md 7: -3, 0, +1)."""


def open_information_requests() -> QuerySet[InformationRequest]:
    """What still waits for an answer that matters."""
    return (
        InformationRequest.objects.open()
        .filter(proposal__state__in=[*ASKED_STATES, ProposalState.SELECTED])
        .select_related("proposal", "asked_by", "version")
        .order_by("pk")
    )


def information_to_answer(now: datetime) -> Iterable[Subject]:
    """Every open request, for the editors of its organisation."""
    requests = list(open_information_requests())
    editors = editors_by_organisation({request.proposal.organisation_id for request in requests})
    for request in requests:
        people = editors.get(request.proposal.organisation_id, [])
        yield Subject(request, people, request.due_at, since=request.asked_at)


def information_still_open(request: InformationRequest, recipient: User) -> bool | str:
    """Not once it was answered or withdrawn, nor when the proposal itself was."""
    if request.state == InformationState.ANSWERED:
        return "De vraag is beantwoord."
    if request.state == InformationState.WITHDRAWN:
        return "De vraag is ingetrokken."
    if request.proposal.state == ProposalState.WITHDRAWN:
        return "Het voorstel is ingetrokken."
    return True


def information_context(
    request: InformationRequest, recipient: User, deadline: datetime
) -> Mapping[str, Any]:
    """Which request, and where to answer it."""
    return {
        "title": request.version.title,
        "reference": request.proposal.reference,
        "number": request.number,
        "url": portal_url("projects:information", request.proposal.reference, request.number),
    }


def _due_obligations(*kinds: str) -> Callable[[datetime], Iterable[Subject]]:
    """What is still to be delivered by running projects, with who may deliver; two queries."""

    def subjects(now: datetime) -> Iterable[Subject]:
        obligations = list(
            Obligation.objects.awaited()
            .filter(kind__in=kinds)
            .exclude(project__state__in=[ProjectState.STOPPED, ProjectState.PAUSED])
            .select_related("project")
            .order_by("pk")
        )
        editors = editors_by_organisation({one.project.organisation_id for one in obligations})
        for obligation in obligations:
            yield Subject(
                obligation,
                editors.get(obligation.project.organisation_id, []),
                end_of_day(obligation.due_on),
                since=obligation.created_at,
            )

    return subjects


def obligation_still_due(obligation: Obligation, recipient: User) -> bool | str:
    """Not once it was delivered or dropped, nor while the project stands still."""
    if obligation.state == ObligationState.WAIVED:
        return "Dit hoeft niet meer."
    if obligation.state != ObligationState.OPEN:
        return "Dit is geleverd."
    if obligation.project.state in {ProjectState.STOPPED, ProjectState.PAUSED}:
        return "Het project staat stil."
    if not recipient.has_member_role(obligation.project.organisation_id, MemberRole.EDITOR):
        return "Deze persoon werkt niet meer aan de dossiers van deze organisatie."
    return True


def obligation_context(
    obligation: Obligation, recipient: User, deadline: datetime
) -> Mapping[str, Any]:
    """What is due, and where to deliver it."""
    return {
        "what": obligation.title,
        "title": obligation.project.title,
        "reference": obligation.project.reference,
        "url": portal_url("projects:obligations", obligation.project.reference),
    }


def register_reminders() -> None:
    """Called from AppConfig.ready(). Offsets: domain.md 7, a default that staff change."""
    register(
        ReminderRule(
            name="projects.draft_not_submitted",
            label="Ontwerp nog niet ingediend",
            default_offsets=(
                Offset(days=-14),
                Offset(days=-7),
                Offset(days=-2),
                Offset(hours=-3),
            ),
            subjects=drafts_to_remind,
            still_needed=draft_still_open,
            template="projects/mail/draft_not_submitted.md",
            context=draft_context,
        )
    )
    register(
        ReminderRule(
            name="projects.information_due",
            label="Bijkomende informatie nog niet beantwoord",
            default_offsets=INFORMATION_OFFSETS,
            subjects=information_to_answer,
            still_needed=information_still_open,
            template="projects/mail/information_due.md",
            context=information_context,
        )
    )
    kinds = Obligation.Kind
    for name, label, of_kinds, days in [
        (
            "projects.report_due",
            "Voortgangsverslag of document te leveren",
            (kinds.PROGRESS_REPORT, kinds.OTHER),
            (-30, -7, 7),
        ),
        (
            "projects.final_report_due",
            "Eindverslag of laatste schuldvordering te leveren",
            (kinds.FINAL_REPORT, kinds.FINAL_CLAIM),
            (-60, -14, 1),
        ),
        (
            "projects.tender_document_due",
            "Opdrachtdocument te leveren",
            (kinds.TENDER_DOCUMENT,),
            (-90, -30, 0),
        ),
    ]:
        register(
            ReminderRule(
                name=name,
                label=label,
                default_offsets=tuple(Offset(days=one) for one in days),
                subjects=_due_obligations(*of_kinds),
                still_needed=obligation_still_due,
                template="projects/mail/obligation_due.md",
                context=obligation_context,
            )
        )
