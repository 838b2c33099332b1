"""Taking a call from state to state."""

from django.db import transaction

from accounts.models import User
from calls.lifecycle import CALL_LIFECYCLE
from calls.models import Call
from calls.services.form_versions import BLANK_FORM_KIND, fix_form, refuse_pending_change
from calls.services.openings import tell_of_publication
from documents.services import request_document


def publish_call(*, call: Call, by: User) -> None:
    """Show the call to everybody, fix its form, and have the blank form made as a PDF.

    Raises:
        ValidationError: with a sentence for each thing that is missing, or about the state.
        PermissionDenied: when `by` may not.
    """
    move_call(call=call, step="publish", by=by)


@transaction.atomic
def move_call(*, call: Call, step: str, by: User) -> None:
    """Take a step of the call's lifecycle: publish, back_to_concept, withdraw, ...

    Raises:
        ValidationError: when the state or a guard refuses, or a change of the form is waiting.
        PermissionDenied: when `by` may not.
    """
    if step == "back_to_concept":
        refuse_pending_change(call)
    CALL_LIFECYCLE.perform(call, step, actor=by)
    if step == "publish":
        fix_form(call=call, by=by)
        # Asked by the portal itself: everybody may read it (see calls.documents).
        request_document(
            kind=BLANK_FORM_KIND, params={"call": call.pk}, requested_by=None, about=call
        )
        tell_of_publication(call)
