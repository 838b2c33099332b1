"""Terms of what projects deliver; `PROJECT_DEFAULTS` in the settings may replace these defaults.

None of them is published by the programme (domain.md 7), so none stands in the code paths.
"""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "progress_months": 6,  # between two progress reports
    "final_report_months": 3,  # after the end
    "final_claim_months": 6,  # after the end
}


def _value(name: str) -> int:
    return int({**DEFAULTS, **getattr(settings, "PROJECT_DEFAULTS", {})}[name])


def progress_months() -> int:
    """Months between two progress reports."""
    return _value("progress_months")


def final_report_months() -> int:
    """Months after the end in which the final report is due."""
    return _value("final_report_months")


def final_claim_months() -> int:
    """Months after the end in which the last claim is due."""
    return _value("final_claim_months")
