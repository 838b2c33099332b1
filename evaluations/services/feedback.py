"""The talk about a decision, and starting again from a proposal that was not selected."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call
from common import clock
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import FEEDBACK_LIFECYCLE
from evaluations.models import FeedbackTalk, SelectionDecision
from evaluations.selectors.files import team_of_file
from evaluations.selectors.outcome import adapted_proposal
from evaluations.services.locking import applicants, lock_file
from notifications.services import portal_url, queue_mail
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.policies import is_submitter
from projects.services import start_proposal


@transaction.atomic
def ask_for_talk(*, proposal: Proposal, by: User, wish: str = "") -> FeedbackTalk:
    """Ask for a talk about a proposal that was not selected, once; the team gets a mail.

    Raises:
        PermissionDenied: when `by` may not hand in for the applicant.
        TransitionRefused: when the applicant was not told such a decision, or asked already.
    """
    is_submitter.check(by, proposal)
    proposal = lock_file(proposal, {ProposalState.NOT_SELECTED})
    decision = SelectionDecision.objects.get(proposal=proposal)
    if FeedbackTalk.objects.filter(decision=decision).exists():
        raise TransitionRefused(
            _("Er is al een gesprek aangevraagd over deze beslissing."), code="state"
        )
    talk = FeedbackTalk.objects.create(decision=decision, asked_by=by, wish=wish.strip())
    record(actor=by, action="feedbacktalk.ask", label=_("Feedbackgesprek aangevraagd"), about=talk)
    for person in team_of_file(proposal):
        queue_mail(
            kind="evaluations.feedback_asked",
            to=person,
            template="evaluations/mail/feedback_asked.md",
            context={
                "reference": proposal.reference,
                "url": portal_url("evaluations:feedback", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"evaluations.feedback_asked:{talk.pk}:{person.pk}",
        )
    return talk


@transaction.atomic
def plan_talk(*, talk: FeedbackTalk, by: User, planned_at: datetime, place: str) -> FeedbackTalk:
    """Fix when and where, or another moment; the applicant gets a mail.

    Raises:
        PermissionDenied: when `by` holds no talks.
        TransitionRefused: when the talk was held.
    """
    proposal = lock_file(talk.decision.proposal)
    talk.planned_at, talk.place, talk.handled_by = planned_at, place.strip(), by
    FEEDBACK_LIFECYCLE.perform(talk, "plan", actor=by, save=["planned_at", "place", "handled_by"])
    for person in applicants(proposal):
        queue_mail(
            kind="evaluations.feedback_planned",
            to=person,
            template="evaluations/mail/feedback_planned.md",
            context={
                "reference": proposal.reference,
                "moment": planned_at,
                "url": portal_url("evaluations:decision", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"evaluations.feedback_planned:{talk.pk}:{clock.now().timestamp()}"
            f":{person.pk}",
        )
    return talk


@transaction.atomic
def record_talk(*, talk: FeedbackTalk, by: User, internal_report: str) -> FeedbackTalk:
    """Keep that the talk was held, with a report for staff alone.

    Raises:
        PermissionDenied: when `by` holds no talks.
        TransitionRefused: when that was recorded already.
    """
    lock_file(talk.decision.proposal)
    talk.internal_report, talk.held_at, talk.handled_by = internal_report.strip(), clock.now(), by
    FEEDBACK_LIFECYCLE.perform(
        talk, "hold", actor=by, save=["internal_report", "held_at", "handled_by"]
    )
    return talk


@transaction.atomic
def start_again(*, proposal: Proposal, call: Call, by: User) -> Proposal:
    """Begin an adapted proposal for an open call, with the texts of `proposal` that fit.

    Raises:
        PermissionDenied: when `by` may not write for the applicant.
        TransitionRefused: when `proposal` was not refused, or was adapted for that call already.
        ValidationError: when the call takes no proposals.
    """
    proposal = lock_file(proposal, {ProposalState.NOT_SELECTED})
    adapted = adapted_proposal(proposal, call)
    if adapted is not None:
        raise TransitionRefused(
            _("Voor deze oproep hebt u al een aangepast voorstel: %(reference)s.")
            % {"reference": adapted.reference},
            code="state",
        )
    return start_proposal(
        call=call,
        organisation=proposal.organisation,
        title=proposal.title,
        by=by,
        previous=proposal,
        copy=True,
    )
