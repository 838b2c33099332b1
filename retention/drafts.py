"""What stands in the log of a draft that was never handed in: only its people read that."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from audit.history import kind_of
from audit.models import RowChange
from documents.models import StoredFile
from projects.models import Attachment, Project, Proposal
from retention.belonging import ways_to_a_file

ROOM = "projects"


def contents_of_drafts(changes: Iterable[RowChange]) -> set[Any]:
    """Keys of the changes whose row belongs to a draft, or did when it was removed.

    One query per kind among them. Of a row that is gone only its last values tell to which file it
    belonged; what cannot be told counts as a draft's.
    """
    by_kind: dict[str, list[RowChange]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    found: set[Any] = set()
    for model, ways in ways_to_a_file().items():
        # A project exists only of what was selected, or of before the portal.
        if model is Project or "project" in ways[0].split("__"):
            continue
        if model._meta.app_label == ROOM and (rows := by_kind.get(kind_of(model))):
            found |= _of_drafts(model, ways, rows)
    if rows := by_kind.get(kind_of(StoredFile)):
        found |= _files_of_drafts(rows)
    return found


def acts_beside_drafts(user: Any) -> Q:
    """All acts but those about a draft that this person may not see.

    What somebody did themselves they read. Of a draft that was removed nobody reads any more, but
    for the act of its destruction, which is not about the draft.
    """
    readable = Proposal.objects.filter(
        Q(submitted_at__isnull=False) | Q(pk__in=Proposal.objects.visible_to(user).values("pk"))
    )
    keys = readable.annotate(key_=Cast("pk", CharField())).values("key_")
    kind = ContentType.objects.get_for_model(Proposal)
    return ~Q(content_type=kind) | Q(object_id__in=keys) | Q(actor=user)


def _of_drafts(model: Any, ways: tuple[str, ...], rows: list[RowChange]) -> set[Any]:
    keys = {row.object_id for row in rows}
    submitted = Q(
        *((f"{'' if way == 'pk' else f'{way}__'}submitted_at__isnull", False) for way in ways),
        _connector=Q.OR,
    )
    shown = model._base_manager.filter(submitted, pk__in=keys)
    handed_in = {str(pk) for pk in shown.values_list("pk", flat=True)}
    there = {str(pk) for pk in model._base_manager.filter(pk__in=keys).values_list("pk", flat=True)}
    gone = [row for row in rows if row.object_id not in there]
    files = {row.pk: (row.before or row.after or {}).get("proposal_id") for row in gone}
    known = set(
        Proposal.objects.filter(
            pk__in={key for key in files.values() if key}, submitted_at__isnull=False
        ).values_list("pk", flat=True)
    )
    return {
        row.pk for row in rows if row.object_id not in handed_in and files.get(row.pk) not in known
    }


def _files_of_drafts(rows: list[RowChange]) -> set[Any]:
    keys = {row.object_id for row in rows}
    there = {str(pk) for pk in StoredFile.objects.filter(pk__in=keys).values_list("pk", flat=True)}
    of_drafts = Attachment.objects.filter(file__pk__in=keys, proposal__submitted_at=None)
    hidden = {str(pk) for pk in of_drafts.values_list("file", flat=True)}
    return {row.pk for row in rows if row.object_id in hidden or row.object_id not in there}
