"""Every change of rules, holds, lists and requests."""

from retention.services.carrying_out import carry_out, carry_out_waiting
from retention.services.drawing import draw_due_lists, draw_list
from retention.services.holds import lift_hold, place_hold
from retention.services.lists import approve_list, drop_list, leave_item, propose_list
from retention.services.requests import (
    answer_request,
    ask,
    extend_request,
    make_export,
    register_request,
)
from retention.services.rules import change_rule
from retention.services.warning import warn_of_drafts

__all__ = [
    "answer_request",
    "approve_list",
    "ask",
    "carry_out",
    "carry_out_waiting",
    "change_rule",
    "draw_due_lists",
    "draw_list",
    "drop_list",
    "extend_request",
    "leave_item",
    "lift_hold",
    "make_export",
    "place_hold",
    "propose_list",
    "register_request",
    "warn_of_drafts",
]
