"""Files in each state of the evaluation, made through the services: a test begins where it wants.

`Case` is one file with the people around it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Organisation, User
from accounts.roles import MemberRole, StaffRole
from calls.models import Call, ChecklistKind, ConsensusRule
from documents.models import Job, JobState
from documents.services import run_job, store_file
from evaluations import services
from evaluations.lifecycle import FileStep
from evaluations.models import Advice, Assignment, Evaluation, FileSummary, SelectionDecision
from evaluations.search import plain
from evaluations.services import AdviceText, ScoreEntry
from evaluations.services.consensus import propose_consensus, save_consensus
from evaluations.services.scores import ExclusionEntry
from projects.content import fingerprint, proposal_content
from projects.draft import load_draft
from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.projects.factories import ProposalFactory, VersionFactory

INTERNAL = "ZEER-INTERN-SCHILDWACHT"
"""Stands in every internal note: where an applicant can read it, something leaks."""

ADVICE = AdviceText(
    strengths="Sterk team met ervaring.",
    points_of_attention="De planning is krap.",
    conditions="Neem een jurist bij de markttoets.",
    budget_from=Decimal("100000.00"),
    budget_to=Decimal("250000.00"),
    conclusion="positive_with_points",
    internal_note=f"{INTERNAL}: de aanvrager was vorig jaar te laat.",
)


LONG = (
    "Wat het voorstel hierover zegt, volstaat niet: de cijfers ontbreken, de planning loopt niet "
    "tot het einde, en de partners bevestigen hun deel niet."
)
"""A motivation that is long enough below a threshold."""


def staff(*roles: StaffRole) -> User:
    return UserFactory(roles=list(roles))


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    proposal = factory.SubFactory(ProposalFactory, submitted=True, state=ProposalState.ASSESSMENT)
    adviser = factory.LazyFunction(lambda: staff(StaffRole.ADVISER))
    assigned_by = factory.LazyFunction(lambda: staff(StaffRole.TEAM_MEMBER))
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))


@dataclass
class Case:
    """A submitted proposal of a closed call, its applicant and the staff of four roles."""

    proposal: Proposal = field(default_factory=lambda: _proposal())
    team: User = field(default_factory=lambda: staff(StaffRole.TEAM_MEMBER))
    leader: User = field(default_factory=lambda: staff(StaffRole.PROJECT_LEADER))
    adviser: User = field(default_factory=lambda: staff(StaffRole.ADVISER))
    member: User = field(default_factory=UserFactory)
    second: User | None = None

    def __post_init__(self) -> None:
        MembershipFactory(
            user=self.member, organisation=self.proposal.organisation, role=MemberRole.MANAGER
        )

    @property
    def assignment(self) -> Assignment:
        return Assignment.objects.get(proposal=self.proposal, adviser=self.adviser)

    @property
    def evaluation(self) -> Evaluation:
        return Evaluation.objects.get(assignment=self.assignment)

    @property
    def decision(self) -> SelectionDecision:
        return SelectionDecision.objects.get(proposal=self.proposal)

    @property
    def state(self) -> str:
        return Proposal.objects.get(pk=self.proposal.pk).state

    def check_data(self, answer: str = "yes", **changes: str) -> dict[str, str]:
        """What a browser posts for the completeness check, every point in order."""
        points = self.proposal.call.checklist_items.filter(kind=ChecklistKind.COMPLETENESS)
        return {
            **{f"point_{point.pk}": "yes" for point in points},
            "aanpassing-TOTAL_FORMS": "1",
            "aanpassing-INITIAL_FORMS": "0",
            "aanpassing-0-kind": "missing",
            "is_complete": answer,
            **changes,
        }

    def complete(self) -> "Case":
        services.check_completeness(proposal=self.proposal, by=self.team, is_complete=True)
        self.proposal.refresh_from_db()
        return self

    def assigned(self) -> "Case":
        self.complete()
        services.assign_adviser(proposal=self.proposal, adviser=self.adviser, by=self.team)
        self.proposal.refresh_from_db()
        return self

    def accepted(self) -> "Case":
        self.assigned()
        services.accept_assignment(assignment=self.assignment, by=self.adviser)
        return self

    def entries(self, value: str = "4.0") -> dict[int, ScoreEntry]:
        """The same score for each criterion; motivated at length where it lies below half."""
        more = f" {LONG}" if Decimal(value) < Decimal("2.5") else ""
        return {
            criterion.pk: ScoreEntry(Decimal(value), f"Motivering bij {criterion.title}.{more}")
            for criterion in self.proposal.call.criteria.all()
        }

    def exclusions(self, *unmet: str) -> dict[int, ExclusionEntry]:
        """Every exclusion criterion of the call met, but those whose label is named."""
        return {
            item.pk: ExclusionEntry(
                item.label not in unmet, "Dit ontbreekt." if item.label in unmet else ""
            )
            for item in self.proposal.call.checklist_items.filter(kind=ChecklistKind.EXCLUSION)
        }

    def score(self, adviser: User | None = None, value: str = "4.0", *unmet: str) -> Evaluation:
        """Final scores of one reader, by default the lead."""
        evaluation = Evaluation.objects.get(
            assignment__proposal=self.proposal, assignment__adviser=adviser or self.adviser
        )
        services.save_scores(
            evaluation=evaluation,
            by=adviser or self.adviser,
            version=evaluation.version,
            entries=self.entries(value),
            exclusions=self.exclusions(*unmet),
        )
        return services.finalise_scores(evaluation=evaluation, by=adviser or self.adviser)

    def reader(self) -> User:
        """A second adviser who accepted."""
        adviser = staff(StaffRole.ADVISER)
        own = services.assign_adviser(
            proposal=self.proposal, adviser=adviser, by=self.team, is_lead=False
        )
        services.accept_assignment(assignment=own, by=adviser)
        return adviser

    def proposed(self) -> "Case":
        """Two readers far apart, of a call that then asks for a consensus; common scores of 3."""
        self.disagreed()
        save_consensus(
            proposal=self.proposal, by=self.adviser, version=0, entries=self.entries("3.0")
        )
        propose_consensus(proposal=self.proposal, by=self.adviser)
        return self

    def disagreed(self) -> "Case":
        """Two readers far apart; the other one is `second`."""
        Call.objects.filter(pk=self.proposal.call_id).update(
            consensus_rule=ConsensusRule.DIVERGENT, reader_count=2
        )
        self.proposal.call.refresh_from_db()
        self.accepted()
        self.second = self.reader()
        self.score(self.adviser, "4.0")
        self.score(self.second, "2.0")
        return self

    def scored(self) -> "Case":
        self.accepted()
        self.score()
        return self

    def advised(self, text: AdviceText = ADVICE) -> "Case":
        self.scored()
        services.save_advice(proposal=self.proposal, by=self.adviser, text=text)
        services.finalise_advice(proposal=self.proposal, by=self.adviser)
        self.proposal.refresh_from_db()
        return self

    def decided(self, outcome: str = "selected", **changes: Any) -> "Case":
        self.advised()
        services.decide(
            **{
                "proposal": self.proposal,
                "by": self.leader,
                "outcome": outcome,
                "grounds": "Het voorstel past bij het programma.",
                "deviation_reason": "Het budget laat het niet toe.",
                **changes,
            }
        )
        return self

    def lettered(self, outcome: str = "selected") -> "Case":
        self.decided(outcome)
        run_job(job_id=self.decision.letter_id)
        return self

    def with_letter(self, outcome: str = "selected") -> "Case":
        """As `lettered`, without laying out pages: for tests that never open the letter."""
        self.decided(outcome)
        Job.objects.filter(pk=self.decision.letter_id).update(
            state=JobState.DONE,
            file=store_file(content=b"%PDF-1.7 brief", name="brief.pdf"),
            finished_at=timezone.now(),
        )
        return self

    def notified(self, outcome: str = "selected") -> "Case":
        self.lettered(outcome)
        services.notify_decision(proposal=self.proposal, by=self.team)
        self.proposal.refresh_from_db()
        return self

    def advice(self) -> Advice:
        return Advice.objects.filter(proposal=self.proposal).latest("number")


def _proposal() -> Proposal:
    call = CallFactory(window__opens=-60, window__closes=-1)
    proposal = ProposalFactory(call=call, submitted=True)
    content = proposal_content(
        load_draft(proposal),
        version=1,
        arrived_at=timezone.now(),
        submitted_by="Ann Peeters",
        submission_round=proposal.round,
    )
    VersionFactory(proposal=proposal, content=content, sha256=fingerprint(content))
    return proposal


def many(count: int) -> Case:
    """A case and `count` more assigned files in its call."""
    case = Case().assigned()
    pattern = case.proposal
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Gemeente {n}", type="municipality") for n in range(count)
    )
    proposals = Proposal.objects.bulk_create(
        Proposal(
            call=pattern.call,
            round=pattern.round,
            organisation=organisation,
            reference=f"{pattern.reference}-{n:04d}",
            title=f"Voorstel {n}",
            created_by=pattern.created_by,
            state=ProposalState.ASSESSMENT,
            submitted_at=timezone.now(),
        )
        for n, organisation in enumerate(organisations)
    )
    Assignment.objects.bulk_create(
        Assignment(
            proposal=proposal,
            adviser=case.adviser,
            assigned_by=case.team,
            due_on=timezone.localdate(),
        )
        for proposal in proposals
    )
    FileSummary.objects.bulk_create(
        FileSummary(
            proposal=proposal,
            call=pattern.call,
            title=proposal.title,
            words=plain(f"{proposal.reference} {proposal.title}"),
            step=FileStep.INVITED,
            due_on=timezone.localdate(),
            readers_asked=1,
        )
        for proposal in proposals
    )
    return case
