"""Who may set up calls and see them before they are public."""

from typing import Any

from accounts.policies import (
    is_programme_manager,
    is_project_leader,
    is_staff,
    is_team_member,
)
from common.policies import policy

may_manage_calls = policy("Alleen het PIO-team of de programmamanager mag een oproep opmaken.")(
    is_team_member | is_programme_manager
)
# The project leader does not set up calls, but answers the proposal of more time after an outage.
may_move_closing = policy(
    "Alleen het PIO-team, de projectleider of de programmamanager verplaatst een sluiting."
)(may_manage_calls | is_project_leader)


@policy("Een oproep in opmaak is alleen zichtbaar voor medewerkers van het programma.")
def may_see_call(user: Any, call: Any) -> bool:
    return call.is_public or is_staff.test(user, call)
