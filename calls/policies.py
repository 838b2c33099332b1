"""Who may set up calls and see them before they are public."""

from typing import Any

from accounts.policies import is_programme_manager, is_staff, is_team_member
from common.policies import policy

may_manage_calls = policy("Alleen het PIO-team of de programmamanager mag een oproep opmaken.")(
    is_team_member | is_programme_manager
)


@policy("Een oproep in opmaak is alleen zichtbaar voor medewerkers van het programma.")
def may_see_call(user: Any, call: Any) -> bool:
    return call.is_public or is_staff.test(user, call)
