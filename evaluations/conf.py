"""The terms and steps of the evaluation, with defaults that `EVALUATION_DEFAULTS` may replace.

None of them is published by the programme (domain.md 5.3 and 7), so none stands in the code paths.
"""

from decimal import Decimal
from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "completeness_working_days": 10,  # after closing
    "assignment_working_days": 2,  # after the file is complete
    "advice_working_days": 40,  # after closing
    "decision_working_days": 10,  # after the final advice
    "notification_working_days": 5,  # after the decision
    "appeal_days": 60,  # at the Council of State, from the day after the notification (9.8)
    "feedback_working_days": 10,  # after the applicant asked for a talk
    "interest_years": 2,  # that an interest which ended still counts
    "least_presence": "0.5",  # of the working days until the due day, to be asked
    "saved_view_hour": 7,  # of the day, Brussels time
    "consensus_working_days": 5,  # after common scores were laid before the readers
}


def _value(name: str) -> Any:
    return {**DEFAULTS, **getattr(settings, "EVALUATION_DEFAULTS", {})}[name]


def completeness_working_days() -> int:
    return int(_value("completeness_working_days"))


def assignment_working_days() -> int:
    return int(_value("assignment_working_days"))


def advice_working_days() -> int:
    return int(_value("advice_working_days"))


def decision_working_days() -> int:
    return int(_value("decision_working_days"))


def notification_working_days() -> int:
    return int(_value("notification_working_days"))


def appeal_days() -> int:
    """Calendar days to appeal; the day after the notification is the first."""
    return int(_value("appeal_days"))


def feedback_working_days() -> int:
    return int(_value("feedback_working_days"))


def interest_years() -> int:
    """How many years an interest that ended still counts as a conflict."""
    return int(_value("interest_years"))


def least_presence() -> Decimal:
    """The share of the working days until the due day on which an adviser must be there."""
    return Decimal(str(_value("least_presence")))


def saved_view_hour() -> int:
    """From which hour of a working day saved views are mailed."""
    return int(_value("saved_view_hour"))


def consensus_working_days() -> int:
    return int(_value("consensus_working_days"))
