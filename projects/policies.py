"""Who may do what with proposals and projects."""

from dataclasses import dataclass
from typing import Any

from accounts.policies import (
    is_administrator,
    is_adviser,
    is_auditor,
    is_committee_secretary,
    is_programme_manager,
    is_programme_office,
    is_project_leader,
    is_team_member,
)
from accounts.roles import MemberRole, StaffRole
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


# --- The file that a submitted proposal becomes --------------------------------------------------

may_see_all_files = policy("Adviseurs zien alleen de dossiers die aan hen zijn toegewezen.")(
    is_team_member | is_project_leader | is_programme_manager | is_auditor
)


@dataclass(frozen=True)
class FileTies:
    """Who stands how to one submitted proposal; people by the numbers of their accounts.

    `decides` is the staff role that decides on the call. The evaluation knows these ties and
    narrows with them what staff read (projects/visibility.py).
    """

    organisation_id: int
    decides: StaffRole
    conflicted: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()
    lead: int | None = None


@policy("Voor wie een belangenconflict heeft, bestaat het dossier niet, in welke rol ook.")
def has_no_conflict(user: Any, ties: FileTies) -> bool:
    return user.pk not in ties.conflicted


@policy(
    "Een dossier kent wie alle dossiers opvolgt, wie erover beslist en de adviseur aan wie het is "
    "toegewezen."
)
def works_with_file(user: Any, ties: FileTies) -> bool:
    """`evaluations.selectors.visible_files` asks the same of the database."""
    decides = ties.decides != StaffRole.ADVISER and user.has_staff_role(ties.decides)
    return bool(may_see_all_files.test(user, None) or decides or user.pk in ties.readers)


@policy("Alleen een adviseur aan wie het dossier is toegewezen, mag dit.")
def reads_for_file(user: Any, ties: FileTies) -> bool:
    return user.pk in ties.readers


@policy("Alleen de adviseur die het advies over dit dossier schrijft, mag dit.")
def writes_advice(user: Any, ties: FileTies) -> bool:
    return user.pk is not None and user.pk == ties.lead


@policy("Alleen een lezer die het advies niet schrijft, mag dit.")
def reads_beside_lead(user: Any, ties: FileTies) -> bool:
    return user.pk in ties.readers and user.pk != ties.lead


@policy("Alleen de leden van de organisatie zien dit.")
def is_of_applicant(user: Any, ties: FileTies) -> bool:
    return _belongs(user, ties.organisation_id, MemberRole.READER)


@policy(
    "Een ingediend voorstel lezen de leden van de organisatie en medewerkers van het programma; "
    "een adviseur alleen als het hem is toegewezen, en niemand met een belangenconflict."
)
def may_read_submitted(user: Any, ties: FileTies) -> bool:
    if is_of_applicant.test(user, ties):
        return True
    beside_adviser = set(getattr(user, "staff_roles", ())) - {StaffRole.ADVISER}
    return has_no_conflict.test(user, ties) and bool(beside_adviser or user.pk in ties.readers)


@policy("Een partnerdeel ziet alleen wie daarvoor is uitgenodigd; geen medewerker.")
def takes_part(user: Any, invited: Any) -> bool:
    """`invited`: the numbers of the accounts that were invited for this part."""
    return user.pk in invited and not getattr(user, "is_programme_staff", False)
