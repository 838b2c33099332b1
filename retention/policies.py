"""Who looks after what is kept and for how long, and after what people ask about their data."""

from typing import Any

from accounts.policies import (
    is_administrator,
    is_auditor,
    is_programme_manager,
    is_project_leader,
)
from common.policies import policy

may_see_retention = policy(
    "Alleen een projectleider, een programmamanager, een beheerder of een auditor ziet wat bewaard"
    " en vernietigd wordt."
)(is_project_leader | is_programme_manager | is_administrator | is_auditor)
may_change_rules = policy("Alleen een programmamanager of een beheerder wijzigt bewaartermijnen.")(
    is_programme_manager | is_administrator
)
may_propose = policy(
    "Alleen een projectleider, een programmamanager of een beheerder stelt vernietiging voor."
)(is_project_leader | is_programme_manager | is_administrator)
may_hold = policy(
    "Alleen een projectleider, een programmamanager of een beheerder houdt een dossier aan."
)(is_project_leader | is_programme_manager | is_administrator)
may_handle = policy(
    "Alleen een programmamanager of een beheerder behandelt vragen over persoonsgegevens."
)(is_programme_manager | is_administrator)


@policy(
    "Een programmamanager of een beheerder keurt een lijst goed; wie ze voorstelde, mag dat niet."
)
def may_approve(user: Any, proposed: Any = None) -> bool:
    if not (is_programme_manager | is_administrator).test(user, None):
        return False
    return proposed is None or proposed.proposed_by_id != user.pk


@policy("Deze vraag is alleen te zien voor wie ze stelde.")
def asked_it(user: Any, askers: Any) -> bool:
    """`askers`: the numbers of the accounts whose question it is."""
    return getattr(user, "pk", None) in askers
