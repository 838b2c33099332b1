"""Terms of co-financing, with defaults that `FUNDING_DEFAULTS` in the settings may replace.

None of them is published by the programme (domain.md 7), so none stands in the code paths.
"""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "dossier_working_days": 15,  # before a meeting of the committee, the dossiers are complete
    "agreement_months": 2,  # after the decision, the agreement is signed
    "appeal_days": 60,  # at the Council of State, from the day after the notification (9.8)
    "committee_name": "Beslissingscomité van het Fonds voor Innoveren en Ondernemen",
}


def _value(name: str) -> Any:
    return {**DEFAULTS, **getattr(settings, "FUNDING_DEFAULTS", {})}[name]


def dossier_working_days() -> int:
    """Working days between the day on which dossiers are complete and the meeting."""
    return int(_value("dossier_working_days"))


def agreement_months() -> int:
    """Months after the decision in which both sign the agreement."""
    return int(_value("agreement_months"))


def appeal_days() -> int:
    """Calendar days to appeal; the day after the notification is the first."""
    return int(_value("appeal_days"))


def committee_name() -> str:
    return str(_value("committee_name"))
