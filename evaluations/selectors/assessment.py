"""What the assessment tabs show: own work, and the scores one may see of others."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from calls.models import Criterion
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Evaluation, ExclusionAnswer, Score
from evaluations.policies import may_see_all_files
from evaluations.scoring import Scored, Total
from projects.models import Proposal


@dataclass(frozen=True)
class ScoreCard:
    """One adviser's scores, beside each criterion, with the weighted total."""

    assignment: Assignment
    evaluation: Evaluation
    rows: list[tuple[Scored, Score | None]]
    total: Total
    exclusions: list[ExclusionAnswer]


def own_assignment(user: Any, proposal: Proposal) -> Assignment | None:
    """The active assignment of `user` on this file."""
    return (
        Assignment.objects.active()
        .filter(proposal=proposal, adviser=user)
        .select_related("adviser", "proposal__call", "proposal__organisation")
        .first()
    )


def lead_assignment(proposal: Proposal) -> Assignment | None:
    """The active assignment of the adviser who writes the advice."""
    return (
        Assignment.objects.active()
        .filter(proposal=proposal, is_lead=True)
        .select_related("adviser")
        .first()
    )


def has_declared(assignment: Assignment) -> bool:
    """Whether the adviser accepted, so declared no conflict, and may read the whole proposal."""
    return assignment.state in {AssignmentState.ACCEPTED, AssignmentState.DONE}


def may_read_text(user: Any, proposal: Proposal) -> bool:
    """An adviser reads the full proposal only after declaring that there is no conflict."""
    if may_see_all_files.test(user, None):
        return True
    own = own_assignment(user, proposal)
    return own is None or has_declared(own)


def assignments_of(user: Any, proposal: Proposal) -> list[Assignment]:
    """All assignments with their declarations; to an adviser only the own."""
    return list(
        Assignment.objects.visible_to(user)
        .filter(proposal=proposal)
        .select_related("adviser", "assigned_by")
        .prefetch_related("declarations")
        .order_by("-is_lead", "assigned_at", "pk")
    )


def total_of(
    criteria: list[Criterion], values: Mapping[int, Decimal | None], threshold: Decimal
) -> Total:
    """The weighted total of `values` by criterion id."""
    return Total(
        [Scored(c.title, c.weight, c.threshold, values.get(c.pk)) for c in criteria], threshold
    )


def score_cards(user: Any, proposal: Proposal) -> list[ScoreCard]:
    """Final scores. An adviser sees those of colleagues only once the own ones are final.

    Own notes are not read: they are for the adviser alone.
    """
    evaluations = (
        Evaluation.objects.filter(
            assignment__proposal=proposal,
            assignment__state=AssignmentState.DONE,
            finalised_at__isnull=False,
        )
        .defer("own_notes")
        .select_related("assignment__adviser")
        .prefetch_related(
            Prefetch("scores", Score.objects.order_by("pk")),
            Prefetch(
                "exclusion_answers",
                ExclusionAnswer.objects.select_related("item").order_by("item__position", "pk"),
            ),
        )
        .order_by("-assignment__is_lead", "assignment__pk")
    )
    if not may_see_all_files.test(user, None):
        own = own_assignment(user, proposal)
        if own is not None and own.state != AssignmentState.DONE:
            return []
    criteria = list(proposal.call.criteria.all())
    return [_card(evaluation, criteria, proposal) for evaluation in evaluations]


def _card(evaluation: Evaluation, criteria: list[Criterion], proposal: Proposal) -> ScoreCard:
    by_criterion = {score.criterion_id: score for score in evaluation.scores.all()}
    values = {key: score.value for key, score in by_criterion.items()}
    total = total_of(criteria, values, proposal.call.overall_threshold)
    rows = [
        (scored, by_criterion.get(criterion.pk))
        for criterion, scored in zip(criteria, total.criteria, strict=True)
    ]
    exclusions = list(evaluation.exclusion_answers.all())
    return ScoreCard(evaluation.assignment, evaluation, rows, total, exclusions)
