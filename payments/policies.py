"""Who may enter and confirm accounts, make and sign orders, and book what the bank says."""

from typing import Any

from accounts.policies import (
    is_programme_manager,
    is_programme_office,
    is_team_member,
    sees_money,
)
from accounts.roles import MemberRole
from common.policies import policy

may_see_payments = policy("Alleen medewerkers die met het budget werken, zien deze bedragen.")(
    sees_money
)
may_make_orders = policy("Alleen de programmamanager of het PIO-team mag betaalopdrachten maken.")(
    is_programme_manager | is_team_member
)
may_propose_settlement = policy(
    "Alleen het PIO-team, de projectleider of de programmamanager mag dit."
)(is_programme_office)
may_book_recovery = policy("Alleen de programmamanager mag een ontvangst boeken.")(
    is_programme_manager
)
may_book_confirmations = policy("Alleen de programmamanager mag betalingen boeken.")(
    is_programme_manager
)


@policy("Alleen een indiener of beheerder van de organisatie of het PIO-team mag dit.")
def may_enter_account(user: Any, organisation: Any) -> bool:
    return is_team_member.test(user, None) or (
        user.is_active and user.has_member_role(organisation.pk, MemberRole.SUBMITTER)
    )


@policy("Wie een rekening invoerde, kan ze niet zelf bevestigen of weigeren.")
def may_judge_account(user: Any, account: Any) -> bool:
    return is_programme_office.test(user, None) and user.pk != account.entered_by_id


@policy("Wie een betaalopdracht maakte, kan ze niet zelf ondertekenen.")
def may_sign_order(user: Any, order: Any) -> bool:
    return is_programme_office.test(user, None) and user.pk != order.made_by_id


@policy("Een andere programmamanager dan wie de eindafrekening voorstelde, bevestigt ze.")
def may_confirm_settlement(user: Any, settlement: Any) -> bool:
    return is_programme_manager.test(user, None) and user.pk != settlement.proposed_by_id
