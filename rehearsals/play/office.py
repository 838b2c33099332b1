"""The programme's side: checking, assigning, scoring, advising, deciding and telling."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from accounts.models import User
from calls.models import ChecklistKind
from calls.services import move_call
from common import clock
from common.moments import BRUSSELS, add_working_days, local_day
from documents.services import request_document
from evaluations import conf, services
from evaluations.models import Assignment, Conclusion, Evaluation, SelectionDecision
from evaluations.scoring import possible_scores
from evaluations.selectors.readers import needs_consensus, readers_of
from evaluations.services import AdviceText, ScoreEntry
from evaluations.services.consensus import answer_consensus, propose_consensus, save_consensus
from evaluations.services.scores import ExclusionEntry, stored_scores
from projects.frozen import items_of
from projects.lifecycle import ProposalState
from projects.models import InformationRequest, Proposal
from projects.selectors import dossier_params
from projects.services.information import (
    Answer,
    Asked,
    ask_information,
    default_due_on,
    send_answers,
    withdraw_information_request,
)
from projects.services.submission import DOSSIER_KIND
from rehearsals.play.applicants import Authority
from rehearsals.play.casting import Habit

if TYPE_CHECKING:
    from rehearsals.play.performance import Performance

MEMO = "Dit is een verzonnen tekst uit een oefening."
WHY = (
    "het voorstel legt dit uit, geeft cijfers en noemt wie er meewerkt. Wat nog ontbreekt, staat "
    "bij de aandachtspunten, met wat de aanvrager eraan kan doen."
)
"""Long enough for a score below its threshold."""


class Office:
    """Plans each act when the one before it was done, some of them too late on purpose."""

    def __init__(self, play: "Performance", random: Random) -> None:
        self.play = play
        self.random = random
        self.cast = play.cast
        self.turn = 0

    def plan(self) -> None:
        """What follows from the closing alone: the call moves on, every file is checked."""
        closing_day = local_day(self.play.closed_at)
        self._at(self._hour(closing_day, 3), self.start_assessment)
        self._at(self._hour(closing_day, 4), self.check_all)

    def start_assessment(self) -> None:
        move_call(call=self.play.call, step="start_assessment", by=self.cast.team)

    def check_all(self) -> None:
        """A few minutes each; the last one only after its term, so that the team is reminded."""
        waiting = [a for a in self.play.authorities if a.is_submitted]
        for index, authority in enumerate(waiting):
            is_last = index == len(waiting) - 1 and index > 0
            if is_last:
                term = add_working_days(
                    local_day(self.play.closed_at), conf.completeness_working_days() + 3
                )
                instant = _at_hour(term, 10)
            else:
                instant = clock.now() + timedelta(minutes=4 * index)
            self._at(instant, self._about(self.check, authority))

    def check(self, authority: Authority) -> None:
        if not authority.is_submitted:
            return  # withdrawn meanwhile
        proposal = authority.me.proposal
        corrected = proposal.versions.count() > 1
        incomplete = authority.me.habit in {Habit.CORRECTS, Habit.STAYS_INCOMPLETE}
        if incomplete and not corrected:
            services.check_completeness(
                proposal=proposal,
                by=self.cast.team,
                is_complete=False,
                remarks="De intentieverklaring van de partner ontbreekt.",
            )
            self._await_correction(authority)
            return
        services.check_completeness(proposal=proposal, by=self.cast.team, is_complete=True)
        self._at(self._hour_from_now(1), self._about(self.assign, authority))

    def _await_correction(self, authority: Authority) -> None:
        proposal = Proposal.objects.get(pk=authority.me.proposal.pk)
        if authority.me.habit is Habit.STAYS_INCOMPLETE or proposal.correction_until is None:
            return
        corrected_at = clock.now() + (proposal.correction_until - clock.now()) / 2
        self._at(corrected_at, authority.correct)
        self._at(
            _at_hour(add_working_days(local_day(corrected_at), 1), 11),
            self._about(self.check, authority),
        )

    # --- Assignment ------------------------------------------------------------------------------

    def assign(self, authority: Authority) -> None:
        """Advisers in turn; the first ones asked show every way in which that can go."""
        turn = self.turn
        self.turn += 1
        adviser = self.cast.advisers[turn % 3]
        assignment = services.assign_adviser(
            proposal=authority.me.proposal, adviser=adviser, by=self.cast.team
        )
        answers: dict[int, Callable[[Assignment], None]] = {
            1: self._declines,
            2: self._has_conflict,
            3: self._is_revoked,
        }
        if turn in answers:
            answer = answers[turn]
            self._at(self._hour_from_now(1), lambda: answer(assignment))
            self._at(self._hour_from_now(2), lambda: self._assign_again(authority, adviser, turn))
            return
        self._other_readers(authority, {adviser}, at_least=1 if turn == 4 else 0)
        self._at(self._hour_from_now(1), lambda: self.accept(authority, assignment, turn), True)

    def _assign_again(self, authority: Authority, before: User, turn: int) -> None:
        other = next(one for one in self.cast.advisers if one != before)
        assignment = services.assign_adviser(
            proposal=authority.me.proposal, adviser=other, by=self.cast.colleague
        )
        self._other_readers(authority, {before, other})
        self._at(self._hour_from_now(1), lambda: self.accept(authority, assignment, turn), True)

    def _other_readers(self, authority: Authority, without: set[User], at_least: int = 0) -> None:
        """As many readers beside the lead as the call asks, or one to show how that goes."""
        wanted = max(self.play.call.reader_count - 1, at_least)
        for adviser in [one for one in self.cast.advisers if one not in without][:wanted]:
            self._reader(authority, adviser)

    def _reader(self, authority: Authority, adviser: User) -> None:
        assignment = services.assign_adviser(
            proposal=authority.me.proposal, adviser=adviser, by=self.cast.team, is_lead=False
        )

        def score() -> None:
            services.accept_assignment(assignment=assignment, by=adviser)
            self._score(assignment, adviser)

        self._at(self._hour_from_now(3), score)

    def _declines(self, assignment: Assignment) -> None:
        services.decline_assignment(
            assignment=assignment, by=assignment.adviser, reason="Geen tijd deze maand."
        )

    def _has_conflict(self, assignment: Assignment) -> None:
        services.declare_conflict(
            assignment=assignment, by=assignment.adviser, explanation="Mijn zus werkt daar."
        )

    def _is_revoked(self, assignment: Assignment) -> None:
        services.revoke_assignment(
            assignment=assignment, by=self.cast.team, reason="De adviseur is lang afwezig."
        )

    # --- Further information ---------------------------------------------------------------------

    def _ask_further(self, proposal: Proposal, adviser: User, turn: int) -> None:
        """Three files get a question: one answers late, one in time, one question is withdrawn."""
        if turn not in {0, 5, 6}:
            return
        version = proposal.latest_version
        assert version is not None
        section, item = next(iter(items_of(version.content)))
        request = ask_information(
            proposal=proposal,
            asked=[Asked(section["code"], item["key"], f"Kunt u dit verduidelijken? {MEMO}")],
            due_on=default_due_on(),
            by=adviser,
        )
        if turn == 6:
            self._at(self._hour_from_now(2), lambda: self._take_back(request, adviser))
        else:
            days = timedelta(days=2 if turn == 0 else -2)
            self._at(request.due_at + days, lambda: self._answer(request))

    def _take_back(self, request: InformationRequest, adviser: User) -> None:
        withdraw_information_request(
            request=request, by=adviser, reason="Het antwoord stond al in de bijlage."
        )

    def _answer(self, request: InformationRequest) -> None:
        authority = next(
            one for one in self.play.authorities if one.me.proposal.pk == request.proposal_id
        )
        send_answers(
            request=request,
            answers={
                item.pk: Answer(f"Ja, zie het bestek. {MEMO}") for item in request.items.all()
            },
            by=authority.me.manager,
            arrived_at=clock.now(),
        )

    # --- Scores and advice -----------------------------------------------------------------------

    def accept(self, authority: Authority, assignment: Assignment, turn: int) -> None:
        """Accept, have the file made as PDF to read it, and advise; one adviser is late."""
        services.accept_assignment(assignment=assignment, by=assignment.adviser)
        proposal = authority.me.proposal
        version = proposal.latest_version
        assert version is not None
        request_document(
            kind=DOSSIER_KIND,
            params=dossier_params(version),
            requested_by=assignment.adviser,
            about=proposal,
        )
        self._ask_further(proposal, assignment.adviser, turn)
        due = assignment.due_on
        if turn == 0:
            day = add_working_days(due, 3)
        else:
            day = due - timedelta(days=self.random.randint(1, 20))
        self._at(_at_hour(day, 15), lambda: self.advise(authority, assignment, turn))

    def advise(self, authority: Authority, assignment: Assignment, turn: int) -> None:
        adviser, proposal = assignment.adviser, authority.me.proposal
        if not self._is_in(proposal, ProposalState.ASSESSMENT):
            return
        due = Assignment.objects.get(pk=assignment.pk).last_day
        if turn == 0 and due >= local_day(clock.now()):
            # The question of this file stopped its clock: late is later than that.
            day = add_working_days(due, 3)
            self._at(_at_hour(day, 15), lambda: self.advise(authority, assignment, turn))
            return
        self._score(assignment, adviser)
        self._agree(proposal, adviser)
        conclusion = (
            Conclusion.POSITIVE,
            Conclusion.POSITIVE_WITH_POINTS,
            Conclusion.NEGATIVE,
            Conclusion.POSITIVE,
        )[turn % 4]
        services.save_advice(
            proposal=proposal,
            by=adviser,
            text=AdviceText(
                strengths=f"De behoefte is helder en meetbaar. {MEMO}",
                points_of_attention=f"De raming van de proef is krap. {MEMO}",
                conditions="Betrek een tweede bestuur bij de proef.",
                budget_from=Decimal("100000.00"),
                budget_to=Decimal("250000.00"),
                conclusion=conclusion,
                internal_note=MEMO,
            ),
        )
        services.finalise_advice(proposal=proposal, by=adviser)
        days = conf.decision_working_days() + 3 if turn == 0 else self.random.randint(2, 8)
        self._at(
            _at_hour(add_working_days(local_day(clock.now()), days), 16),
            lambda: self.decide(authority, conclusion, turn),
        )

    def _score(self, assignment: Assignment, adviser: User) -> None:
        evaluation = Evaluation.objects.get(assignment=assignment)
        scores = [value for value in possible_scores(self.play.call.score_step) if value >= 2]
        services.save_scores(
            evaluation=evaluation,
            by=adviser,
            version=evaluation.version,
            entries={
                criterion.pk: ScoreEntry(
                    self.random.choice(scores), f"{criterion.title}: {WHY} {MEMO}"
                )
                for criterion in self.play.call.criteria.order_by("position", "pk")
            },
            exclusions={
                item.pk: ExclusionEntry(is_met=True, reason="")
                for item in self.play.call.checklist_items.filter(kind=ChecklistKind.EXCLUSION)
            },
        )
        services.finalise_scores(evaluation=evaluation, by=adviser)

    def _agree(self, proposal: Proposal, lead: User) -> None:
        """Where the call asks for it: the lead's scores, with which the others agree."""
        readers = readers_of(proposal)
        if not needs_consensus(proposal, readers):
            return
        own = Evaluation.objects.get(assignment__proposal=proposal, assignment__adviser=lead)
        found = save_consensus(
            proposal=proposal, by=lead, version=0, entries=stored_scores(own), remarks=MEMO
        )
        propose_consensus(proposal=proposal, by=lead)
        for reader in readers:
            if not reader.is_lead:
                answer_consensus(
                    proposal=proposal, by=reader.adviser, version=found.version, agrees=True
                )

    # --- Decision --------------------------------------------------------------------------------

    def decide(self, authority: Authority, conclusion: Conclusion, turn: int) -> None:
        """Follow the advice, once with a reason to deviate."""
        proposal = authority.me.proposal
        if not self._is_in(proposal, ProposalState.ADVISED):
            return
        selected = conclusion.supports_selection != (turn == 5)
        services.decide(
            proposal=proposal,
            by=self.cast.decider,
            outcome=SelectionDecision.Outcome.SELECTED
            if selected
            else SelectionDecision.Outcome.NOT_SELECTED,
            grounds=f"Het voorstel is vergeleken met de criteria van de oproep. {MEMO}",
            deviation_reason=f"Het budget van dit jaar laat het niet toe. {MEMO}",
        )
        self._at(self._hour_from_now(1), self._about(self.notify, authority), True)

    def notify(self, authority: Authority) -> None:
        self.play.finish_documents()
        services.notify_decision(proposal=authority.me.proposal, by=self.cast.team)
        # What the form needs only after the selection, the portal asks by itself.
        for request in InformationRequest.objects.open().filter(proposal=authority.me.proposal):
            self._at(self._hour_from_now(5), self._answering(request))
        if not self._undecided():
            self._at(self._hour_from_now(1), self.finish)

    def finish(self) -> None:
        move_call(call=self.play.call, step="mark_decided", by=self.cast.team)

    def _undecided(self) -> bool:
        return Proposal.objects.filter(
            state__in=[
                ProposalState.SUBMITTED,
                ProposalState.COMPLETE,
                ProposalState.ASSESSMENT,
                ProposalState.ADVISED,
            ]
        ).exists()

    def _answering(self, request: InformationRequest) -> Callable[[], None]:
        return lambda: self._answer(request)

    # --- Pieces ----------------------------------------------------------------------------------

    def _at(self, instant: datetime, act: Callable[[], None], quiet: bool = False) -> None:  # noqa: FBT001
        self.play.at(instant, act, of="het programma", quiet=quiet)

    @staticmethod
    def _about(act: Callable[[Authority], None], authority: Authority) -> Callable[[], None]:
        return lambda: act(authority)

    @staticmethod
    def _is_in(proposal: Proposal, state: ProposalState) -> bool:
        return Proposal.objects.filter(pk=proposal.pk, state=state).exists()

    @staticmethod
    def _hour(day: date, working_days: int) -> datetime:
        return _at_hour(add_working_days(day, working_days), 10)

    def _hour_from_now(self, working_days: int) -> datetime:
        """Working days later, at one of the hours at which the office works files off."""
        day = add_working_days(local_day(clock.now()), working_days)
        return _at_hour(day, self.random.choice([9, 11, 14, 16]))


def _at_hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=BRUSSELS)
