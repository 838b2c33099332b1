"""Everything that changes a call."""

from calls.services.creation import create_call
from calls.services.editing import (
    CALL_TEXTS,
    Part,
    add_suggested_milestones,
    delete_part,
    move_part,
    save_part,
    update_call,
)
from calls.services.steps import BLANK_FORM_KIND, move_call, publish_call

__all__ = [
    "BLANK_FORM_KIND",
    "CALL_TEXTS",
    "Part",
    "add_suggested_milestones",
    "create_call",
    "delete_part",
    "move_call",
    "move_part",
    "publish_call",
    "save_part",
    "update_call",
]
