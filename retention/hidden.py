"""What of holds and lists does not exist for somebody with a conflict of interest in a file."""

from typing import Any

from common.hidden import Hidden
from evaluations.hidden import conflicted_files
from retention.models import DestructionItem, DraftWarning, LegalHold


def of_conflicted_files(user: Any) -> Hidden:
    """The holds, warnings and items of lists that are about a file of a standing conflict."""
    files = conflicted_files(user)
    if not files:
        return {}
    items = DestructionItem.objects.filter(
        kind="projects.proposal", object_id__in=[str(key) for key in files]
    )
    return {
        LegalHold: LegalHold.objects.filter(proposal__in=files).values_list("pk", flat=True),
        DraftWarning: DraftWarning.objects.filter(proposal__in=files).values_list("pk", flat=True),
        DestructionItem: items.values_list("pk", flat=True),
    }
