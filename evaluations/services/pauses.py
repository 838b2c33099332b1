"""Stopping the clock of a file while the applicant is to act, and starting it again."""

from datetime import datetime
from typing import Any

from django.db.models.signals import post_save

from common import clock
from common.lifecycle import transitioned
from evaluations.models import ClockPause, PauseReason
from projects.lifecycle import ProposalState
from projects.models import ASKED_STATES, InformationRequest, Proposal

CLOSING_STEPS = frozenset({"withdraw", "select", "do_not_select"})


def connect() -> None:
    """Listen to what stops and starts the clock; once, from `AppConfig.ready()`."""
    transitioned.connect(
        on_proposal_step, sender=Proposal, dispatch_uid="evaluations.pauses.proposal"
    )
    transitioned.connect(
        on_information_step,
        sender=InformationRequest,
        dispatch_uid="evaluations.pauses.information",
    )
    post_save.connect(
        on_information_asked, sender=InformationRequest, dispatch_uid="evaluations.pauses.asked"
    )


def on_proposal_step(*, instance: Proposal, transition: Any, source: str, **_kwargs: Any) -> None:
    """Listener of `common.lifecycle.transitioned` for proposals.

    Incomplete: the clock stops, until the applicant hands in again; a time to correct that lapses
    does not start it. Nothing waits any more once the file is closed.
    """
    if transition.name == "mark_incomplete":
        ClockPause.objects.create(
            proposal=instance, reason=PauseReason.CORRECTION, started_at=clock.now()
        )
    elif transition.name == "submit" and source == ProposalState.INCOMPLETE:
        _end(instance.submitted_at, proposal=instance, reason=PauseReason.CORRECTION)
    elif transition.name in CLOSING_STEPS:
        _end(clock.now(), proposal=instance)


def on_information_asked(*, instance: InformationRequest, created: bool, **_kwargs: Any) -> None:
    """Listener of `post_save`: a question about an undecided file stops its clock.

    What the portal asks after a selection does not: the evaluation is over by then.
    """
    if created and instance.proposal.state in ASKED_STATES:
        ClockPause.objects.create(
            proposal=instance.proposal,
            reason=PauseReason.INFORMATION,
            information_request=instance,
            started_at=instance.asked_at,
        )


def on_information_step(*, instance: InformationRequest, transition: Any, **_kwargs: Any) -> None:
    """Listener of `transitioned` for requests: answered (when it arrived) or taken back."""
    at = instance.answered_at if transition.name == "answer" else clock.now()
    _end(at, information_request=instance)


def _end(at: datetime | None, **which: Any) -> None:
    for pause in ClockPause.objects.running().filter(**which).order_by("pk"):
        pause.ended_at = max(at or clock.now(), pause.started_at)
        pause.save(update_fields=["ended_at"])
