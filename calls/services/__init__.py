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
from calls.services.followers import (
    ask_to_follow,
    confirm_follower,
    forget_unconfirmed_followers,
    stop_following,
    tell_followers,
)
from calls.services.limits import forget_posts
from calls.services.openings import announce_openings
from calls.services.steps import BLANK_FORM_KIND, move_call, publish_call

__all__ = [
    "BLANK_FORM_KIND",
    "CALL_TEXTS",
    "Part",
    "add_suggested_milestones",
    "announce_openings",
    "ask_to_follow",
    "confirm_follower",
    "create_call",
    "delete_part",
    "forget_posts",
    "forget_unconfirmed_followers",
    "move_call",
    "move_part",
    "publish_call",
    "save_part",
    "stop_following",
    "tell_followers",
    "update_call",
]
