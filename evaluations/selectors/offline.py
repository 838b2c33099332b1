"""Scores in a spreadsheet: what goes out, and what each row of an upload would do."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from calls.models import Call, ChecklistItem, ChecklistKind, Criterion
from common.formatting import format_number
from evaluations.lifecycle import AssignmentState
from evaluations.models import (
    ConflictOfInterest,
    Evaluation,
    ExclusionAnswer,
    Score,
    ScoreUpload,
)
from evaluations.score_sheet import (
    EXCLUSIONS,
    SHEET,
    Answer,
    ExclusionRow,
    FormRow,
    OpenForms,
    answer_of,
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

MAX_MOTIVATION, MAX_REASON = 4000, 2000


def open_forms(user: Any) -> OpenForms:
    """Every criterion and exclusion criterion of every score form that `user` may still fill in:
    six queries."""
    items = ChecklistItem.objects.filter(kind=ChecklistKind.EXCLUSION).order_by("position", "pk")
    evaluations = list(
        Evaluation.objects.filter(
            assignment__adviser=user,
            assignment__state=AssignmentState.ACCEPTED,
            assignment__proposal__in=visible_files(user).filter(state=ProposalState.ASSESSMENT),
            finalised_at__isnull=True,
        )
        .select_related("assignment__proposal__call")
        .prefetch_related(
            "scores",
            "exclusion_answers",
            "assignment__proposal__call__criteria",
            Prefetch("assignment__proposal__call__checklist_items", items, to_attr="exclusions"),
        )
        .order_by("assignment__proposal__reference")
    )
    return OpenForms(
        [row for evaluation in evaluations for row in _score_rows(evaluation)],
        [row for evaluation in evaluations for row in _exclusion_rows(evaluation)],
    )


def _score_rows(evaluation: Evaluation) -> Iterator[FormRow]:
    proposal = evaluation.assignment.proposal
    stored = {score.criterion_id: score for score in evaluation.scores.all()}
    for criterion in proposal.call.criteria.all():
        score = stored.get(criterion.pk)
        yield FormRow(
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


def _exclusion_rows(evaluation: Evaluation) -> Iterator[ExclusionRow]:
    proposal: Any = evaluation.assignment.proposal
    stored = {answer.item_id: answer for answer in evaluation.exclusion_answers.all()}
    for item in proposal.call.exclusions:
        answer = stored.get(item.pk)
        yield ExclusionRow(
            reference=proposal.reference,
            title=proposal.title,
            criterion=item.label,
            guidance=item.guidance,
            is_met=answer.is_met if answer else None,
            reason=answer.reason if answer else "",
            key=key_of(evaluation.pk, item.pk),
        )


class Fate(StrEnum):
    """What would happen to a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CLASH = "clash"
    REFUSED = "refused"


@dataclass
class JudgedRow:
    """A row of the file beside what the portal holds now.

    `value` and `text` are a score with its motivation, or on the sheet of the exclusion criteria
    an answer with its reason; `asked_id` is of the criterion or of the exclusion criterion.
    """

    sheet: str
    row: int
    reference: str
    criterion: str
    fate: Fate = Fate.REFUSED
    reason: str = ""
    remarks: list[str] = field(default_factory=list)
    evaluation: Evaluation | None = None
    asked_id: int = 0
    value: Answer = None
    text: str = ""
    stored_value: Answer = None
    stored_text: str = ""

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.row

    @property
    def place_words(self) -> str:
        return words_of_place(*self.place)

    @property
    def is_exclusion(self) -> bool:
        return self.sheet == EXCLUSIONS

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


def words_of_place(sheet: str, row: int) -> str:
    """`Rij 4`, or with the name of the second sheet."""
    if sheet == SHEET:
        return _("Rij %(number)s") % {"number": row}
    return _("Blad “%(sheet)s”, rij %(number)s") % {"sheet": sheet, "number": row}


def judge_rows(user: Any, raw: Sequence[dict[str, Any]]) -> list[JudgedRow]:
    """What each row would do now: eight queries, whatever the number of rows.

    What is not the person's own is not looked up further: its row shows what the file itself says.
    """
    known = _Known(user, raw)
    return [_judge(row, known) for row in raw]


class _Known:
    """Everything that the rows are held against, read at once."""

    def __init__(self, user: Any, raw: Sequence[dict[str, Any]]) -> None:
        keys = [split_key(row["key"]) for row in raw]
        self.rows_of_key: dict[tuple[str, tuple[int, int] | None], list[int]] = defaultdict(list)
        for key, row in zip(keys, raw, strict=True):
            self.rows_of_key[row["sheet"], key].append(row["row"])
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
        items = ChecklistItem.objects.filter(call__in=calls, kind=ChecklistKind.EXCLUSION)
        self.items = {one.pk: one for one in items}
        self.answers = {
            (answer.evaluation_id, answer.item_id): answer
            for answer in ExclusionAnswer.objects.filter(evaluation__in=self.evaluations)
        }


def _judge(raw: dict[str, Any], known: _Known) -> JudgedRow:
    judged = JudgedRow(raw["sheet"], raw["row"], raw["reference"], raw["criterion"])
    judged.text = raw["text"]
    key = split_key(raw["key"])
    if key is None:
        return judged.refuse(
            _("De verborgen sleutel van deze rij ontbreekt. Download het rekenblad opnieuw.")
        )
    same = known.rows_of_key[judged.sheet, key]
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
    asked = known.items.get(key[1]) if judged.is_exclusion else known.criteria.get(key[1])
    if asked is None or asked.call_id != evaluation.assignment.proposal.call_id:
        return judged.refuse(_("Dit criterium staat niet in de oproep van dit dossier."))
    judged.evaluation, judged.asked_id = evaluation, asked.pk
    judged.criterion = str(asked)
    if refusal := _read(judged, raw, evaluation.assignment.proposal.call):
        return judged.refuse(refusal)
    _hold_against(judged, known)
    judged.fate = _fate(judged, raw["mark"])
    if judged.fate != Fate.UNCHANGED:
        judged.remarks = (
            _remarks(judged, asked, evaluation.assignment.proposal.call)
            if isinstance(asked, Criterion)
            else _exclusion_remarks(judged)
        )
    elif judged.value != judged.stored_value or judged.text != judged.stored_text:
        judged.reason = _("U wijzigde deze rij niet; wat nu in het portaal staat, blijft.")
    return judged


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


def _read(judged: JudgedRow, raw: dict[str, Any], call: Call) -> str:
    """Take over what was filled in; the sentence of a refusal, or ""."""
    if raw["formulas"]:
        return _("In de kolom “%(name)s” staat een formule. Typ zelf wat u bedoelt.") % {
            "name": raw["formulas"][0]
        }
    possible = possible_scores(call.score_step)
    try:
        judged.value = (
            answer_of(raw["value"]) if judged.is_exclusion else score_of(raw["value"], possible)
        )
    except ValueError:
        if judged.is_exclusion:
            return _("“%(answer)s” is geen mogelijk antwoord. Kies ja of nee.") % {
                "answer": raw["value"]
            }
        return _("“%(score)s” is geen mogelijke score. Kies uit %(possible)s.") % {
            "score": raw["value"],
            "possible": words_of(possible),
        }
    limit = MAX_REASON if judged.is_exclusion else MAX_MOTIVATION
    if len(judged.text) <= limit:
        return ""
    sentence = (
        _("De reden heeft %(length)s tekens; hoogstens %(limit)s kunnen.")
        if judged.is_exclusion
        else _("De motivering heeft %(length)s tekens; hoogstens %(limit)s kunnen.")
    )
    return sentence % {"length": format_number(len(judged.text)), "limit": format_number(limit)}


def _hold_against(judged: JudgedRow, known: _Known) -> None:
    assert judged.evaluation is not None
    key = (judged.evaluation.pk, judged.asked_id)
    if judged.is_exclusion:
        if answer := known.answers.get(key):
            judged.stored_value, judged.stored_text = answer.is_met, tidy(answer.reason)
    elif score := known.scores.get(key):
        judged.stored_value, judged.stored_text = score.value, tidy(score.motivation)


def _fate(judged: JudgedRow, downloaded: str) -> Fate:
    """`downloaded` is the mark of what stood there when the file was made."""
    filled_in = mark_of(judged.value, judged.text)
    stored = mark_of(judged.stored_value, judged.stored_text)
    if filled_in in {stored, downloaded}:
        return Fate.UNCHANGED
    if stored != downloaded:
        return Fate.CLASH
    if judged.stored_value is None and not judged.stored_text:
        return Fate.NEW
    return Fate.CHANGED


def _remarks(judged: JudgedRow, criterion: Criterion, call: Call) -> list[str]:
    """What may be stored, and is still not enough to make final."""
    remarks = []
    if judged.value is None:
        if judged.stored_value is not None:
            remarks.append(_("U maakt de score leeg."))
        return remarks
    below = judged.value * HUNDRED / MAX_SCORE < criterion.threshold
    needed = call.motivation_length_below if below else call.motivation_length
    if len(judged.text) < needed:
        remarks.append(
            _("De motivering is te kort om definitief te maken: minstens %(needed)s tekens.")
            % {"needed": needed}
        )
    return remarks


def _exclusion_remarks(judged: JudgedRow) -> list[str]:
    """The same of an answer on an exclusion criterion."""
    if judged.value is None:
        return [_("U maakt het antwoord leeg.")] if judged.stored_value is not None else []
    if not judged.value and not judged.text:
        return [_("Schrijf waarom niet voldaan is: dat is nodig om definitief te maken.")]
    return []
