"""Asking for a rehearsal, asking again, and taking one away."""

import logging
from uuid import UUID

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call
from common import clock
from common.constraints import readable_constraints
from documents.models import StoredFile
from documents.services import discard_file
from rehearsals import conf
from rehearsals.lifecycle import REHEARSAL_LIFECYCLE, RehearsalState
from rehearsals.models import Rehearsal
from rehearsals.policies import may_rehearse

logger = logging.getLogger(__name__)

RUN = "rehearsals.run"


@transaction.atomic
def request_rehearsal(*, call: Call, applicants: int, seed: int, by: User) -> Rehearsal:
    """Ask for a call in concept to be played; a worker does it.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer in concept or cannot be published yet, is being
            played already, or by field.
    """
    may_rehearse.check(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    check_playable(call)
    rehearsal = Rehearsal(call=call, applicants=applicants, seed=seed, requested_by=by)
    rehearsal.full_clean(exclude=["call", "requested_by"], validate_constraints=False)
    with readable_constraints(fields={"rehearsals_applicants": "applicants"}):
        rehearsal.save()
    record(
        actor=by,
        action="call.rehearsed",
        label=_("Generale repetitie gevraagd"),
        about=call,
        data={"applicants": applicants, "seed": seed},
    )
    transaction.on_commit(lambda: announce(rehearsal.pk))
    return rehearsal


@transaction.atomic
def play_again(*, rehearsal: Rehearsal, by: User) -> Rehearsal:
    """Let a failed rehearsal try again.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when it did not fail, or the call is not playable or is being played.
    """
    may_rehearse.check(by, rehearsal.call)
    check_playable(Call.objects.get(pk=rehearsal.call_id))
    rehearsal = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
    rehearsal.error, rehearsal.message, rehearsal.percent = "", "", 0
    with readable_constraints():
        REHEARSAL_LIFECYCLE.perform(
            rehearsal, "again", actor=by, save=["error", "message", "percent"]
        )
    transaction.on_commit(lambda: announce(rehearsal.pk))
    return rehearsal


@transaction.atomic
def delete_rehearsal(*, rehearsal: Rehearsal, by: User | None) -> None:
    """Take a rehearsal away with everything that came of it; `by` None is the portal itself.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: while it is being played.
    """
    rehearsal = Rehearsal.objects.select_for_update(of=("self",)).get(pk=rehearsal.pk)
    if by is not None:
        may_rehearse.check(by, rehearsal.call)
    if rehearsal.state == RehearsalState.RUNNING:
        raise ValidationError(_("Deze oefening wordt gespeeld. Wacht tot ze klaar is."))
    files = list(StoredFile.objects.filter(pk__in=rehearsal.items.values("file")))
    record(
        actor=by,
        action="call.rehearsal_deleted",
        label=_("Generale repetitie verwijderd"),
        about=rehearsal.call,
    )
    rehearsal.delete()
    for stored in files:
        discard_file(stored=stored)


def remove_old_rehearsals() -> int:
    """Take away what is older than REHEARSAL_KEPT_DAYS; returns how many."""
    old = Rehearsal.objects.filter(requested_at__lt=clock.now() - conf.kept_for()).exclude(
        state=RehearsalState.RUNNING
    )
    count = 0
    for rehearsal in old.order_by("requested_at", "pk"):
        delete_rehearsal(rehearsal=rehearsal, by=None)
        count += 1
    return count


def sweep_rehearsals() -> int:
    """Announce again what waits or was left behind by a dead worker; returns how many.

    Announcing twice does no harm: only one claim succeeds.
    """
    lost = list(Rehearsal.objects.claimable().order_by("requested_at", "pk"))
    for rehearsal in lost:
        announce(rehearsal.pk)
    return len(lost)


def announce(rehearsal_id: UUID) -> None:
    """Wake a worker. Without a broker the row waits, and the sweep tries again."""
    try:
        current_app.send_task(RUN, args=[str(rehearsal_id)])
    except Exception:
        logger.warning("broker_unreachable", extra={"rehearsal": str(rehearsal_id)}, exc_info=True)


def check_playable(call: Call) -> None:
    """Do nothing when the call can be played.

    Raises:
        ValidationError: when it is no longer in concept, or with a sentence for each thing that is
            missing.
    """
    if not call.is_editable:
        raise ValidationError(_("Alleen een oproep in opmaak kan geoefend worden."), code="state")
    missing = call.what_is_missing()
    if missing:
        raise ValidationError([ValidationError(sentence, code="missing") for sentence in missing])
