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
from calls.services.form_versions import (
    BLANK_FORM_KIND,
    discard_form_change,
    fix_form,
    form_differences,
    publish_form_change,
    start_form_change,
    why_form_is_fixed,
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
from calls.services.steps import move_call, publish_call

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
    "discard_form_change",
    "dismiss_question",
    "documents_can_change",
    "earliest_earlier_closing",
    "explain_item",
    "fix_form",
    "forget_askers",
    "forget_posts",
    "forget_unconfirmed_followers",
    "form_differences",
    "hold_closings",
    "move_call",
    "move_closing",
    "move_document",
    "move_part",
    "notice_days",
    "publish_answer",
    "publish_call",
    "publish_form_change",
    "remove_document",
    "remove_explanation",
    "rename_document",
    "save_criteria",
    "save_part",
    "start_form_change",
    "stop_following",
    "tell_followers",
    "update_call",
    "why_form_is_fixed",
]
