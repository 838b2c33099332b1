"""Files with a call, for everybody to download.

Unlike texts and dates they may change after publication: the slides of an information session come
later. Each change is in the record; a file itself is never overwritten.
"""

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.lifecycle import CallState
from calls.models import Call, CallDocument
from calls.policies import may_manage_calls
from documents.services import store_upload

FIXED_STATES = frozenset({CallState.ARCHIVED, CallState.WITHDRAWN})
MAX_DOCUMENTS = 30
"""More on one page nobody reads."""


def documents_can_change(call: Call) -> bool:
    return call.state not in FIXED_STATES


@transaction.atomic
def add_document(*, call: Call, title: str, uploaded: File, by: User) -> CallDocument:
    """Check and keep a file with the call, at the end of its list.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: for `file`: wrong type, too big, damaged, too many; or for `title`; or when
            the call is archived or withdrawn.
    """
    _lock(call, by)
    document = CallDocument(call=call, title=title.strip(), added_by=by)
    document.clean_fields(exclude=["file"])
    kept = list(call.documents.order_by("position", "pk"))
    if len(kept) >= MAX_DOCUMENTS:
        raise ValidationError(
            {
                "file": _("Er zijn al %(n)s documenten. Verwijder er eerst een.")
                % {"n": MAX_DOCUMENTS}
            }
        )
    try:
        document.file = store_upload(uploaded=uploaded, created_by=by)
    except ValidationError as refusal:
        raise ValidationError({"file": refusal.error_list}) from refusal
    document.position = kept[-1].position + 1 if kept else 1
    document.save()
    _record(document, by, "document_added", _("Document toegevoegd: %(name)s"))
    return document


@transaction.atomic
def rename_document(*, document: CallDocument, title: str, by: User) -> CallDocument:
    """Give a document another title. Raises: as `add_document`."""
    _lock(document.call, by)
    document.title = title.strip()
    document.clean_fields(exclude=["file"])
    document.save(update_fields=["title"])
    _record(document, by, "document_renamed", _("Document hernoemd: %(name)s"))
    return document


@transaction.atomic
def move_document(*, document: CallDocument, by: User, up: bool) -> None:
    """Swap with the neighbour; nothing happens at the ends of the list. Raises: as above."""
    _lock(document.call, by)
    siblings = list(document.call.documents.order_by("position", "pk"))
    here = siblings.index(document)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(siblings):
        return
    siblings[here], siblings[there] = siblings[there], siblings[here]
    for position, sibling in enumerate(siblings, 1):
        sibling.position = position
    CallDocument.objects.bulk_update(siblings, ["position"])
    _record(document, by, "document_moved", _("Document verplaatst: %(name)s"))


@transaction.atomic
def remove_document(*, document: CallDocument, by: User) -> None:
    """Take a document off the call; a copy in another call stays. Raises: as above."""
    _lock(document.call, by)
    _record(document, by, "document_removed", _("Document verwijderd: %(name)s"))
    document.delete()


def _lock(call: Call, by: User) -> None:
    may_manage_calls.check(by)
    current = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if not documents_can_change(current):
        raise ValidationError(
            _("De documenten van een gearchiveerde of ingetrokken oproep liggen vast."),
            code="state",
        )


def _record(document: CallDocument, by: User, act: str, label: str) -> None:
    record(
        actor=by,
        action=f"call.{act}",
        label=(label % {"name": document.title})[:200],
        about=document.call,
        data={"file": str(document.file_id)},
    )
