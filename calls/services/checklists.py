"""The points that most calls check of each file: completeness and exclusion."""

from calls.models import Call, ChecklistItem
from calls.template import CHECKLISTS


def add_checklists(call: Call) -> None:
    """Give a new call the default lists, in the transaction of the caller."""
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            call=call, kind=kind, position=position, label=spec.label, guidance=spec.guidance
        )
        for kind, specs in CHECKLISTS.items()
        for position, spec in enumerate(specs, 1)
    )
