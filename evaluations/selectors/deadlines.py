"""Until when each step of the evaluation should be done (domain.md 7). Exclusive instants.

A term stands still while the applicant is to act; every day given here has been moved by the pauses
of the file that have ended. In a list, prefetch `clock_pauses` of the proposals.
"""

from datetime import date, datetime

from common import clock
from common.moments import add_working_days, end_of_day, last_day_before, local_day
from evaluations import conf
from evaluations.models import Advice, Assignment, FeedbackTalk, SelectionDecision
from evaluations.pauses import moved_by_pauses
from projects.models import Proposal


def closing_day(proposal: Proposal) -> date:
    """The last day of the round in which the proposal came; without one, the day it was sent."""
    if proposal.round is not None:
        return last_day_before(proposal.round.closes_at)
    return local_day(proposal.submitted_at or clock.now())


def completeness_due(proposal: Proposal) -> datetime:
    day = add_working_days(closing_day(proposal), conf.completeness_working_days())
    return end_of_day(moved_by_pauses(day, proposal.clock_pauses.all()))


def default_advice_day(proposal: Proposal) -> date:
    """The day proposed to an adviser, never in the past: a late assignment starts from today."""
    day = add_working_days(closing_day(proposal), conf.advice_working_days())
    day = moved_by_pauses(day, proposal.clock_pauses.all())
    earliest = add_working_days(local_day(clock.now()), 5)
    return max(day, earliest)


def advice_due_on(assignment: Assignment) -> date:
    """The last day of an adviser's work: what was agreed, and what stood still since.

    `Assignment.last_day` holds it, so that lists can sort on it.
    """
    pauses = assignment.proposal.clock_pauses.all()
    return moved_by_pauses(assignment.due_on, pauses, since=assignment.agreed_at)


def decision_due(advice: Advice) -> datetime:
    since = advice.finalised_at or clock.now()
    day = add_working_days(local_day(since), conf.decision_working_days())
    return end_of_day(moved_by_pauses(day, advice.proposal.clock_pauses.all(), since=since))


def notification_due(decision: SelectionDecision) -> datetime:
    return end_of_day(
        add_working_days(local_day(decision.decided_at), conf.notification_working_days())
    )


def talk_due(talk: FeedbackTalk) -> datetime:
    """Until when a talk that was asked should be planned."""
    asked_on = local_day(talk.asked_at)
    return end_of_day(add_working_days(asked_on, conf.feedback_working_days()))


def correction_deadline(proposal: Proposal, at: datetime) -> datetime | None:
    """Until when an incomplete file may be completed, told at `at`; None: it no longer may.

    While the round or an extension of this applicant is open, and at least the call's number of
    calendar days after the message.
    """
    closes_at = proposal.round.closes_at if proposal.round else None
    days = proposal.call.correction_days
    grace = end_of_day(date.fromordinal(local_day(at).toordinal() + days)) if days else None
    latest = max(filter(None, [closes_at, grace, proposal.extended_until]), default=None)
    return latest if latest is not None and latest > at else None
