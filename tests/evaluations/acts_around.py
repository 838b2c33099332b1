"""What people do around a file: divide a call, meet, tell many at once, and talk afterwards."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from common import clock
from common.moments import today
from evaluations.models import AgendaItem, AssignmentRun, FeedbackTalk, Meeting
from evaluations.services import letter_batches
from evaluations.services.conflicts import declare_conflict_on_file
from evaluations.services.division import (
    carry_out_divisions,
    confirm_division,
    propose_division,
)
from evaluations.services.feedback import ask_for_talk, plan_talk, record_talk
from evaluations.services.meetings import add_to_agenda, close_meeting, open_meeting, plan_meeting
from evaluations.services.minutes import open_item, save_minutes
from projects.lifecycle import ProposalState as State
from tests.evaluations.acts import Attempt, NothingThere, act

# --- The division of a call ----------------------------------------------------------------------


@act(
    "team",
    "leader",
    states=[State.COMPLETE, State.ASSESSMENT],
    event="division.proposed",
    weight=3,
    ready=lambda now: now.count < 2,
)
def divide(at: Attempt) -> None:
    day = today() - timedelta(days=1) if at.careless else today() + timedelta(days=20)
    propose_division(call=at.proposal.call, by=at.by, due_on=day)


@act(
    "team",
    "leader",
    states=[State.COMPLETE, State.ASSESSMENT],
    event="division.confirmed",
    weight=3,
    ready=lambda now: now.count < 2,
)
def confirm_the_division(at: Attempt) -> None:
    """And the worker invites whom it names, with the reasons for who can't be."""
    run = AssignmentRun.objects.filter(call=at.proposal.call).order_by("-pk").first()
    if run is None:
        raise NothingThere
    confirm_division(run=run, by=at.by)
    carry_out_divisions()
    assert not run.pairs.filter(outcome="").exists()


@act("adviser", states=[State.ASSESSMENT], event="conflict.declared", reader="done")
def declare_conflict_after_scoring(at: Attempt) -> None:
    if at.dice.random() < 0.8:
        raise NothingThere  # each takes an adviser away for good
    declare_conflict_on_file(
        proposal=at.proposal, by=at.by, explanation=at.text("Mijn broer werkt daar.")
    )


# --- Meeting -------------------------------------------------------------------------------------


def _meeting(at: Attempt) -> Meeting:
    found = Meeting.objects.filter(items__proposal=at.proposal).order_by("-pk").first()
    if found is None:
        raise NothingThere
    return found


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="meeting.planned",
    weight=4,
    ready=lambda now: now.meeting in {"", "closed"},
)
@transaction.atomic
def plan_to_meet(at: Attempt) -> None:
    meeting = plan_meeting(
        call=at.proposal.call,
        by=at.by,
        title=at.text("Voorbereiding"),
        starts_at=clock.now() + timedelta(hours=1),
    )
    add_to_agenda(meeting=meeting, by=at.by, references=at.proposal.reference)


@act("team", "leader", states=[State.ADVISED], weight=5, ready=lambda now: now.meeting == "planned")
def begin_to_meet(at: Attempt) -> None:
    open_meeting(meeting=_meeting(at), by=at.by)


@act("team", "leader", states=[State.ADVISED], weight=5, ready=lambda now: now.meeting == "running")
@transaction.atomic
def write_minutes(at: Attempt) -> None:
    """The file is opened in the room and minuted: what is refused of the two undoes both."""
    item = AgendaItem.objects.get(meeting=_meeting(at), proposal=at.proposal)
    open_item(item=item, by=at.by)
    save_minutes(
        item=item,
        by=at.by,
        version=item.version - (at.careless and at.dice.random() < 0.5),
        minutes=f"Besproken op {clock.now():%d %H.%M}.",
        leaning="misschien" if at.careless else at.dice.choice(["", "selected"]),
    )


@act("team", "leader", states=[State.ADVISED], weight=5, ready=lambda now: now.meeting == "running")
def end_the_meeting(at: Attempt) -> None:
    close_meeting(meeting=_meeting(at), by=at.by)


# --- Telling many at once ------------------------------------------------------------------------


def _for_this_file(at: Attempt, do: Any) -> None:
    """As the page of the letters of a call does: a refusal is a line of the report."""
    report = letter_batches.for_each(
        call=at.proposal.call, references=[at.proposal.reference], by=at.by, act=do
    )
    if not report:
        raise NothingThere
    [line] = report
    if not line.done:
        raise ValidationError(line.sentence)


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="decision.prepared",
    weight=8,
    ready=lambda now: now.has_letter and not now.is_prepared,
)
def prepare_many(at: Attempt) -> None:
    _for_this_file(at, lambda file: letter_batches.prepare(file, at.by))


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="decision.notified",
    weight=12,
    ready=lambda now: now.is_prepared,
)
def tell_many(at: Attempt) -> None:
    day = today() + timedelta(days=400) if at.careless else None
    _for_this_file(
        at, lambda file: letter_batches.release(file, at.by, means="registered_post", day=day)
    )


# --- The talk afterwards -------------------------------------------------------------------------


def _talk(at: Attempt) -> FeedbackTalk:
    found = FeedbackTalk.objects.filter(decision__proposal=at.proposal).first()
    if found is None:
        raise NothingThere
    return found


@act(
    "member",
    states=[State.NOT_SELECTED],
    event="feedbacktalk.ask",
    weight=20,
    ready=lambda now: now.talk == "",
)
def ask_to_talk(at: Attempt) -> None:
    ask_for_talk(proposal=at.proposal, by=at.by, wish="Wat kan beter?")


@act(
    "team",
    "leader",
    states=[State.NOT_SELECTED],
    weight=20,
    ready=lambda now: now.talk in {"asked", "planned"},
)
def plan_to_talk(at: Attempt) -> None:
    planned_at = clock.now() + timedelta(days=3)
    plan_talk(talk=_talk(at), by=at.by, planned_at=planned_at, place="Brussel")


@act("team", "leader", states=[State.NOT_SELECTED], weight=2, ready=lambda now: now.talk != "")
def hold_the_talk(at: Attempt) -> None:
    record_talk(talk=_talk(at), by=at.by, internal_report="Een goed gesprek.")
