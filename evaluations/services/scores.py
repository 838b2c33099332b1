"""Scores per criterion and answers on the exclusion criteria: saved often, final once."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from calls.models import Call, ChecklistItem, ChecklistKind, Criterion
from common import clock
from common.drafting import Clash
from common.formatting import format_number
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import ASSIGNMENT_LIFECYCLE, AssignmentState
from evaluations.models import Assignment, Consensus, Evaluation, ExclusionAnswer, Score
from evaluations.policies import is_assigned_adviser
from evaluations.scoring import needed_length, possible_scores
from evaluations.selectors import total_of
from evaluations.services.locking import lock_file
from projects.lifecycle import ProposalState
from projects.models import Proposal


@dataclass(frozen=True)
class ScoreEntry:
    """What was filled in for one criterion; both may still be empty."""

    value: Decimal | None
    motivation: str


@dataclass(frozen=True)
class ExclusionEntry:
    """What was answered on one exclusion criterion; None while it was not."""

    is_met: bool | None
    reason: str


NO_SCORE = ScoreEntry(None, "")
NO_ANSWER = ExclusionEntry(None, "")


class ScoresChanged(Clash):
    """The scores were saved in another window since this form was opened."""

    def __init__(self, current: Evaluation) -> None:
        super().__init__(
            current,
            _(
                "U hebt deze scores intussen in een ander venster gewijzigd. "
                "Vergelijk de twee teksten en kies."
            ),
        )


@transaction.atomic
def save_scores(
    *,
    evaluation: Evaluation,
    by: User,
    version: int,
    entries: Mapping[int, ScoreEntry],
    exclusions: Mapping[int, ExclusionEntry] | None = None,
    own_notes: str | None = None,
) -> Evaluation:
    """Keep a draft; empty fields may stay. What equals what is stored makes no new version.

    `entries` by criterion id, `exclusions` by id of the item; what is not named stays as it is, as
    do `own_notes` when they are None. `version` is as it was when the form was read.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        ScoresChanged: when the stored version is another one, with other content.
        ValidationError: when the scores are final, the file moved on, or a score is impossible.
    """
    evaluation = _locked(evaluation, by)
    scores = changed_scores(evaluation.assignment.proposal.call, stored_scores(evaluation), entries)
    answers = _changed_answers(evaluation, exclusions or {})
    notes_changed = own_notes is not None and own_notes != evaluation.own_notes
    if not (scores or answers or notes_changed):
        return evaluation
    if evaluation.version != version:
        raise ScoresChanged(evaluation)
    Score.objects.bulk_create(
        [
            Score(evaluation=evaluation, criterion_id=key, **vars(entry))
            for key, entry in scores.items()
        ],
        update_conflicts=True,
        unique_fields=["evaluation", "criterion"],
        update_fields=["value", "motivation"],
    )
    ExclusionAnswer.objects.bulk_create(
        [
            ExclusionAnswer(evaluation=evaluation, item_id=key, **vars(entry))
            for key, entry in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["evaluation", "item"],
        update_fields=["is_met", "reason"],
    )
    if own_notes is not None:
        evaluation.own_notes = own_notes
    evaluation.version += 1
    evaluation.updated_at = clock.now()
    evaluation.save(update_fields=["own_notes", "version", "updated_at"])
    return evaluation


@transaction.atomic
def finalise_scores(*, evaluation: Evaluation, by: User) -> Evaluation:
    """Make the saved scores final; the database then refuses every change.

    Raises:
        PermissionDenied: when the assignment is not of `by`.
        TransitionRefused: when they are final, or the file moved on.
        ValidationError: by `score_`, `motivation_`, `met_` and `reason_` with the id of the
            criterion or item: what is not given yet, and how many characters are missing.
    """
    evaluation = _locked(evaluation, by)
    assignment = evaluation.assignment
    call = assignment.proposal.call
    if missing := missing_to_finish(evaluation):
        raise ValidationError(missing)
    total = total_of(
        list(Criterion.objects.filter(call=call)),
        {key: entry.value for key, entry in stored_scores(evaluation).items()},
        call.overall_threshold,
    )
    ASSIGNMENT_LIFECYCLE.perform(assignment, "finish", actor=by)
    evaluation.total_percent, evaluation.passes = total.percent, total.passes
    evaluation.finalised_at = clock.now()
    evaluation.save(update_fields=["total_percent", "passes", "finalised_at"])
    return evaluation


def missing_to_finish(evaluation: Evaluation) -> dict[str, str]:
    """What the stored scores and answers lack to be made final, by the box it belongs to."""
    call = evaluation.assignment.proposal.call
    criteria = list(Criterion.objects.filter(call=call))
    return missing_of_scores(call, criteria, stored_scores(evaluation)) | _missing_answers(
        evaluation
    )


# --- What scores of one reader and of a consensus have in common ---------------------------------


def stored_scores(holder: Evaluation | Consensus) -> dict[int, ScoreEntry]:
    """What is stored, by criterion id."""
    return {
        score.criterion_id: ScoreEntry(score.value, score.motivation)
        for score in holder.scores.all()
    }


def changed_scores(
    call: Call, stored: Mapping[int, ScoreEntry], entries: Mapping[int, ScoreEntry]
) -> dict[int, ScoreEntry]:
    """The entries that differ from what is stored.

    Raises:
        ValidationError: when a criterion is not of the call, or a score is none of its steps.
    """
    allowed = possible_scores(call.score_step)
    titles = dict(Criterion.objects.filter(call=call).values_list("pk", "title"))
    for key, entry in entries.items():
        if key not in titles:
            raise ValidationError(_("Dit criterium hoort niet bij de oproep."))
        if entry.value is not None and entry.value not in allowed:
            raise ValidationError(
                _("Een score voor “%(title)s” gaat van 0 tot 5 in stappen van %(step)s.")
                % {"title": titles[key], "step": format_number(call.score_step, 1)}
            )
    return {key: entry for key, entry in entries.items() if entry != stored.get(key, NO_SCORE)}


def missing_of_scores(
    call: Call, criteria: list[Criterion], stored: Mapping[int, ScoreEntry]
) -> dict[str, str]:
    """What scores and motivations still lack, by field, in the order of the criteria."""
    missing: dict[str, str] = {}
    for criterion in criteria:
        entry = stored.get(criterion.pk, NO_SCORE)
        if entry.value is None:
            missing[f"score_{criterion.pk}"] = _("Geef een score voor “%(title)s”.") % {
                "title": criterion.title
            }
        sentence = missing_motivation(call, criterion, entry)
        if sentence:
            missing[f"motivation_{criterion.pk}"] = sentence
    return missing


def missing_motivation(call: Call, criterion: Criterion, entry: ScoreEntry) -> str:
    """What the motivation of a score lacks; "" when it is long enough."""
    needed = needed_length(call, criterion.threshold, entry.value)
    length = len(entry.motivation.strip())
    if length >= needed:
        return ""
    if not length:
        return _("Motiveer de score voor “%(title)s”.") % {"title": criterion.title}
    words = {"title": criterion.title, "missing": needed - length, "needed": needed}
    if needed > call.motivation_length:
        return (
            ngettext(
                "Motiveer de score voor “%(title)s” uitgebreider: ze ligt onder de drempel. Nog "
                "%(missing)d teken, tot minstens %(needed)d.",
                "Motiveer de score voor “%(title)s” uitgebreider: ze ligt onder de drempel. Nog "
                "%(missing)d tekens, tot minstens %(needed)d.",
                needed - length,
            )
            % words
        )
    return (
        ngettext(
            "Motiveer de score voor “%(title)s” uitgebreider. Nog %(missing)d teken, tot minstens "
            "%(needed)d.",
            "Motiveer de score voor “%(title)s” uitgebreider. Nog %(missing)d tekens, tot minstens "
            "%(needed)d.",
            needed - length,
        )
        % words
    )


# --- Pieces --------------------------------------------------------------------------------------


def _locked(evaluation: Evaluation, by: User) -> Evaluation:
    """The evaluation, locked with its file, while it is `by`'s to change."""
    assignment = Assignment.objects.get(pk=evaluation.assignment_id)
    is_assigned_adviser.check(by, assignment)
    proposal = lock_file(Proposal(pk=assignment.proposal_id), {ProposalState.ASSESSMENT})
    found = (
        Evaluation.objects.select_for_update(of=("self",))
        .select_related("assignment__adviser")
        .get(pk=evaluation.pk)
    )
    found.assignment.proposal = proposal
    if found.finalised_at is not None:
        raise TransitionRefused(_("Deze scores zijn definitief."), code="state")
    if found.assignment.state != AssignmentState.ACCEPTED:
        raise TransitionRefused(_("Deze toewijzing is niet meer actief."), code="state")
    return found


def _items(evaluation: Evaluation) -> list[ChecklistItem]:
    return list(
        ChecklistItem.objects.filter(
            call=evaluation.assignment.proposal.call_id, kind=ChecklistKind.EXCLUSION
        )
    )


def _stored_answers(evaluation: Evaluation) -> dict[int, ExclusionEntry]:
    return {
        answer.item_id: ExclusionEntry(answer.is_met, answer.reason)
        for answer in evaluation.exclusion_answers.all()
    }


def _changed_answers(
    evaluation: Evaluation, entries: Mapping[int, ExclusionEntry]
) -> dict[int, ExclusionEntry]:
    if not entries:
        return {}
    if set(entries) - {item.pk for item in _items(evaluation)}:
        raise ValidationError(_("Dit uitsluitingscriterium hoort niet bij de oproep."))
    stored = _stored_answers(evaluation)
    return {key: entry for key, entry in entries.items() if entry != stored.get(key, NO_ANSWER)}


def _missing_answers(evaluation: Evaluation) -> dict[str, str]:
    stored = _stored_answers(evaluation)
    missing: dict[str, str] = {}
    for item in _items(evaluation):
        entry = stored.get(item.pk, NO_ANSWER)
        if entry.is_met is None:
            missing[f"met_{item.pk}"] = _("Antwoord op “%(label)s”.") % {"label": item.label}
        elif not entry.is_met and not entry.reason.strip():
            missing[f"reason_{item.pk}"] = _("Schrijf waarom “%(label)s” niet voldaan is.") % {
                "label": item.label
            }
    return missing
