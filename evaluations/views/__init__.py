"""The edge of the evaluation: parse, call a service or a selector, answer."""

from evaluations.views.advice import advice, advice_correct
from evaluations.views.applicant import applicant_decision
from evaluations.views.assignment import accept, assignment, conflict, decline, revoke
from evaluations.views.completeness import completeness
from evaluations.views.decision import decide_view, letter, undo
from evaluations.views.files import file, history, overview
from evaluations.views.information import ask, information
from evaluations.views.information import withdraw as withdraw_information
from evaluations.views.scoring import running_total, scores, scoring

__all__ = [
    "accept",
    "advice",
    "advice_correct",
    "applicant_decision",
    "ask",
    "assignment",
    "completeness",
    "conflict",
    "decide_view",
    "decline",
    "file",
    "history",
    "information",
    "letter",
    "overview",
    "revoke",
    "running_total",
    "scores",
    "scoring",
    "undo",
    "withdraw_information",
]
