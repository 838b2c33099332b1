"""Dividing the files of a call over the pool: propose, change by hand, confirm, carry out."""

import logging
from datetime import date

from celery import current_app
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts.models import User
from audit.services import record
from calls.models import Call
from common import clock
from common.constraints import readable_constraints
from common.lifecycle import TransitionRefused
from common.moments import today
from evaluations.models import AssignmentPair, AssignmentRun
from evaluations.policies import may_assign
from evaluations.selectors.division import files_without_readers, why, why_short, work_out
from evaluations.selectors.files import visible_files
from evaluations.selectors.pool import advisers, candidates
from evaluations.services.assignment import assign_adviser

logger = logging.getLogger(__name__)

CARRY_OUT_TASK = "evaluations.carry_out_divisions"


@transaction.atomic
def propose_division(*, call: Call, by: User, due_on: date) -> AssignmentRun:
    """Work out who reads what, of the files of the call that `by` sees. Nobody is asked yet.

    Raises:
        PermissionDenied: when `by` may not assign.
        ValidationError: when the day has passed, or every file has its readers.
    """
    may_assign.check(by)
    if due_on < today():
        raise ValidationError({"due_on": _("Kies een dag die nog niet voorbij is.")})
    files = files_without_readers(by, call)
    if not files:
        raise ValidationError(_("Elk volledig dossier van deze oproep heeft al zijn lezers."))
    division = work_out(by, call, due_on, files, advisers(by))
    by_key = {one.pk: one for one in files}
    run = AssignmentRun.objects.create(
        call=call,
        due_on=due_on,
        made_by=by,
        problems=[
            {
                "proposal": one.file,
                "reference": by_key[one.file].reference,
                "text": why_short(one.reason, one.missing, one.wanted),
            }
            for one in division.problems
        ],
    )
    AssignmentPair.objects.bulk_create(
        AssignmentPair(
            run=run,
            proposal_id=pair.file,
            adviser_id=pair.reader,
            is_lead=pair.is_lead,
            why=why(pair, by_key[pair.file].theme),
        )
        for pair in division.pairs
    )
    record(
        actor=by,
        action="division.proposed",
        label=_("Verdeling over de adviseurs voorgesteld"),
        about=run,
        data={
            "pairs": len(division.pairs),
            "problems": len(division.problems),
            "spread": division.spread,
            "bound": division.bound,
        },
    )
    return run


@transaction.atomic
def drop_pair(*, pair: AssignmentPair, by: User) -> None:
    """Leave a pair out of the division; a file that keeps a reader keeps somebody to write.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the division was confirmed.
    """
    pair = _open_pair(pair, by)
    if pair.is_lead:
        heir = pair.run.pairs.filter(proposal=pair.proposal_id, is_lead=False).first()
        if heir is not None:
            heir.is_lead = True
            heir.why += " " + _("Schrijft het advies, want de andere lezer viel weg.")
            heir.save(update_fields=["is_lead", "why"])
    pair.delete()


@transaction.atomic
def swap_pair(*, pair: AssignmentPair, adviser: User, by: User) -> AssignmentPair:
    """Put another adviser on the file in the division.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when the division was confirmed.
        ValidationError: when the other adviser is on the file, or too close to it.
    """
    pair = _open_pair(pair, by)
    file = visible_files(by).select_related("theme").get(pk=pair.proposal_id)
    fitting = {one.adviser.user.pk: one for one in candidates(by, file, pair.run.due_on)}
    candidate = fitting.get(adviser.pk)
    if candidate is None:
        raise ValidationError({"adviser": _("Kies een VLAIO-adviseur.")})
    if candidate.obstacle:
        raise ValidationError(
            {
                "adviser": _("Belangenconflict: %(reason)s Kies iemand anders.")
                % {"reason": candidate.obstacle}
            }
        )
    if candidate.is_on_file:
        raise ValidationError({"adviser": _("Deze adviseur werkt al aan dit dossier.")})
    previous, pair.adviser = pair.adviser, adviser
    pair.why = _("Gekozen door %(by)s in plaats van %(previous)s.") % {
        "by": by,
        "previous": previous,
    }
    with readable_constraints(fields={"evaluations_pair_once": "adviser"}):
        pair.save(update_fields=["adviser", "why"])
    return pair


@transaction.atomic
def confirm_division(*, run: AssignmentRun, by: User) -> AssignmentRun:
    """Have everybody in the division invited, by a worker; the page shows what became of each pair.

    Raises:
        PermissionDenied: when `by` may not assign.
        TransitionRefused: when it was confirmed already.
        ValidationError: when there is no pair in it.
    """
    run = _open_run(run, by)
    if not run.pairs.exists():
        raise ValidationError(_("Er staat niemand in deze verdeling."))
    run.applied_at, run.applied_by = clock.now(), by
    run.save(update_fields=["applied_at", "applied_by"])
    record(
        actor=by,
        action="division.confirmed",
        label=_("Verdeling over de adviseurs bevestigd"),
        about=run,
    )
    transaction.on_commit(_wake)
    return run


def carry_out_divisions() -> int:
    """Invite every pair of confirmed divisions that has no outcome yet; returns how many.

    Each pair in a transaction of its own, under the lock of the pair: a second worker passes over
    what the first has in hand, and what a killed worker left is done the next time.
    """
    waiting = AssignmentPair.objects.filter(run__applied_at__isnull=False, outcome="")
    done = 0
    for pk in list(
        waiting.order_by("run", "proposal", "-is_lead", "pk").values_list("pk", flat=True)
    ):
        done += _carry_out(pk)
    return done


@transaction.atomic
def _carry_out(pk: int) -> bool:
    pair = (
        AssignmentPair.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("run__applied_by", "proposal", "adviser")
        .filter(pk=pk, outcome="")
        .first()
    )
    if pair is None:
        return False
    by = pair.run.applied_by
    if by is None:
        raise RuntimeError("A division without who confirmed it is not carried out.")
    try:
        with transaction.atomic():
            if not visible_files(by).filter(pk=pair.proposal_id).exists():
                raise PermissionDenied(_("Wie bevestigde, mag dit dossier niet meer zien."))
            assign_adviser(
                proposal=pair.proposal,
                adviser=pair.adviser,
                by=by,
                is_lead=pair.is_lead,
                due_on=max(pair.run.due_on, today()),
                why=pair.why,
            )
    except ValidationError as refusal:
        pair.outcome = _not_invited(" ".join(refusal.messages))
    except PermissionDenied as refusal:
        pair.outcome = _not_invited(str(refusal))
    else:
        pair.outcome = _("Uitgenodigd.")
    pair.save(update_fields=["outcome"])
    return True


def _not_invited(reason: str) -> str:
    return (_("Niet uitgenodigd: %(reason)s") % {"reason": reason})[:300]


def _open_run(run: AssignmentRun, by: User) -> AssignmentRun:
    may_assign.check(by)
    found = AssignmentRun.objects.select_for_update().get(pk=run.pk)
    if found.applied_at is not None:
        raise TransitionRefused(_("Deze verdeling is al bevestigd."), code="state")
    return found


def _open_pair(pair: AssignmentPair, by: User) -> AssignmentPair:
    run = _open_run(pair.run, by)
    found = run.pairs.select_related("adviser").get(pk=pair.pk)
    found.run = run
    return found


def _wake() -> None:
    try:
        current_app.send_task(CARRY_OUT_TASK)
    except (OperationalError, OSError) as error:
        logger.warning("No broker to carry out a division; the beat does: %s", error)
