"""Who may check, assess, advise and decide (domain.md 1.3, 3.2)."""

from typing import Any

from accounts.policies import (
    is_adviser,
    is_project_leader,
    is_team_member,
)
from accounts.roles import StaffRole
from common.policies import policy
from projects.policies import may_see_all_files

may_check_completeness = policy("Alleen het PIO-team mag de volledigheid controleren.")(
    is_team_member
)
may_assign = policy("Alleen het PIO-team of de projectleider mag adviseurs toewijzen.")(
    is_team_member | is_project_leader
)
may_see_pool = policy("Alleen wie adviseurs toewijst en de adviseurs zelf werken met profielen.")(
    is_team_member | is_project_leader | is_adviser
)
may_notify = policy("Alleen het PIO-team of de projectleider mag een beslissing meedelen.")(
    is_team_member | is_project_leader
)


may_edit_letters = policy("Alleen het PIO-team of de projectleider mag de brieven wijzigen.")(
    is_team_member | is_project_leader
)
may_hold_talk = policy("Alleen het PIO-team of de projectleider houdt feedbackgesprekken.")(
    is_team_member | is_project_leader
)


may_take_back_conflict = policy(
    "Alleen de projectleider neemt een gemeld belangenconflict terug; nooit iemand voor zichzelf."
)(is_project_leader)
"""The file does not exist for who has the conflict, so that person never gets this far."""


@policy("Alleen de adviseur zelf, het PIO-team of de projectleider mag dit profiel wijzigen.")
def may_edit_profile(user: Any, adviser: Any) -> bool:
    """`adviser` is the person whose profile it is."""
    is_own = is_adviser.test(user, None) and adviser.pk == user.pk
    return is_own or may_assign.test(user, None)


@policy("Alleen de adviseur aan wie het dossier is toegewezen, mag dit.")
def is_assigned_adviser(user: Any, assignment: Any) -> bool:
    return is_adviser.test(user, None) and assignment.adviser_id == user.pk


@policy("Alleen de adviseur die het advies over dit dossier schrijft, mag dit.")
def is_lead_adviser(user: Any, assignment: Any) -> bool:
    return (
        assignment is not None and assignment.is_lead and is_assigned_adviser.test(user, assignment)
    )


@policy("Alleen een lezer die het advies niet schrijft, mag dit.")
def is_second_reader(user: Any, assignment: Any) -> bool:
    return (
        assignment is not None
        and not assignment.is_lead
        and is_assigned_adviser.test(user, assignment)
    )


@policy("Alleen wie volgens de oproep beslist (standaard de projectleider), mag dit.")
def may_decide_on(user: Any, call: Any) -> bool:
    """Whether `user` decides on files of the call; an adviser never does."""
    role = StaffRole(call.decision_role)
    return bool(user.is_active and role != StaffRole.ADVISER and user.has_staff_role(role))


@policy("Alleen wie volgens de oproep beslist (standaard de projectleider), mag dit.")
def may_decide(user: Any, proposal: Any) -> bool:
    return may_decide_on.test(user, proposal.call)


@policy("Alleen wie beslist, het PIO-team of de projectleider maakt de brief opnieuw.")
def may_remake_letter(user: Any, proposal: Any) -> bool:
    return may_decide.test(user, proposal) or may_notify.test(user, None)


@policy("Dit is alleen te zien voor wie het maakte.")
def is_owner(user: Any, owners: Any) -> bool:
    """`owners`: the numbers of the accounts whose thing it is."""
    return user.pk in owners


@policy("Een beslissing is voor adviseurs pas zichtbaar als ze is meegedeeld.")
def may_see_decision(user: Any, proposal: Any) -> bool:
    """Whether a decision that was not notified yet may be known; the file itself is visible."""
    return may_see_all_files.test(user, None) or may_decide.test(user, proposal)


@policy(
    "Alleen wie alle dossiers ziet of over deze oproep beslist, mag dit. Adviseurs kennen de "
    "scores van anderen niet."
)
def may_see_board(user: Any, call: Any) -> bool:
    """Whether the ranking and the meetings of a call may be known; no file of a conflict is."""
    return may_see_all_files.test(user, None) or may_decide_on.test(user, call)


@policy("Alleen het PIO-team, de projectleider of wie over de oproep beslist, mag dit.")
def may_prepare_decisions(user: Any, call: Any) -> bool:
    """Draw the line of a ranking, plan and run meetings."""
    return may_assign.test(user, None) or may_decide_on.test(user, call)


@policy("Alleen het PIO-team, de projectleider of wie over de oproep beslist, mag dit.")
def may_run_meeting(user: Any, meeting: Any) -> bool:
    return may_prepare_decisions.test(user, meeting.call)
