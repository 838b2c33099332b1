"""Scores in a spreadsheet: what goes out, and what each row of an upload would do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from calls.models import Criterion
from common.formatting import format_number
from evaluations.lifecycle import AssignmentState
from evaluations.models import ConflictOfInterest, Evaluation, Score, ScoreUpload
from evaluations.score_sheet import (
    FormRow,
    key_of,
    mark_of,
    score_of,
    split_key,
    tidy,
    words_of,
)
from evaluations.scoring import HUNDRED, MAX_SCORE, possible_scores
from evaluations.selectors.files import visible_files
from projects.lifecycle import ProposalState

MAX_MOTIVATION = 4000


def open_score_rows(user: Any) -> list[FormRow]:
    """Every criterion of every score form that `user` may still fill in: four queries."""
    evaluations = list(
        Evaluation.objects.filter(
            assignment__adviser=user,
            assignment__state=AssignmentState.ACCEPTED,
            assignment__proposal__in=visible_files(user).filter(state=ProposalState.ASSESSMENT),
            finalised_at__isnull=True,
        )
        .select_related("assignment__proposal__call")
        .prefetch_related("scores", "assignment__proposal__call__criteria")
        .order_by("assignment__proposal__reference")
    )
    rows = []
    for evaluation in evaluations:
        proposal = evaluation.assignment.proposal
        stored = {score.criterion_id: score for score in evaluation.scores.all()}
        for criterion in proposal.call.criteria.all():
            score = stored.get(criterion.pk)
            rows.append(
                FormRow(
                    reference=proposal.reference,
                    title=proposal.title,
                    criterion=criterion.title,
                    weight=criterion.weight,
                    guidance=criterion.guidance_evaluator or criterion.guidance_applicant,
                    possible=possible_scores(proposal.call.score_step),
                    value=score.value if score else None,
                    motivation=score.motivation if score else "",
                    key=key_of(evaluation.pk, criterion.pk),
                )
            )
    return rows


class Fate(StrEnum):
    """What would happen to a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CLASH = "clash"
    REFUSED = "refused"


@dataclass
class JudgedRow:
    """A row of the file beside what the portal holds now."""

    row: int
    reference: str
    criterion: str
    fate: Fate = Fate.REFUSED
    reason: str = ""
    remarks: list[str] = field(default_factory=list)
    evaluation: Evaluation | None = None
    criterion_id: int = 0
    value: Decimal | None = None
    motivation: str = ""
    stored_value: Decimal | None = None
    stored_motivation: str = ""

    def refuse(self, sentence: str) -> "JudgedRow":
        self.fate, self.reason = Fate.REFUSED, sentence
        return self


def own_upload(user: Any, pk: int) -> ScoreUpload:
    """An upload of this person.

    Raises:
        ScoreUpload.DoesNotExist: when it is not there, or of somebody else.
    """
    return ScoreUpload.objects.get(pk=pk, made_by=user)


def latest_uploads(user: Any, limit: int = 5) -> QuerySet[ScoreUpload]:
    """What this person sent in last, newest first."""
    return ScoreUpload.objects.filter(made_by=user)[:limit]


def judge_rows(user: Any, raw: Sequence[dict[str, Any]]) -> list[JudgedRow]:
    """What each row would do now: six queries, whatever the number of rows.

    What is not the person's own is not looked up further: its row shows what the file itself says.
    """
    known = _Known(user, raw)
    return [_judge(row, known) for row in raw]


class _Known:
    """Everything that the rows are held against, read at once."""

    def __init__(self, user: Any, raw: Sequence[dict[str, Any]]) -> None:
        keys = [split_key(row["key"]) for row in raw]
        self.rows_of_key: dict[tuple[int, int] | None, list[int]] = defaultdict(list)
        for key, row in zip(keys, raw, strict=True):
            self.rows_of_key[key].append(row["row"])
        self.evaluations = {
            evaluation.pk: evaluation
            for evaluation in Evaluation.objects.filter(
                pk__in={key[0] for key in keys if key}, assignment__adviser=user
            )
            .select_related("assignment__proposal__call")
            .order_by("pk")
        }
        proposals = {one.assignment.proposal_id for one in self.evaluations.values()}
        calls = {one.assignment.proposal.call_id for one in self.evaluations.values()}
        self.visible = set(
            visible_files(user).filter(pk__in=proposals).values_list("pk", flat=True)
        )
        self.conflicts = set(
            ConflictOfInterest.objects.of(user)
            .filter(proposal__in=proposals)
            .values_list("proposal_id", flat=True)
        )
        self.criteria = {one.pk: one for one in Criterion.objects.filter(call__in=calls)}
        self.scores = {
            (score.evaluation_id, score.criterion_id): score
            for score in Score.objects.filter(evaluation__in=self.evaluations)
        }


def _judge(raw: dict[str, Any], known: _Known) -> JudgedRow:
    judged = JudgedRow(raw["row"], raw["reference"], raw["criterion"])
    judged.motivation = raw["motivation"]
    key = split_key(raw["key"])
    if key is None:
        return judged.refuse(
            _("De verborgen sleutel van deze rij ontbreekt. Download het rekenblad opnieuw.")
        )
    same = known.rows_of_key[key]
    if len(same) > 1:
        return judged.refuse(
            _("De rijen %(rows)s gaan over hetzelfde criterium van hetzelfde dossier. Laat er één.")
            % {"rows": ", ".join(map(str, same))}
        )
    evaluation = known.evaluations.get(key[0])
    if evaluation is None:
        return judged.refuse(_("Dit dossier staat niet bij uw dossiers."))
    if refusal := _refusal(evaluation, raw, known):
        return judged.refuse(refusal)
    criterion = known.criteria.get(key[1])
    if criterion is None or criterion.call_id != evaluation.assignment.proposal.call_id:
        return judged.refuse(_("Dit criterium staat niet in de oproep van dit dossier."))
    judged.evaluation, judged.criterion_id = evaluation, criterion.pk
    judged.criterion = criterion.title
    return _compare(judged, raw, known, criterion)


def _refusal(evaluation: Evaluation, raw: dict[str, Any], known: _Known) -> str:
    """Why nothing of this file can be stored; "" when it can."""
    assignment = evaluation.assignment
    proposal = assignment.proposal
    if raw["reference"] != proposal.reference:
        return _(
            "Het dossiernummer past niet bij de verborgen sleutel. Download het rekenblad opnieuw."
        )
    if proposal.pk in known.conflicts or assignment.state == AssignmentState.RECUSED:
        return _("U hebt een belangenconflict met dit dossier.")
    if proposal.pk not in known.visible or assignment.state not in _WORKING:
        return _("Dit dossier staat niet meer bij uw dossiers.")
    if evaluation.finalised_at is not None:
        return _("Uw scores voor dit dossier zijn al definitief.")
    if proposal.state != ProposalState.ASSESSMENT:
        return _("Dit dossier is niet meer in beoordeling.")
    return ""


_WORKING = (AssignmentState.ACCEPTED, AssignmentState.DONE)


def _compare(
    judged: JudgedRow, raw: dict[str, Any], known: _Known, criterion: Criterion
) -> JudgedRow:
    assert judged.evaluation is not None
    call = judged.evaluation.assignment.proposal.call
    possible = possible_scores(call.score_step)
    if raw["formulas"]:
        return judged.refuse(
            _("In de kolom “%(name)s” staat een formule. Typ zelf wat u bedoelt.")
            % {"name": raw["formulas"][0]}
        )
    try:
        judged.value = score_of(raw["score"], possible)
    except ValueError:
        return judged.refuse(
            _("“%(score)s” is geen mogelijke score. Kies uit %(possible)s.")
            % {"score": raw["score"], "possible": words_of(possible)}
        )
    if len(judged.motivation) > MAX_MOTIVATION:
        return judged.refuse(
            _("De motivering heeft %(length)s tekens; hoogstens %(limit)s kunnen.")
            % {
                "length": format_number(len(judged.motivation)),
                "limit": format_number(MAX_MOTIVATION),
            }
        )
    score = known.scores.get((judged.evaluation.pk, judged.criterion_id))
    if score is not None:
        judged.stored_value, judged.stored_motivation = score.value, tidy(score.motivation)
    judged.fate = _fate(judged, raw["mark"])
    if judged.fate != Fate.UNCHANGED:
        judged.remarks = _remarks(judged, criterion, call)
    elif judged.value != judged.stored_value or judged.motivation != judged.stored_motivation:
        judged.reason = _("U wijzigde deze rij niet; wat nu in het portaal staat, blijft.")
    return judged


def _fate(judged: JudgedRow, downloaded: str) -> Fate:
    """`downloaded` is the mark of what stood there when the file was made."""
    filled_in = mark_of(judged.value, judged.motivation)
    stored = mark_of(judged.stored_value, judged.stored_motivation)
    if filled_in in {stored, downloaded}:
        return Fate.UNCHANGED
    if stored != downloaded:
        return Fate.CLASH
    if judged.stored_value is None and not judged.stored_motivation:
        return Fate.NEW
    return Fate.CHANGED


def _remarks(judged: JudgedRow, criterion: Criterion, call: Any) -> list[str]:
    """What may be stored, and is still not enough to make final."""
    remarks = []
    if judged.value is None:
        if judged.stored_value is not None:
            remarks.append(_("U maakt de score leeg."))
        return remarks
    below = judged.value * HUNDRED / MAX_SCORE < criterion.threshold
    needed = call.motivation_length_below if below else call.motivation_length
    if len(judged.motivation) < needed:
        remarks.append(
            _("De motivering is te kort om definitief te maken: minstens %(needed)s tekens.")
            % {"needed": needed}
        )
    return remarks
