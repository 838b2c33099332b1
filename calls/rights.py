"""What the addresses of calls ask; see common/rights.py."""

from calls.lifecycle import CALL_LIFECYCLE
from calls.policies import may_manage_calls, may_see_call
from common.rights import (
    PUBLIC,
    STAFF,
    DocumentRights,
    Steps,
    TableRules,
    act,
    both,
    corrected,
    form,
    hides,
    looked_at,
    managed,
    page,
    refuses,
    takes,
    together,
)

MANAGED = (*STAFF, refuses(may_manage_calls))
DRAFT = "in opmaak"
PUBLISHED = "gepubliceerd"

RIGHTS = together(
    page("list", "calendar", "feed", gates=PUBLIC),
    page("call_calendar", "news_feed", gates=PUBLIC),
    page("detail", "document", "blank_form", "blank_form_pdf", gates=PUBLIC, state=PUBLISHED),
    page("detail", "blank_form", gates=(hides(may_see_call, "draft_call"),), state=DRAFT),
    page("questions", gates=PUBLIC),
    page("self_test", gates=PUBLIC),
    form("ask_question", "follow", "follow_all", gates=PUBLIC),
    form("confirm_following", "stop_following", gates=PUBLIC),
    page("staff_list", "staff_detail", "staff_questions", "form_builder", gates=STAFF),
    page("self_test_setup", gates=STAFF),
    both("form_change", read=STAFF, write=MANAGED),
    form("new", "answer", "document_add", "document_edit", "document_remove", gates=MANAGED),
    form("edit_criteria", "edit_settings", "edit_texts", "explain", "step", gates=MANAGED),
    form("form_change_discard", "form_change_publish", "part_add", "part_edit", gates=MANAGED),
    form("part_delete", "move_closing", gates=MANAGED),
    act("document_move", "part_move", "suggest_milestones", "suggest_self_test", gates=MANAGED),
    act("unexplain", gates=MANAGED),
)

TABLES: TableRules = {
    **looked_at(
        "CallDocument",
        "CallFollower",
        "CallQuestion",
        "ChecklistItem",
        "ClosingMove",
        "CofinancingRule",
        "Criterion",
        "FormQuestion",
        "FormSection",
        "FormVersion",
        "Milestone",
        "PublicPost",
        "ReminderMoment",
        "SelfTestQuestion",
        "SetupExplanation",
        "SubmissionRound",
    ),
    **corrected("Call"),
    **managed("Theme"),
}
"""What stands in /admin/; see common.rights.TableRules."""

DOCUMENTS: DocumentRights = {
    "calls.blank_form": {
        PUBLISHED: (hides(may_see_call, "call"),),
        DRAFT: (hides(may_see_call, "draft_call"),),
    },
}
"""Who reads each kind of document."""

STEPS: Steps = {
    "step": takes("oproep", CALL_LIFECYCLE, "publish"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
