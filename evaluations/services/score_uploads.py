"""Scores from a spreadsheet: kept as they were read, stored once the person confirmed."""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_adviser
from audit.services import record
from common import clock
from evaluations.models import Evaluation, ScoreUpload
from evaluations.score_sheet import read_scores
from evaluations.selectors.offline import Fate, JudgedRow, judge_rows
from evaluations.services.scores import ExclusionEntry, ScoreEntry, save_scores

FROM_FILE, FROM_PORTAL = "file", "portal"
"""What a person chooses where both were changed."""


def keep_score_upload(*, uploaded: File, by: User) -> ScoreUpload:
    """Read a filled-in spreadsheet and keep its rows; no score is stored.

    Raises:
        PermissionDenied: when `by` is no adviser.
        ValidationError: when it can't be read, with what is missing.
    """
    is_adviser.check(by, None)
    rows = read_scores(uploaded)
    digest = sha256()
    uploaded.seek(0)
    for chunk in uploaded.chunks():
        digest.update(chunk)
    return ScoreUpload.objects.create(
        made_by=by,
        filename=(uploaded.name or "scores.xlsx")[:255],
        sha256=digest.hexdigest(),
        rows=rows,
    )


class ChoiceMissing(ValidationError):
    """A row was changed in the file and in the portal, and the person did not say which counts."""


@transaction.atomic
def apply_score_upload(
    *, upload: ScoreUpload, by: User, choices: Mapping[tuple[str, int], str]
) -> ScoreUpload:
    """Store what the file changed, file by file; each row then tells what became of it.

    Rows are judged again: what may no longer be stored is refused, and does not hold up the rest.
    `choices` by sheet and row number, for rows that clash: FROM_FILE or FROM_PORTAL.

    Raises:
        ScoreUpload.DoesNotExist: when the upload is not of `by`.
        ChoiceMissing: naming the rows that still need a choice.
        ValidationError: when it was stored already.
    """
    upload = ScoreUpload.objects.select_for_update().get(pk=upload.pk, made_by=by)
    if upload.applied_at is not None:
        raise ValidationError(_("Dit bestand is al verwerkt."))
    judged = judge_rows(by, upload.rows)
    open_rows = [
        row.place_words
        for row in judged
        if row.fate == Fate.CLASH and choices.get(row.place) not in {FROM_FILE, FROM_PORTAL}
    ]
    if open_rows:
        raise ChoiceMissing(
            _("Kies bij elke rij die op twee plaatsen gewijzigd werd: %(rows)s.")
            % {"rows": "; ".join(open_rows)}
        )
    to_store: dict[int, list[JudgedRow]] = {}
    for row in judged:
        if row.fate in {Fate.NEW, Fate.CHANGED} or (
            row.fate == Fate.CLASH and choices[row.place] == FROM_FILE
        ):
            assert row.evaluation is not None
            to_store.setdefault(row.evaluation.pk, []).append(row)
    refusals = {
        evaluation_id: _store(rows, by)
        # In one order everywhere, so that two uploads at once wait and never block each other.
        for evaluation_id, rows in sorted(to_store.items(), key=_by_proposal)
    }
    upload.rows = [
        {**raw, "report": _report(row, to_store, refusals)}
        for raw, row in zip(upload.rows, judged, strict=True)
    ]
    upload.applied_at = clock.now()
    upload.save(update_fields=["rows", "applied_at"])
    record(
        actor=by,
        action="scoreupload.apply",
        label=_("Scores uit een rekenblad opgeslagen"),
        about=upload,
        data={
            "rows": len(upload.rows),
            "files": sum(not refusal for refusal in refusals.values()),
        },
    )
    return upload


def _by_proposal(item: tuple[int, list[JudgedRow]]) -> int:
    evaluation = item[1][0].evaluation
    assert evaluation is not None
    return evaluation.assignment.proposal_id


def _store(rows: list[JudgedRow], by: User) -> str:
    """Store the rows of one file; the sentence of a refusal, or ""."""
    evaluation = rows[0].evaluation
    assert isinstance(evaluation, Evaluation)
    try:
        with transaction.atomic():
            save_scores(
                evaluation=evaluation,
                by=by,
                version=evaluation.version,
                entries={
                    row.asked_id: ScoreEntry(row.value, row.text)
                    for row in rows
                    if not isinstance(row.value, bool) and not row.is_exclusion
                },
                exclusions={
                    row.asked_id: ExclusionEntry(row.value, row.text)
                    for row in rows
                    if not isinstance(row.value, Decimal) and row.is_exclusion
                },
            )
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _report(
    row: JudgedRow, to_store: Mapping[int, list[JudgedRow]], refusals: Mapping[int, str]
) -> dict[str, Any]:
    """What became of a row: stored, kept as it was, or refused with a sentence."""
    key = row.evaluation.pk if row.evaluation else 0
    if row in to_store.get(key, []):
        refusal = refusals[key]
        return {"stored": not refusal, "refused": bool(refusal), "text": refusal}
    return {"stored": False, "refused": row.fate == Fate.REFUSED, "text": row.reason}
