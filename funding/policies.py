"""Who may ask, decide, commit, check and pay."""

from typing import Any

from accounts.policies import (
    is_committee_secretary,
    is_programme_manager,
    is_programme_office,
    is_project_leader,
    is_team_member,
    sees_money,
)
from accounts.roles import MemberRole
from common.policies import policy

may_manage_budget = policy("Alleen de programmamanager mag de begroting wijzigen.")(
    is_programme_manager
)
may_request_cofinancing = policy("Alleen het PIO-team of de projectleider mag dit.")(
    is_team_member | is_project_leader
)
may_record_decision = policy("Alleen de secretaris van het Beslissingscomité mag dit.")(
    is_committee_secretary
)
may_run_committee = may_record_decision
may_prepare_agenda = policy(
    "Alleen de secretaris van het comité, het PIO-team of de projectleider mag dit."
)(is_committee_secretary | is_team_member | is_project_leader)
may_tell_decision = may_prepare_agenda
may_commit = policy("Alleen de programmamanager mag vastleggen.")(is_programme_manager)
may_check_claim = policy("Alleen het PIO-team mag een schuldvordering controleren.")(is_team_member)
may_approve = policy("Alleen het PIO-team, de projectleider of de programmamanager mag dit.")(
    is_programme_office
)
may_pay = policy("Alleen de programmamanager mag betalingen registreren.")(is_programme_manager)
may_see_funding = policy("Alleen medewerkers die met het budget werken, zien deze bedragen.")(
    sees_money
)
may_release = policy("Alleen de programmamanager mag een vastlegging vrijgeven.")(
    is_programme_manager
)


@policy("Alleen een indiener van de organisatie of het PIO-team mag een schijf aanvragen.")
def may_claim(user: Any, instalment: Any) -> bool:
    organisation_id = instalment.commitment.project.organisation_id
    return is_team_member.test(user, None) or (
        user.is_active and user.has_member_role(organisation_id, MemberRole.SUBMITTER)
    )


@policy("Alleen een indiener van de organisatie of het programma mag dit.")
def may_sign_for_beneficiary(user: Any, agreement: Any) -> bool:
    organisation_id = agreement.decision.request.procurement.project.organisation_id
    return is_programme_office.test(user, None) or (
        user.is_active and user.has_member_role(organisation_id, MemberRole.SUBMITTER)
    )


may_sign_for_fund = policy("Alleen het programma mag de ondertekening van het fonds noteren.")(
    is_programme_office | is_committee_secretary
)


@policy("Alleen een indiener van de organisatie of het PIO-team mag een wijziging vragen.")
def may_ask_change(user: Any, commitment: Any) -> bool:
    organisation_id = commitment.project.organisation_id
    return (is_team_member | is_project_leader).test(user, None) or (
        user.is_active and user.has_member_role(organisation_id, MemberRole.SUBMITTER)
    )


@policy("Alleen een indiener van de organisatie of het PIO-team mag een wijziging intrekken.")
def may_withdraw_change(user: Any, change: Any) -> bool:
    return may_ask_change.test(user, change.commitment)


@policy(
    "Over een wijziging beslist de projectleider of de programmamanager, en nooit wie ze vroeg. "
    "Een lager bedrag geeft de programmamanager vrij."
)
def may_decide_change(user: Any, change: Any) -> bool:
    if user.pk == change.asked_by_id:
        return False
    kept = change.commitment.committed - change.commitment.released
    if change.new_amount is not None and change.new_amount < kept:
        return is_programme_manager.test(user, None)
    return (is_project_leader | is_programme_manager).test(user, None)


@policy("Wie een schuldvordering indiende, kan ze niet zelf controleren.")
def is_not_claimant(user: Any, claim: Any) -> bool:
    return bool(claim.claimed_by_id != user.pk)


@policy("Wie een schuldvordering indiende of controleerde, kan ze niet zelf goedkeuren.")
def is_second_person(user: Any, claim: Any) -> bool:
    return is_programme_office.test(user, None) and user.pk not in {
        claim.claimed_by_id,
        claim.checked_by_id,
    }


@policy("Wie vraagt om een jaar te heropenen, kan dat niet zelf toestaan.")
def is_second_for_reopening(user: Any, reopening: Any) -> bool:
    return is_programme_office.test(user, None) and user.pk != reopening.asked_by_id
