"""Why a call leaves out something that most calls have: it ticks the item off (see calls.setup)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call, SetupExplanation
from calls.services.editing import lock_draft
from calls.setup import item_named
from common import clock


@transaction.atomic
def explain_item(*, call: Call, item: str, explanation: str, by: User) -> SetupExplanation:
    """Tick an item of the set-up off with an explanation; an earlier one is replaced.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft, the item is required or unknown, or
            nothing was written.
    """
    lock_draft(call, by)
    known = item_named(item)
    if known is None or known.is_required:
        raise ValidationError(
            _("Elke oproep heeft dit onderdeel nodig. Een uitleg volstaat niet."), code="required"
        )
    written = SetupExplanation.objects.filter(call=call, item=item).first() or SetupExplanation(
        call=call, item=item
    )
    written.explanation = explanation.strip()
    written.written_by = by
    written.written_at = clock.now()
    written.full_clean()
    written.save()
    record(
        actor=by,
        action="call.setup_explained",
        label=_("Onderdeel van de opmaak uitgelegd"),
        about=call,
        comment=f"{known.label} {written.explanation}",
        data={"item": item},
    )
    return written


@transaction.atomic
def remove_explanation(*, call: Call, item: str, by: User) -> None:
    """Take an explanation away, so that the item is to be done again; none: nothing happens.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft.
    """
    lock_draft(call, by)
    removed, _per_model = SetupExplanation.objects.filter(call=call, item=item).delete()
    if removed:
        record(
            actor=by,
            action="call.setup_explanation_removed",
            label=_("Uitleg bij de opmaak verwijderd"),
            about=call,
            data={"item": item},
        )
