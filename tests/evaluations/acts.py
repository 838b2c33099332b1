"""Everything that people do with a file, as a table: what the random walk chooses from.

A new service is one function with `@act` before it: who should do it, from which states it makes
sense, and the event that it must leave. The walk also lets the wrong people do it, in the wrong
state and with bad input (`careless`): those attempts must be refused with a sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from accounts.models import User
from calls.models import ChecklistKind
from common import clock
from common.moments import today
from documents.models import Job, JobState
from documents.services.making import Made
from documents.services.running import claim_job, publish
from evaluations import services
from evaluations.lifecycle import ACTIVE_ASSIGNMENT_STATES
from evaluations.models import (
    Advice,
    Assignment,
    Conclusion,
    Consensus,
    CorrectionKind,
    FeedbackTalk,
    Meeting,
    PreparedNotification,
    SelectionDecision,
)
from evaluations.scoring import possible_scores
from evaluations.services import AdviceText, ScoreEntry
from evaluations.services.assignment import reassign
from evaluations.services.completeness import Correction
from evaluations.services.consensus import (
    answer_consensus,
    propose_consensus,
    save_consensus,
    take_back_consensus,
)
from evaluations.services.notification import (
    add_notification_proof,
    cancel_notification,
    prepare_notification,
    release_notification,
)
from evaluations.services.scores import ExclusionEntry
from projects.lifecycle import UNDECIDED_STATES, InformationState, ProposalState
from projects.models import InformationRequest, Proposal
from projects.services import (
    ask_information,
    cancel_reopening,
    reopen_proposal,
    save_answers_to_request,
    send_answers,
    settle_reopened,
    submit_proposal,
    withdraw_information_request,
    withdraw_proposal,
)
from projects.services.information import Answer, Asked, default_due_on

State = ProposalState


@dataclass(frozen=True)
class Attempt:
    """One act on one file by one person; `dice` chooses what is left open."""

    proposal: Proposal
    by: User
    careless: bool
    dice: Random

    def text(self, words: str) -> str:
        return " " if self.careless else words


@dataclass(frozen=True)
class Act:
    """`who` names the people of the walk who should do it; `event` is what the record gains.

    `event` is only for acts that are no step of a lifecycle: those are checked by their tables.
    """

    name: str
    who: tuple[str, ...]
    states: frozenset[str]
    event: str
    do: Callable[[Attempt], Any]
    weight: int = 1
    ready: "Callable[[Situation], bool]" = lambda _situation: True
    reader: str = ""


@dataclass
class Situation:
    """What stands around a file now, so that most attempts make sense. Read when it is asked."""

    proposal: Proposal

    @cached_property
    def readers(self) -> dict[str, list[User]]:
        found: dict[str, list[User]] = {}
        active = Assignment.objects.active().filter(proposal=self.proposal)
        for row in active.select_related("adviser").order_by("pk"):
            place = "lead" if row.is_lead else "second"
            found.setdefault(row.state, []).append(row.adviser)
            found.setdefault(f"{place} {row.state}", []).append(row.adviser)
        return found

    @property
    def count(self) -> int:
        return sum(len(self.readers.get(state, [])) for state in ACTIVE_ASSIGNMENT_STATES)

    @property
    def is_reopened(self) -> bool:
        return self.proposal.reopened_at is not None

    @property
    def is_asked(self) -> bool:
        return self.proposal.open_request_number is not None

    @cached_property
    def _advices(self) -> list[Advice]:
        return list(Advice.objects.filter(proposal=self.proposal).order_by("number"))

    @property
    def has_draft(self) -> bool:
        return any(not one.is_final for one in self._advices)

    @property
    def has_final(self) -> bool:
        return any(one.is_final for one in self._advices)

    @cached_property
    def _decision(self) -> SelectionDecision | None:
        rows = SelectionDecision.objects.filter(proposal=self.proposal)
        return rows.select_related("letter").first()

    @property
    def is_decided(self) -> bool:
        return self._decision is not None

    @property
    def has_letter(self) -> bool:
        return self._decision is not None and self._decision.letter_is_ready

    @cached_property
    def is_prepared(self) -> bool:
        rows = PreparedNotification.objects.filter(decision__proposal=self.proposal)
        return self.is_decided and rows.exists()

    @cached_property
    def consensus(self) -> str:
        found = Consensus.objects.filter(proposal=self.proposal).first()
        if found is None:
            return ""
        if found.finalised_at:
            return "final"
        return "proposed" if found.proposed_at else "draft"

    @cached_property
    def meeting(self) -> str:
        return _state(Meeting.objects.filter(items__proposal=self.proposal))

    @cached_property
    def talk(self) -> str:
        return _state(FeedbackTalk.objects.filter(decision__proposal=self.proposal))


def _state(rows: Any) -> str:
    """Of the newest one; "" when there is none."""
    return rows.order_by("-pk").values_list("state", flat=True).first() or ""


class NothingThere(Exception):
    """What the act is about does not exist, so no page offers it."""


ACTS: dict[str, Act] = {}


def act(
    *who: str,
    states: Any,
    event: str = "",
    weight: int = 1,
    ready: Callable[[Situation], bool] = lambda _situation: True,
    reader: str = "",
) -> Callable[[Callable[[Attempt], Any]], Callable[[Attempt], Any]]:
    def add(function: Callable[[Attempt], Any]) -> Callable[[Attempt], Any]:
        name = function.__name__
        ACTS[name] = Act(
            name, who, frozenset(map(str, states)), event, function, weight, ready, reader
        )
        return function

    return add


def _one_of(dice: Random, rows: Any) -> Any:
    found = list(rows)
    if not found:
        raise NothingThere
    return dice.choice(found)


# --- The applicant -------------------------------------------------------------------------------


@act(
    "member",
    states=[State.DRAFT, State.INCOMPLETE, State.SUBMITTED],
    weight=4,
)
def submit(at: Attempt) -> None:
    after = at.dice.choice([None, 0, 1]) if at.careless else None
    submit_proposal(proposal=at.proposal, by=at.by, arrived_at=clock.now(), after=after)


@act("member", states=[State.SUBMITTED], ready=lambda now: not now.is_reopened)
def reopen(at: Attempt) -> None:
    reopen_proposal(proposal=at.proposal, by=at.by)


@act("member", states=[State.SUBMITTED], ready=lambda now: now.is_reopened)
def leave_as_it_was(at: Attempt) -> None:
    cancel_reopening(proposal=at.proposal, by=at.by)


@act("member", states=[State.DRAFT, *UNDECIDED_STATES])
def withdraw(at: Attempt) -> None:
    if at.dice.random() < 0.9:
        raise NothingThere  # a file that is withdrawn has no further story
    withdraw_proposal(proposal=at.proposal, by=at.by, reason=at.text("Wij stoppen ermee."))


@act(
    "member",
    states=[State.ASSESSMENT, State.ADVISED, State.COMPLETE],
    weight=3,
    ready=lambda now: now.is_asked,
)
def answer(at: Attempt) -> None:
    request = _request(at)
    answers = {item.pk: Answer(at.text("Een antwoord.")) for item in request.items.all()}
    if at.dice.random() < 0.3:
        save_answers_to_request(request=request, answers=answers, by=at.by)
    else:
        send_answers(request=request, answers=answers, by=at.by, arrived_at=clock.now())


def _request(at: Attempt) -> InformationRequest:
    rows = InformationRequest.objects.filter(proposal=at.proposal).order_by("pk")
    if not at.careless:
        rows = rows.filter(state=InformationState.OPEN)
    return _one_of(at.dice, rows)


# --- The team ------------------------------------------------------------------------------------


@act("team", states=[State.SUBMITTED], weight=5, ready=lambda now: not now.is_reopened)
def declare_complete(at: Attempt) -> None:
    services.check_completeness(proposal=at.proposal, by=at.by, is_complete=True)


@act("team", states=[State.SUBMITTED], ready=lambda now: not now.is_reopened)
def declare_incomplete(at: Attempt) -> None:
    where = ("D", "bestaat-niet" if at.careless else "probleem")
    services.check_completeness(
        proposal=at.proposal,
        by=at.by,
        is_complete=False,
        remarks=at.text("De raming ontbreekt."),
        corrections=[Correction("Leg dit uit.", CorrectionKind.UNCLEAR, *where)],
    )


@act(
    "team",
    "leader",
    states=[State.COMPLETE, State.ASSESSMENT],
    weight=12,
    ready=lambda now: now.count < 2,
)
def assign(at: Attempt) -> None:
    has_lead = Assignment.objects.active().filter(proposal=at.proposal, is_lead=True).exists()
    services.assign_adviser(
        proposal=at.proposal,
        adviser=at.dice.choice(PEOPLE["everybody"] if at.careless else PEOPLE["adviser"]),
        by=at.by,
        is_lead=at.dice.random() < 0.5 if at.careless else not has_lead,
        due_on=today() - timedelta(days=1) if at.careless else None,
    )


@act(
    "team",
    "leader",
    states=[State.ASSESSMENT],
    ready=lambda now: now.count > len(now.readers.get("done", [])),
)
def revoke(at: Attempt) -> None:
    services.revoke_assignment(
        assignment=_assignment(at), by=at.by, reason=at.text("Te lang afwezig.")
    )


@act(
    "team",
    "leader",
    states=[State.ASSESSMENT],
    ready=lambda now: now.count > len(now.readers.get("done", [])),
    weight=1,
)
def hand_to_another(at: Attempt) -> None:
    reassign(
        assignment=_assignment(at),
        adviser=at.dice.choice(PEOPLE["everybody"] if at.careless else PEOPLE["adviser"]),
        by=at.by,
        reason=at.text("Te lang afwezig."),
    )


@act(
    "team",
    "adviser",
    states=[State.COMPLETE, State.ASSESSMENT, State.ADVISED, State.SELECTED],
    ready=lambda now: not now.is_asked,
)
def ask(at: Attempt) -> None:
    asked = [Asked("D", "probleem" if not at.careless else "bestaat-niet", at.text("Hoeveel?"))]
    ask_information(proposal=at.proposal, asked=asked, due_on=default_due_on(), by=at.by)


@act(
    "team",
    "adviser",
    states=[State.COMPLETE, State.ASSESSMENT, State.ADVISED],
    ready=lambda now: now.is_asked,
    weight=5,
)
def take_question_back(at: Attempt) -> None:
    withdraw_information_request(request=_request(at), by=at.by, reason=at.text("Al bekend."))


# --- Advisers ------------------------------------------------------------------------------------


def _assignment(at: Attempt) -> Assignment:
    """Mostly one's own; somebody else's and ended ones too."""
    rows = Assignment.objects.filter(proposal=at.proposal).order_by("pk")
    own = list(rows.filter(adviser=at.by).order_by("-pk")[:1])
    if own and not at.careless:
        return own[0]
    if not at.careless:
        rows = rows.filter(state__in=["invited", "accepted"])
    return _one_of(at.dice, rows)


@act("adviser", states=[State.ASSESSMENT], weight=10, reader="invited")
def accept(at: Attempt) -> None:
    services.accept_assignment(assignment=_assignment(at), by=at.by)


@act("adviser", states=[State.ASSESSMENT], reader="invited")
def decline(at: Attempt) -> None:
    services.decline_assignment(assignment=_assignment(at), by=at.by, reason=at.text("Geen tijd."))


@act("adviser", states=[State.ASSESSMENT], reader="accepted")
def declare_conflict(at: Attempt) -> None:
    if at.dice.random() < 0.7:
        raise NothingThere  # each takes an adviser away for good
    services.declare_conflict(
        assignment=_assignment(at), by=at.by, explanation=at.text("Mijn zus werkt daar.")
    )


def _evaluation(at: Attempt) -> Any:
    evaluation = getattr(_assignment(at), "evaluation", None)
    if evaluation is None:
        raise NothingThere
    return evaluation


@act("adviser", states=[State.ASSESSMENT], weight=5, reader="accepted")
def give_scores(at: Attempt) -> None:
    evaluation = _evaluation(at)
    criteria = at.proposal.call.criteria.all()
    values = [Decimal("0.3"), Decimal(6), None] if at.careless else possible_scores(Decimal("0.5"))
    services.save_scores(
        evaluation=evaluation,
        by=at.by,
        version=evaluation.version - (at.careless and at.dice.random() < 0.5),
        entries={
            one.pk: ScoreEntry(at.dice.choice(values), at.text("Goed onderbouwd. " * 40))
            for one in criteria
        },
        exclusions={
            item.pk: ExclusionEntry(at.dice.random() < 0.9, at.text("Nagegaan."))
            for item in at.proposal.call.checklist_items.filter(kind=ChecklistKind.EXCLUSION)
        },
        own_notes="Voor mezelf.",
    )


@act("adviser", states=[State.ASSESSMENT], weight=7, reader="accepted")
def close_scores(at: Attempt) -> None:
    services.finalise_scores(evaluation=_evaluation(at), by=at.by)


@act(
    "adviser",
    states=[State.ASSESSMENT, State.ADVISED],
    weight=4,
    reader="lead done",
    ready=lambda now: not now.is_decided and (now.has_draft or not now.has_final),
)
def write_advice(at: Attempt) -> None:
    conclusion = "" if at.careless else at.dice.choice(Conclusion.values)
    text = AdviceText(
        strengths=at.text("Sterk team."),
        points_of_attention=at.text("Krappe planning."),
        budget_from=Decimal(500 if at.careless else 100),
        budget_to=Decimal(200),
        conclusion=conclusion,
        internal_note="Blijft binnen.",
    )
    services.save_advice(proposal=at.proposal, by=at.by, text=text)


@act(
    "adviser",
    states=[State.ASSESSMENT, State.ADVISED],
    event="advice.finalised",
    weight=9,
    reader="lead done",
    ready=lambda now: now.has_draft and now.count > 1,
)
def close_advice(at: Attempt) -> None:
    services.finalise_advice(proposal=at.proposal, by=at.by)


@act(
    "adviser",
    states=[State.ADVISED],
    event="advice.correction_begun",
    reader="lead done",
    ready=lambda now: now.has_final and not now.has_draft and not now.is_decided,
    weight=2,
)
def correct(at: Attempt) -> None:
    services.correct_advice(proposal=at.proposal, by=at.by)


# --- Readers who must agree -----------------------------------------------------------------------


@act(
    "adviser",
    states=[State.ASSESSMENT],
    weight=3,
    reader="lead done",
    ready=lambda now: len(now.readers["done"]) > 1 and now.consensus in {"", "draft"},
)
def write_common_scores(at: Attempt) -> None:
    found = Consensus.objects.filter(proposal=at.proposal).first()
    version = found.version if found else 0
    save_consensus(
        proposal=at.proposal,
        by=at.by,
        version=version + at.careless,
        entries={
            one.pk: ScoreEntry(Decimal(3), at.text("Samen besproken. " * 40))
            for one in at.proposal.call.criteria.all()
        },
        remarks=f"Besproken op {clock.now():%d %H.%M}.",
    )


@act(
    "adviser",
    states=[State.ASSESSMENT],
    event="consensus.proposed",
    weight=7,
    reader="lead done",
    ready=lambda now: now.consensus == "draft",
)
def propose_common_scores(at: Attempt) -> None:
    propose_consensus(proposal=at.proposal, by=at.by)


@act(
    "adviser",
    states=[State.ASSESSMENT],
    event="consensus.taken_back",
    reader="lead done",
    ready=lambda now: now.consensus == "proposed",
)
def take_common_scores_back(at: Attempt) -> None:
    take_back_consensus(proposal=at.proposal, by=at.by)


@act(
    "adviser",
    states=[State.ASSESSMENT],
    event="consensus.agreed",
    weight=6,
    reader="second done",
    ready=lambda now: now.consensus == "proposed",
)
def agree(at: Attempt) -> None:
    _answer_common_scores(at, agrees=True)


@act(
    "adviser",
    states=[State.ASSESSMENT],
    event="consensus.disagreed",
    reader="second done",
    ready=lambda now: now.consensus == "proposed",
)
def disagree(at: Attempt) -> None:
    _answer_common_scores(at, agrees=False)


def _answer_common_scores(at: Attempt, agrees: bool) -> None:
    found = Consensus.objects.filter(proposal=at.proposal).first()
    answer_consensus(
        proposal=at.proposal,
        by=at.by,
        version=(found.version if found else 1) - at.careless,
        agrees=agrees,
        remark="" if agrees else at.text("Te streng."),
    )


# --- Deciding and telling ------------------------------------------------------------------------


@act(
    "leader",
    states=[State.ADVISED],
    event="decision.taken",
    weight=5,
    ready=lambda now: not now.is_decided and not now.has_draft,
)
def decide(at: Attempt) -> None:
    services.decide(
        proposal=at.proposal,
        by=at.by,
        outcome="misschien" if at.careless else at.dice.choice(SelectionDecision.Outcome.values),
        grounds=at.text("Het past bij het programma."),
        deviation_reason=at.text("Het budget."),
    )


@act(
    "leader",
    states=[State.ADVISED],
    event="decision.withdrawn",
    weight=3,
    ready=lambda now: now.is_decided,
)
def take_decision_back(at: Attempt) -> None:
    services.withdraw_decision(proposal=at.proposal, by=at.by)


@act("leader", "team", states=[State.ADVISED], ready=lambda now: now.is_decided)
def make_letter_again(at: Attempt) -> None:
    services.remake_letter(proposal=at.proposal, by=at.by)


@act(
    "worker",
    states=[State.ADVISED],
    weight=5,
    ready=lambda now: now.is_decided and not now.has_letter,
)
def make_letters(at: Attempt) -> None:
    """The worker publishes a file for each letter; how it is laid out is proved elsewhere."""
    waiting = Job.objects.filter(state=JobState.QUEUED, kind="evaluations.decision_letter")
    for job in waiting.order_by("pk"):
        claim = claim_job(job.pk)
        assert claim is not None
        with TemporaryDirectory() as folder:
            made = Path(folder, "brief.pdf")
            made.write_bytes(b"%PDF-1.7")
            publish(claim, Made(made))


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="decision.notified",
    weight=4,
    ready=lambda now: now.has_letter,
)
def notify(at: Attempt) -> None:
    services.notify_decision(proposal=at.proposal, by=at.by)


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="decision.prepared",
    weight=3,
    ready=lambda now: now.has_letter and not now.is_prepared,
)
def prepare(at: Attempt) -> None:
    prepare_notification(proposal=at.proposal, by=at.by)


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="decision.preparation_cancelled",
    ready=lambda now: now.is_prepared,
    weight=4,
)
def cancel(at: Attempt) -> None:
    cancel_notification(proposal=at.proposal, by=at.by)


@act(
    "team",
    "leader",
    states=[State.ADVISED],
    event="decision.notified",
    weight=6,
    ready=lambda now: now.is_prepared,
)
def release(at: Attempt) -> None:
    day = today() + timedelta(days=400) if at.careless else None
    release_notification(proposal=at.proposal, by=at.by, means="registered_post", day=day)


@act("team", states=[State.SELECTED, State.NOT_SELECTED], event="decision.proof_added", weight=2)
def prove(at: Attempt) -> None:
    add_notification_proof(proposal=at.proposal, by=at.by, proof=at.text("RP 123 456"))


# --- The portal by itself ------------------------------------------------------------------------


@act("worker", states=[State.SUBMITTED])
def settle(at: Attempt) -> None:
    settle_reopened()


PEOPLE: dict[str, list[User]] = {}
"""Who plays, by part; filled by the walk."""
