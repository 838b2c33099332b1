"""Invented proposals, each taken as far as its story goes: draft, submitted, advised, decided."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import Organisation, User
from audit.models import AuditEvent
from calls.models import Call, QuestionType, SectionKind, Theme
from common.moments import add_working_days, last_day_before, today
from demo.organisations import MARK
from demo.people import Cast
from demo.scores import score_file
from demo.texts import Idea, answers_for
from demo.timing import at
from documents.services import request_document
from evaluations.lifecycle import AssignmentState
from evaluations.models import (
    Advice,
    Assignment,
    CompletenessAnswer,
    CompletenessCheck,
    Conclusion,
    ConflictDeclaration,
    Evaluation,
    SelectionDecision,
)
from evaluations.selectors.checking import points_to_check
from evaluations.services.decision import next_letter_number, request_letter
from projects.content import fingerprint, proposal_content
from projects.draft import load_draft
from projects.lifecycle import ProposalState
from projects.models import CostLine, Partner, Proposal, ProposalVersion, SectionAnswers
from projects.services.submission import RECEIPT_KIND

ORDER = [
    ProposalState.DRAFT,
    ProposalState.SUBMITTED,
    ProposalState.COMPLETE,
    ProposalState.ASSESSMENT,
    ProposalState.ADVISED,
]
DAY_OF_DECISIONS = 45  # working days after closing
DECIDED = {ProposalState.SELECTED, ProposalState.NOT_SELECTED}


@dataclass(frozen=True)
class Story:
    """Who proposes which idea, and how far it came. `scores` are per criterion of the call.

    A `lead` that is named has scored nothing yet while the file is in assessment.
    """

    organisation: Organisation
    idea: Idea
    state: ProposalState
    scores: tuple[str, ...] = ("4.0", "3.5", "3.5")
    conclusion: Conclusion = Conclusion.POSITIVE
    unfinished: bool = False
    decided_not_notified: bool = False
    second_scores: tuple[str, ...] = ()
    lead: User | None = None

    def reached(self, state: ProposalState) -> bool:
        if self.state in DECIDED:
            return True
        if self.state not in ORDER:
            return state == ProposalState.SUBMITTED
        return ORDER.index(self.state) >= ORDER.index(state)


class Player:
    """Writes the stories of one call, dated along its calendar."""

    def __init__(self, call: Call, cast: Cast, themes: dict[str, Theme]) -> None:
        self.call = call
        self.cast = cast
        self.themes = themes
        self.round = call.rounds.get()
        self.closing = last_day_before(self.round.closes_at)
        self.count = 0

    def play(self, story: Story) -> Proposal:
        self.count += 1
        author = self._author(story.organisation)
        started = at(self.closing - timedelta(days=25 - self.count % 9), 9, 12)
        if story.state == ProposalState.DRAFT:
            started = at(today() - timedelta(days=6 + self.count), 14, 5)
        proposal = self._draft(story, author, started)
        log(proposal, started, author, "proposal.started", "Ontwerp begonnen")
        if story.reached(ProposalState.SUBMITTED):
            self._submit(
                proposal, author, at(self.closing - timedelta(days=self.count % 4), 16, 40)
            )
        if story.reached(ProposalState.COMPLETE):
            self._check(proposal)
        if story.reached(ProposalState.ASSESSMENT):
            self._assess(proposal, story)
        if story.state in DECIDED or story.decided_not_notified:
            self._decide(proposal, story)
        return proposal

    # --- The steps -------------------------------------------------------------------------------

    def _draft(self, story: Story, author: User, started: datetime) -> Proposal:
        self.call.last_proposal_number = self.count
        self.call.save(update_fields=["last_proposal_number"])
        proposal = Proposal.objects.create(
            call=self.call,
            organisation=story.organisation,
            reference=f"{self.call.reference}-{self.count:04d}",
            title=f"{story.idea.title} {MARK}",
            summary=f"{story.idea.goal} Een verzonnen voorstel, om het portaal te tonen.",
            theme=self.themes[story.idea.theme],
            contact_name=author.get_full_name(),
            contact_email=author.email,
            signatory_name="Sam Tekenaar (voorbeeld)",
            signatory_function="Algemeen directeur",
            own_budget_secured=True,
            ceiling_reason="De proef moet een volledig seizoen duren."
            if any(Decimal(amount) > 1_000_000 for _phase, _label, amount in story.idea.costs)
            else "",
            is_fictional=True,
            created_by=author,
            created_at=started,
        )
        CostLine.objects.bulk_create(
            CostLine(
                proposal=proposal,
                phase=phase,
                description=label,
                amount=Decimal(amount),
                position=position,
            )
            for position, (phase, label, amount) in enumerate(story.idea.costs, 1)
        )
        Partner.objects.create(
            proposal=proposal,
            name=f"Kennisnetwerk Modelbesturen {MARK}",
            role="Meelezer en eerste overnemer",
            contribution="Test de resultaten in twee andere besturen.",
            has_letter_of_intent=not story.unfinished,
        )
        self._answers(proposal, story, author, started)
        return proposal

    def _answers(self, proposal: Proposal, story: Story, author: User, saved_at: datetime) -> None:
        given: dict[str, Any] = dict(answers_for(story.idea))
        start = self.closing + timedelta(days=200)
        given["start"] = start.isoformat()
        given["mijlpalen"] = [
            {"mijlpaal": label, "datum": (start + timedelta(days=days)).isoformat()}
            for label, days in [
                ("Marktconsultatie", 60),
                ("Bestek klaar", 150),
                ("Gunning", 260),
                ("Oplevering", 620),
            ]
        ]
        for section in self.call.sections.prefetch_related("questions"):
            if story.unfinished and section.code > "F":
                continue
            answers = {}
            for question in section.questions.all():
                if question.type == QuestionType.DECLARATION:
                    answers[question.key] = True
                elif question.type == QuestionType.CHOICE:
                    answers[question.key] = question.choices[self.count % len(question.choices)]
                elif question.key in given:
                    answers[question.key] = given[question.key]
            if answers or section.kind != SectionKind.QUESTIONS:
                SectionAnswers.objects.create(
                    proposal=proposal,
                    section=section,
                    answers=answers,
                    updated_by=author,
                    updated_at=saved_at + timedelta(hours=2),
                )

    def _submit(self, proposal: Proposal, author: User, arrived_at: datetime) -> None:
        draft = load_draft(proposal)
        proposal.round = self.round
        proposal.submitted_at = arrived_at
        proposal.total_cost = draft.estimate.total
        proposal.requested_amount = draft.estimate.requested
        proposal.save()
        content = proposal_content(
            draft,
            version=1,
            arrived_at=arrived_at,
            submitted_by=str(author),
            submission_round=self.round,
        )
        version = ProposalVersion.objects.create(
            proposal=proposal,
            number=1,
            content=content,
            sha256=fingerprint(content),
            arrived_at=arrived_at,
            submitted_by=author,
            recorded_at=arrived_at,
        )
        if proposal.organisation.memberships.exists():
            request_document(
                kind=RECEIPT_KIND,
                params={"version": version.pk},
                requested_by=author,
                about=proposal,
            )
        self._move(proposal, ProposalState.SUBMITTED)
        log(proposal, arrived_at, author, "proposal.submit", "Indienen")

    def _check(self, proposal: Proposal) -> None:
        when = at(self.working_day(3), 11, 20)
        check = CompletenessCheck.objects.create(
            version=proposal.versions.get(),
            is_complete=True,
            checked_by=self.cast.team,
            checked_at=when,
        )
        CompletenessAnswer.objects.bulk_create(
            CompletenessAnswer(check_of=check, item=point, label=point.label, is_ok=True)
            for point in points_to_check(proposal)
        )
        self._move(proposal, ProposalState.COMPLETE)
        log(proposal, when, self.cast.team, "proposal.mark_complete", "Volledig verklaren")

    def _assess(self, proposal: Proposal, story: Story) -> None:
        adviser = story.lead or self.cast.advisers[self.count % 2]
        assigned = at(self.working_day(4), 9, 45)
        finished = at(self.working_day(18 + self.count % 7), 15, 30)
        assignment = self.ask(proposal, adviser)
        self._move(proposal, ProposalState.ASSESSMENT)
        log(proposal, assigned, self.cast.team, "proposal.start_assessment", "Beoordeling starten")
        advised = story.reached(ProposalState.ADVISED)
        if self.call.reader_count > 1:
            second = self._second_reader(proposal, adviser, advised=advised)
            if advised:
                given = story.second_scores or story.scores
                score_file(second, given, finished - timedelta(days=1))
        if not advised:
            if story.lead is None:
                score_file(assignment, story.scores[:1])
            return
        score_file(assignment, story.scores, finished)
        Advice.objects.create(
            proposal=proposal,
            author=adviser,
            strengths="De behoefte is helder en meetbaar. Andere besturen kunnen de oplossing "
            "overnemen.",
            points_of_attention=""
            if story.conclusion == Conclusion.POSITIVE
            else "De raming van de proef is krap en het onderhoud na het project is niet geregeld.",
            conditions="Betrek een tweede bestuur bij de proef.",
            conclusion=story.conclusion,
            internal_note="Besproken in het team (voorbeelddata).",
            finalised_at=finished,
            updated_at=finished,
        )
        self._move(proposal, ProposalState.ADVISED)
        log(proposal, finished, adviser, "proposal.give_advice", "Advies uitbrengen")

    def _decide(self, proposal: Proposal, story: Story) -> None:
        advice = proposal.advices.get()
        decided = at(self.working_day(DAY_OF_DECISIONS), 16)
        notified = at(self.working_day(DAY_OF_DECISIONS + 3), 9, 30)
        not_selected = story.state == ProposalState.NOT_SELECTED
        decision = SelectionDecision.objects.create(
            proposal=proposal,
            advice=advice,
            adviser_id=advice.author_id,
            outcome=SelectionDecision.Outcome.NOT_SELECTED
            if not_selected
            else SelectionDecision.Outcome.SELECTED,
            grounds="Het voorstel overtuigt te weinig op de aanpak."
            if not_selected
            else "Het voorstel past bij het programma en de aanpak is van voldoende kwaliteit.",
            follows_advice=True,
            decided_by=self.cast.leader,
            decided_at=decided,
            letter_number=next_letter_number(decided.year),
        )
        request_letter(decision, self.cast.leader)
        if story.decided_not_notified:
            return
        decision.notified_at = notified
        decision.notified_by = self.cast.team
        decision.notified_on = notified.date()
        decision.save(update_fields=["notified_at", "notified_by", "notified_on"])
        self._move(proposal, story.state)
        label = "Niet selecteren" if not_selected else "Selecteren"
        action = "proposal.do_not_select" if not_selected else "proposal.select"
        log(proposal, notified, self.cast.team, action, label)

    # --- Readers ---------------------------------------------------------------------------------

    def ask(
        self,
        proposal: Proposal,
        adviser: User,
        *,
        is_lead: bool = True,
        state: AssignmentState = AssignmentState.ACCEPTED,
    ) -> Assignment:
        """A reader who was asked on the fourth working day, and accepted unless only invited."""
        assigned = at(self.working_day(4), 9, 45)
        assignment = Assignment.objects.create(
            proposal=proposal,
            adviser=adviser,
            is_lead=is_lead,
            due_on=add_working_days(self.closing, 40),
            assigned_by=self.cast.team,
            assigned_at=assigned,
            agreed_at=assigned,
            state=state,
        )
        if state == AssignmentState.ACCEPTED:
            Evaluation.objects.create(assignment=assignment)
            ConflictDeclaration.objects.create(
                assignment=assignment, has_conflict=False, declared_at=assigned + timedelta(hours=3)
            )
        return assignment

    def _second_reader(self, proposal: Proposal, lead: User, *, advised: bool) -> Assignment:
        """Of a file in assessment every other second reader has yet to answer."""
        first, other = self.cast.readers
        choice = (other, first) if self.count % 2 == 0 else (first, other)
        return self.ask(
            proposal,
            next(adviser for adviser in choice if adviser != lead),
            is_lead=False,
            state=AssignmentState.ACCEPTED
            if advised or self.count % 2
            else AssignmentState.INVITED,
        )

    # --- Pieces ----------------------------------------------------------------------------------

    def working_day(self, count: int) -> date:
        """The `count`-th working day after closing, or yesterday when that has yet to come."""
        return min(add_working_days(self.closing, count), today() - timedelta(days=1))

    def _author(self, organisation: Organisation) -> User:
        member = organisation.memberships.filter(role="submitter").select_related("user").first()
        return member.user if member else self.cast.submitter

    @staticmethod
    def _move(proposal: Proposal, state: ProposalState) -> None:
        proposal.state = state
        proposal.save(update_fields=["state"])


def log(about: models.Model, when: datetime, actor: User, action: str, label: str) -> None:
    """An event of the past in the record."""
    AuditEvent.objects.create(
        at=when,
        actor=actor,
        action=action,
        label=label,
        content_type=ContentType.objects.get_for_model(about),
        object_id=str(about.pk),
    )
