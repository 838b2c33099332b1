"""Who may do what with proposals and projects."""

from typing import Any

from accounts.policies import (
    is_administrator,
    is_adviser,
    is_auditor,
    is_committee_secretary,
    is_programme_office,
    is_project_leader,
    is_team_member,
)
from accounts.roles import MemberRole
from common.policies import policy


def _belongs(user: Any, organisation_id: int, least: MemberRole) -> bool:
    return getattr(user, "is_authenticated", False) and user.has_member_role(organisation_id, least)


@policy("Alleen leden van de organisatie mogen dit voorstel lezen.")
def is_reader(user: Any, proposal: Any) -> bool:
    return _belongs(user, proposal.organisation_id, MemberRole.READER)


@policy("Alleen een bewerker, indiener of beheerder van de organisatie mag dit voorstel wijzigen.")
def is_editor(user: Any, proposal: Any) -> bool:
    return _belongs(user, proposal.organisation_id, MemberRole.EDITOR)


@policy("Alleen een indiener of beheerder van de organisatie mag dit voorstel indienen.")
def is_submitter(user: Any, proposal: Any) -> bool:
    return _belongs(user, proposal.organisation_id, MemberRole.SUBMITTER)


@policy(
    "Een ontwerp is alleen zichtbaar voor de organisatie, tenzij ze het PIO-team laat meekijken."
)
def staff_may_see(user: Any, proposal: Any) -> bool:
    if proposal.was_submitted:
        return (
            is_programme_office
            | is_adviser
            | is_committee_secretary
            | is_administrator
            | is_auditor
        ).test(user, proposal)
    return proposal.team_may_view and is_team_member.test(user, proposal)


may_see_proposal = policy("Dit voorstel is alleen zichtbaar voor wie eraan werkt.")(
    is_reader | staff_may_see
)


@policy(
    "Het ontwerp is alleen zichtbaar voor de organisatie, en voor het PIO-team dat mag meekijken."
)
def may_see_draft(user: Any, proposal: Any) -> bool:
    if is_reader.test(user, proposal):
        return True
    # What was handed in once is read as it was handed in, also while the applicant changes it.
    return (
        proposal.team_may_view
        and not proposal.was_submitted
        and is_team_member.test(user, proposal)
    )


may_extend = policy("Alleen het PIO-team of de projectleider geeft een aanvrager uitstel.")(
    is_team_member | is_project_leader
)
may_ask_information = policy("Alleen het PIO-team of een adviseur vraagt bijkomende informatie.")(
    is_team_member | is_adviser
)


@policy("Alleen een indiener of beheerder van de organisatie mag dit antwoord versturen.")
def may_answer_request(user: Any, request: Any) -> bool:
    return _belongs(user, request.proposal.organisation_id, MemberRole.SUBMITTER)


may_open_project = policy("Alleen het PIO-team, de projectleider of de programmamanager mag dit.")(
    is_programme_office
)
may_guide_project = policy("Alleen het PIO-team, de projectleider of de programmamanager mag dit.")(
    is_programme_office
)


@policy("Alleen medewerkers en leden van de organisatie zien dit projectdossier.")
def may_see_project(user: Any, project: Any) -> bool:
    return bool(getattr(user, "is_programme_staff", False)) or _belongs(
        user, project.organisation_id, MemberRole.READER
    )


@policy("Alleen een bewerker, indiener of beheerder van de organisatie, of het PIO-team, levert.")
def may_deliver(user: Any, obligation: Any) -> bool:
    return is_team_member.test(user, None) or _belongs(
        user, obligation.project.organisation_id, MemberRole.EDITOR
    )
