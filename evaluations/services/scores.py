"""Scores per criterion: saved as often as one likes, final once."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from calls.models import Criterion
from common import clock
from common.formatting import format_number
from common.lifecycle import TransitionRefused
from evaluations import conf
from evaluations.lifecycle import ASSIGNMENT_LIFECYCLE, AssignmentState
from evaluations.models import Assignment, Evaluation, Score
from evaluations.policies import is_assigned_adviser
from evaluations.scoring import possible_scores
from evaluations.selectors import total_of
from evaluations.services.locking import lock_file
from projects.lifecycle import ProposalState
from projects.models import Proposal


@dataclass(frozen=True)
class ScoreEntry:
    """What was filled in for one criterion; both may still be empty."""

    value: Decimal | None
    motivation: str


class ScoresChanged(ValidationError):
    """The scores were saved in another window since this form was opened."""


@transaction.atomic
def save_scores(
    *,
    evaluation: Evaluation,
    by: User,
    version: int,
    entries: Mapping[int, ScoreEntry],
    own_notes: str = "",
) -> Evaluation:
    """Keep a draft; empty fields may stay.

    `entries` by criterion id; `version` as it was when the form was read.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        ScoresChanged: when the stored version is another one.
        ValidationError: when the scores are final, the file moved on, or a score is impossible.
    """
    evaluation = _locked(evaluation, by)
    if evaluation.version != version:
        raise ScoresChanged(
            _(
                "U hebt deze scores intussen in een ander venster gewijzigd. "
                "Hieronder staan beide teksten; wat u nu opslaat, geldt."
            )
        )
    _store(evaluation, entries)
    evaluation.own_notes = own_notes
    evaluation.version += 1
    evaluation.save(update_fields=["own_notes", "version"])
    return evaluation


@transaction.atomic
def finalise_scores(*, evaluation: Evaluation, by: User) -> Evaluation:
    """Make the saved scores final; the database then refuses every change.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        TransitionRefused: when they are final, or the file moved on.
        ValidationError: naming each criterion without a score or a motivation.
    """
    evaluation = _locked(evaluation, by)
    assignment = evaluation.assignment
    stored = {score.criterion_id: score for score in evaluation.scores.all()}
    missing = []
    criteria = list(Criterion.objects.filter(call=assignment.proposal.call_id))
    for criterion in criteria:
        score = stored.get(criterion.pk)
        if score is None or score.value is None:
            missing.append(_("Geef een score voor “%(title)s”.") % {"title": criterion.title})
        if score is None or not score.motivation.strip():
            missing.append(_("Motiveer de score voor “%(title)s”.") % {"title": criterion.title})
    if missing:
        raise ValidationError([ValidationError(sentence) for sentence in missing])
    total = total_of(
        criteria,
        {key: score.value for key, score in stored.items()},
        assignment.proposal.call.overall_threshold,
    )
    ASSIGNMENT_LIFECYCLE.perform(assignment, "finish", actor=by)
    evaluation.total_percent, evaluation.passes = total.percent, total.passes
    evaluation.finalised_at = clock.now()
    evaluation.save(update_fields=["total_percent", "passes", "finalised_at"])
    return evaluation


def _locked(evaluation: Evaluation, by: User) -> Evaluation:
    """The evaluation, locked with its file, while it is `by`'s to change."""
    assignment = Assignment.objects.get(pk=evaluation.assignment_id)
    is_assigned_adviser.check(by, assignment)
    proposal = lock_file(Proposal(pk=assignment.proposal_id), {ProposalState.ASSESSMENT})
    found = (
        Evaluation.objects.select_for_update(of=("self",))
        .select_related("assignment")
        .get(pk=evaluation.pk)
    )
    found.assignment.proposal = proposal
    if found.finalised_at is not None:
        raise TransitionRefused(_("Deze scores zijn definitief."), code="state")
    if found.assignment.state != AssignmentState.ACCEPTED:
        raise TransitionRefused(_("Deze toewijzing is niet meer actief."), code="state")
    return found


def _store(evaluation: Evaluation, entries: Mapping[int, ScoreEntry]) -> None:
    allowed = possible_scores(conf.score_step())
    criteria = {
        criterion.pk: criterion
        for criterion in Criterion.objects.filter(call=evaluation.assignment.proposal.call_id)
    }
    for criterion_id, entry in entries.items():
        if criterion_id not in criteria:
            raise ValidationError(_("Dit criterium hoort niet bij de oproep."))
        if entry.value is not None and entry.value not in allowed:
            raise ValidationError(
                _("Een score voor “%(title)s” gaat van 0 tot 5 in stappen van %(step)s.")
                % {
                    "title": criteria[criterion_id].title,
                    "step": format_number(conf.score_step(), 1),
                }
            )
        Score.objects.update_or_create(
            evaluation=evaluation,
            criterion_id=criterion_id,
            defaults={"value": entry.value, "motivation": entry.motivation},
        )
