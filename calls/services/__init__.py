"""Everything that changes a call."""

from calls.services.closing import (
    check_closing,
    closing_mail_context,
    earliest_earlier_closing,
    hold_closings,
    move_closing,
    notice_days,
)
from calls.services.creation import create_call
from calls.services.documents import (
    add_document,
    documents_can_change,
    move_document,
    remove_document,
    rename_document,
)
from calls.services.editing import (
    CALL_TEXTS,
    Part,
    add_suggested_milestones,
    add_suggested_self_test,
    delete_part,
    move_part,
    save_criteria,
    save_part,
    update_call,
)
from calls.services.explaining import explain_item, remove_explanation
from calls.services.followers import (
    ask_to_follow,
    confirm_follower,
    forget_unconfirmed_followers,
    stop_following,
    tell_followers,
)
from calls.services.limits import forget_posts
from calls.services.openings import announce_openings
from calls.services.questions import (
    answer_privately,
    ask_question,
    dismiss_question,
    forget_askers,
    publish_answer,
)
from calls.services.steps import BLANK_FORM_KIND, move_call, publish_call

__all__ = [
    "BLANK_FORM_KIND",
    "CALL_TEXTS",
    "Part",
    "add_document",
    "add_suggested_milestones",
    "add_suggested_self_test",
    "announce_openings",
    "answer_privately",
    "ask_question",
    "ask_to_follow",
    "check_closing",
    "closing_mail_context",
    "confirm_follower",
    "create_call",
    "delete_part",
    "dismiss_question",
    "documents_can_change",
    "earliest_earlier_closing",
    "explain_item",
    "forget_askers",
    "forget_posts",
    "forget_unconfirmed_followers",
    "hold_closings",
    "move_call",
    "move_closing",
    "move_document",
    "move_part",
    "notice_days",
    "publish_answer",
    "publish_call",
    "remove_document",
    "remove_explanation",
    "rename_document",
    "save_criteria",
    "save_part",
    "stop_following",
    "tell_followers",
    "update_call",
]
