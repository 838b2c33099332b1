"""Who is reminded of which step of the evaluation (domain.md 7); the moments are rows of the
notifications engine, of which these are the first."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import SubmissionRound
from common.moments import add_working_days, end_of_day, last_day_before, local_day
from evaluations import conf
from evaluations.lifecycle import AssignmentState, FeedbackState
from evaluations.models import (
    Advice,
    Assignment,
    ClockPause,
    Consensus,
    FeedbackTalk,
    SelectionDecision,
)
from evaluations.selectors import completeness_due, decision_due, decision_obstacle
from evaluations.selectors.deadlines import talk_due
from evaluations.selectors.files import team_of_file
from evaluations.selectors.readers import readers_of, still_to_answer
from evaluations.services.information import information_readers
from notifications.registry import Offset, ReminderRule, Subject
from notifications.services import portal_url
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.reminders import (
    INFORMATION_OFFSETS,
    information_still_open,
    open_information_requests,
)

# --- Completeness: one reminder per round, however many files wait -------------------------------


def _waiting(submission_round: SubmissionRound) -> int:
    return Proposal.objects.filter(round=submission_round, state=ProposalState.SUBMITTED).count()


def rounds_to_check(now: datetime) -> Iterator[Subject]:
    """Closed and closing rounds with files that were not checked yet.

    A file that was corrected has more time; the first term that ends counts.
    """
    waiting = (
        Proposal.objects.filter(state=ProposalState.SUBMITTED, round__isnull=False)
        .select_related("round__call")
        .prefetch_related("clock_pauses")
        .order_by("round", "pk")
    )
    team = list(staff_with_role(StaffRole.TEAM_MEMBER))
    for item, files in groupby(waiting, key=lambda proposal: proposal.round):
        assert item is not None, "filtered above"
        due = min(completeness_due(proposal) for proposal in files)
        yield Subject(item, team, due, since=item.closes_at)


def _still_to_check(submission_round: SubmissionRound, person: Any) -> bool | str:
    return _waiting(submission_round) > 0 or _("Alle dossiers van deze ronde zijn gecontroleerd.")


COMPLETENESS = ReminderRule(
    name="evaluations.completeness",
    label=gettext_lazy("Volledigheid controleren"),
    default_offsets=(Offset(days=-3), Offset(days=1)),
    subjects=rounds_to_check,
    still_needed=_still_to_check,
    template="evaluations/mail/reminder_completeness.md",
    context=lambda item, person, deadline: {
        "call": item.call,
        "count": _waiting(item),
        "url": portal_url("evaluations:files"),
    },
)


def _runs(proposal: Proposal) -> bool | str:
    """Whether the clock of the file runs: no reminder of a term that stands still."""
    if ClockPause.objects.running().filter(proposal=proposal).exists():
        return _("De klok van dit dossier staat stil: de aanvrager is aan zet.")
    return True


# --- Advice: the adviser before and after the day, the team when it is late ----------------------


def open_assignments(among: "QuerySet[Assignment] | None" = None) -> Iterator[Assignment]:
    """Whose work on an undecided file is not done: scores, or the advice of the lead.

    Not while the clock of the file stands still: its last day is not known then.
    """
    final = Advice.objects.filter(proposal=OuterRef("proposal"), finalised_at__isnull=False)
    rows = (
        (Assignment.objects.active() if among is None else among)
        .filter(
            ~Exists(final),
            ~Exists(ClockPause.objects.running().filter(proposal=OuterRef("proposal"))),
            proposal__state=ProposalState.ASSESSMENT,
        )
        .select_related("adviser", "proposal")
        .order_by("pk")
    )
    return (row for row in rows if row.is_lead or row.state != AssignmentState.DONE)


def advice_subjects(now: datetime) -> Iterator[Subject]:
    """Every adviser with unfinished work."""
    for row in open_assignments():
        yield Subject(row, [row.adviser], end_of_day(row.last_day), since=row.assigned_at)


def late_advice_subjects(now: datetime) -> Iterator[Subject]:
    """The same work, for the team that asked for it."""
    team = list(staff_with_role(StaffRole.TEAM_MEMBER))
    for row in open_assignments():
        yield Subject(row, team, end_of_day(row.last_day), since=row.assigned_at)


def _still_to_advise(assignment: Assignment, person: Any) -> bool | str:
    if not assignment.is_active:
        return _("Deze toewijzing is niet meer actief.")
    if assignment.proposal.state != ProposalState.ASSESSMENT:
        return _("Dit dossier is niet meer in beoordeling.")
    if not assignment.is_lead and assignment.state == AssignmentState.DONE:
        return _("De scores zijn definitief.")
    return _runs(assignment.proposal)


def _advice_context(assignment: Assignment, person: Any, deadline: datetime) -> dict[str, Any]:
    return {
        "assignment": assignment,
        "due_on": last_day_before(deadline),
        "reference": assignment.proposal.reference,
        "url": portal_url("evaluations:file", assignment.proposal.reference),
    }


ADVICE = ReminderRule(
    name="evaluations.advice_due",
    label=gettext_lazy("Advies schrijven"),
    default_offsets=(Offset(days=-10), Offset(days=-3), Offset(days=1)),
    subjects=advice_subjects,
    still_needed=_still_to_advise,
    template="evaluations/mail/reminder_advice.md",
    context=_advice_context,
)

LATE_ADVICE = ReminderRule(
    name="evaluations.advice_late",
    label=gettext_lazy("Advies is te laat (aan het PIO-team)"),
    default_offsets=(Offset(days=1),),
    subjects=late_advice_subjects,
    still_needed=_still_to_advise,
    template="evaluations/mail/reminder_advice_late.md",
    context=_advice_context,
)

# --- Consensus: the readers who did not answer ---------------------------------------------------


def consensus_subjects(now: datetime) -> Iterator[Subject]:
    """Common scores that lie before the readers, for who did not answer on them."""
    waiting = (
        Consensus.objects.filter(
            proposed_at__isnull=False,
            finalised_at__isnull=True,
            proposal__state=ProposalState.ASSESSMENT,
        )
        .select_related("proposal")
        .prefetch_related(
            "replies",
            Prefetch(
                "proposal__assignments",
                Assignment.objects.active().select_related("adviser").order_by("pk"),
                to_attr="readers",
            ),
        )
        .order_by("pk")
    )
    for item in waiting:
        readers = still_to_answer(item, getattr(item.proposal, "readers", []))
        since = item.proposed_at
        assert since is not None
        due = add_working_days(local_day(since), conf.consensus_working_days())
        yield Subject(item, [one.adviser for one in readers], end_of_day(due), since=since)


def _still_to_agree(item: Consensus, person: Any) -> bool | str:
    if item.proposed_at is None or item.finalised_at is not None:
        return _("Er ligt geen voorstel meer bij de lezers.")
    waiting = still_to_answer(item, readers_of(item.proposal))
    return person.pk in {one.adviser_id for one in waiting} or _("Deze lezer heeft geantwoord.")


CONSENSUS = ReminderRule(
    name="evaluations.consensus_due",
    label=gettext_lazy("Antwoorden op gemeenschappelijke scores"),
    default_offsets=(Offset(days=-2), Offset(days=1)),
    subjects=consensus_subjects,
    still_needed=_still_to_agree,
    template="evaluations/mail/reminder_consensus.md",
    context=lambda item, person, deadline: {
        "reference": item.proposal.reference,
        "url": portal_url("evaluations:consensus", item.proposal.reference),
    },
)

# --- Decision ------------------------------------------------------------------------------------


def decision_subjects(now: datetime) -> Iterator[Subject]:
    """Advised files without a decision, for who decides and was no adviser of the file."""
    decided = SelectionDecision.objects.filter(proposal=OuterRef("pk"))
    final = Advice.objects.filter(finalised_at__isnull=False).order_by("number")
    standing = ClockPause.objects.running().filter(proposal=OuterRef("pk"))
    files = (
        Proposal.objects.filter(~Exists(decided), ~Exists(standing), state=ProposalState.ADVISED)
        .select_related("call")
        .prefetch_related(
            "assignments",
            "clock_pauses",
            Prefetch("advices", final, to_attr="final_advices"),
        )
        .order_by("pk")
    )
    people: dict[str, list[Any]] = {}
    for proposal in files:
        advices: list[Advice] = getattr(proposal, "final_advices", [])
        if not advices:
            continue
        role = proposal.call.decision_role
        if role not in people:
            people[role] = list(staff_with_role(StaffRole(role)))
        involved = {row.adviser_id for row in proposal.assignments.all()}
        deciders = [person for person in people[role] if person.pk not in involved]
        advice = advices[-1]
        yield Subject(proposal, deciders, decision_due(advice), since=advice.finalised_at)


def _still_to_decide(proposal: Proposal, person: Any) -> bool | str:
    if proposal.state != ProposalState.ADVISED:
        return _("Dit dossier wacht niet meer op een beslissing.")
    if SelectionDecision.objects.filter(proposal=proposal).exists():
        return _("Over dit dossier is al beslist.")
    return decision_obstacle(person, proposal) or _runs(proposal)


DECISION = ReminderRule(
    name="evaluations.decision_due",
    label=gettext_lazy("Beslissen over de selectie"),
    default_offsets=(Offset(days=-3), Offset(days=1)),
    subjects=decision_subjects,
    still_needed=_still_to_decide,
    template="evaluations/mail/reminder_decision.md",
    context=lambda proposal, person, deadline: {
        "proposal": proposal,
        "url": portal_url("evaluations:decide", proposal.reference),
    },
)

# --- Further information: staff read along with what the applicant is reminded of ----------------


def information_subjects(now: datetime) -> Iterator[Subject]:
    """Every open request, for who asked it and the adviser who writes the advice."""
    for item in open_information_requests():
        yield Subject(item, information_readers(item), item.due_at, since=item.asked_at)


INFORMATION = ReminderRule(
    name="evaluations.information_due",
    label=gettext_lazy("Bijkomende informatie nog niet beantwoord (aan wie ze vroeg)"),
    default_offsets=INFORMATION_OFFSETS,
    subjects=information_subjects,
    still_needed=information_still_open,
    template="evaluations/mail/reminder_information.md",
    context=lambda item, person, deadline: {
        "reference": item.proposal.reference,
        "number": item.number,
        "url": portal_url("evaluations:information", item.proposal.reference),
    },
)

# --- Talks that applicants asked for -------------------------------------------------------------


def talk_subjects(now: datetime) -> Iterator[Subject]:
    """Every talk that waits for a moment, for the team."""
    waiting = FeedbackTalk.objects.filter(state=FeedbackState.ASKED)
    for talk in waiting.select_related("decision__proposal").order_by("pk"):
        people = team_of_file(talk.decision.proposal)
        yield Subject(talk, people, talk_due(talk), since=talk.asked_at)


def _still_to_plan(talk: FeedbackTalk, person: Any) -> bool | str:
    if talk.state != FeedbackState.ASKED:
        return _("Dit gesprek is al gepland.")
    return person in team_of_file(talk.decision.proposal) or _(
        "Deze persoon werkt niet meer aan dit dossier."
    )


FEEDBACK = ReminderRule(
    name="evaluations.feedback_due",
    label=gettext_lazy("Feedbackgesprek plannen"),
    default_offsets=(Offset(days=-3), Offset(days=1)),
    subjects=talk_subjects,
    still_needed=_still_to_plan,
    template="evaluations/mail/reminder_feedback.md",
    context=lambda talk, person, deadline: {
        "reference": talk.decision.proposal.reference,
        "url": portal_url("evaluations:feedback", talk.decision.proposal.reference),
    },
)

RULES = (COMPLETENESS, ADVICE, LATE_ADVICE, CONSENSUS, DECISION, INFORMATION, FEEDBACK)
