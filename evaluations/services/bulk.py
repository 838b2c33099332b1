"""One action on many files: first a plan per file, then, after a confirmation, the act per file."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.lifecycle import TransitionRefused
from evaluations.bulk import MOST_FILES, REFUSALS, BulkAction, find, sentence_of
from evaluations.models import BulkRun
from evaluations.selectors import visible_files

GONE = "gone"
"""Outcome of a file that the person no longer sees: its sentence tells nothing about it."""


@transaction.atomic
def prepare_bulk(
    *, action: BulkAction, by: User, proposal_ids: Iterable[int], typed: dict[str, Any]
) -> BulkRun:
    """The dry run: what the action would do to each file, or why not. Nothing is done yet.

    `typed` are the settings as they stood in the form. Only files that `by` sees are planned.

    Raises:
        PermissionDenied: when the action is not for `by`.
        ValidationError: when the settings are not right, or there are no files, or too many.
    """
    action.who.check(by)
    values = action.values(typed)
    files = list(_files(by, proposal_ids)[: MOST_FILES + 1])
    if not files:
        raise ValidationError(_("Kies minstens één dossier."))
    if len(files) > MOST_FILES:
        raise ValidationError(
            _("Kies hoogstens %(n)s dossiers tegelijk: maak de lijst eerst korter.")
            % {"n": MOST_FILES}
        )
    rows = []
    for proposal in files:
        try:
            sentence, will = action.plan(proposal, by, values), True
        except REFUSALS as refusal:
            sentence, will = sentence_of(refusal), False
        rows.append(
            {
                "proposal": proposal.pk,
                "reference": proposal.reference,
                "plan": str(sentence),
                "will": will,
                "done": None,
                "outcome": "",
            }
        )
    return BulkRun.objects.create(action=action.code, parameters=typed, rows=rows, made_by=by)


@transaction.atomic
def perform_bulk(*, run: BulkRun, by: User) -> BulkRun:
    """Do what was planned: each file by the service of the action, in a savepoint of its own.

    What is no longer possible, or was not planned, is left as it is and told in the report. Files
    are taken in one order (their key), so that two runs wait for each other and never cross.

    Raises:
        PermissionDenied: when the run is of somebody else, or the action is no longer for `by`.
        TransitionRefused: when it was performed already.
        ValidationError: when its settings are not right any more, or the action no longer exists.
    """
    run = BulkRun.objects.select_for_update().get(pk=run.pk)
    if run.made_by_id != by.pk:
        raise PermissionDenied(_("Alleen wie deze actie voorbereidde, kan ze uitvoeren."))
    if run.done_at is not None:
        raise TransitionRefused(_("Deze actie is al uitgevoerd."), code="state")
    action = find(run.action)
    if action is None:
        raise ValidationError(_("Deze actie bestaat niet meer."))
    action.who.check(by)
    values = action.values(run.parameters)
    planned = [row for row in run.rows if row["will"]]
    visible = set(_files(by, [row["proposal"] for row in planned]).values_list("pk", flat=True))
    for row in sorted(planned, key=lambda row: row["proposal"]):
        if row["proposal"] not in visible:
            row["done"], row["outcome"] = False, GONE
            continue
        try:
            with transaction.atomic():
                proposal = visible_files(by).get(pk=row["proposal"])
                row["outcome"], row["done"] = str(action.do(proposal, by, values)), True
        except REFUSALS as refusal:
            row["outcome"], row["done"] = sentence_of(refusal), False
    run.done_at = clock.now()
    run.save(update_fields=["rows", "done_at"])
    record(
        actor=by,
        action="bulkrun.performed",
        label=_("Actie op veel dossiers uitgevoerd: %(action)s") % {"action": action.label},
        about=run,
        data={
            "done": [row["proposal"] for row in run.rows if row["done"]],
            "refused": [row["proposal"] for row in run.rows if not row["done"]],
        },
    )
    return run


def _files(user: Any, proposal_ids: Iterable[int]) -> Any:
    return (
        visible_files(user)
        .filter(pk__in=list(proposal_ids))
        .select_related("call", "round", "organisation")
        .order_by("pk")
    )
