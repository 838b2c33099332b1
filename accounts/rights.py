"""What the addresses of people and organisations ask; see common/rights.py."""

from typing import Any

from accounts.policies import (
    is_administrator,
    is_member,
    is_staff,
    may_manage_organisation,
    may_verify_organisation,
)
from common.policies import policy
from common.rights import (
    PUBLIC,
    SIGNED_IN,
    STAFF,
    TableRules,
    act,
    filled,
    form,
    hides,
    looked_at,
    managed,
    page,
    refuses,
    together,
)

knows_organisation = policy(
    "Een organisatie kennen haar leden en de medewerkers van het programma."
)(is_member | is_staff)


@policy("Een sessie is alleen te zien en te beëindigen voor wie ze heeft.")
def is_whose(user: Any, owners: Any) -> bool:
    """`owners`: the numbers of the accounts whose session it is."""
    return user.pk in owners


ORGANISATION = (*SIGNED_IN, hides(knows_organisation, "organisation"))
MANAGED = (*ORGANISATION, refuses(may_manage_organisation, "organisation"))
ADMINISTERED = (*STAFF, refuses(is_administrator))

RIGHTS = together(
    form("sign_in", "second_factor", "second_factor_set_up", gates=PUBLIC),
    form("password_reset", "password_set", gates=PUBLIC),
    page("password_reset_sent", "acm_idm_back", gates=PUBLIC),
    act("acm_idm", "sign_out", "demo_sign_in", "spare_codes_file", "stop_viewing", gates=PUBLIC),
    form("profile", "password_change", "second_factor_manage", "step_up", gates=SIGNED_IN),
    form("register_organisation", "kept_text", gates=SIGNED_IN),
    page("organisations", gates=SIGNED_IN),
    act("choose_organisation", "extend_session", "sign_out_everywhere", gates=SIGNED_IN),
    act("end_session", gates=(*SIGNED_IN, hides(is_whose, "made_by"))),
    page("organisation", gates=ORGANISATION),
    form("edit_organisation", "member", gates=MANAGED),
    act("add_member", "remove_member", gates=MANAGED),
    page("staff_organisations", "staff_organisation", gates=STAFF),
    act("verify_organisation", gates=(*STAFF, refuses(may_verify_organisation))),
    page("people", "person", gates=ADMINISTERED),
    act("reset_second_factor", gates=ADMINISTERED),
    act("start_viewing", gates=(*ADMINISTERED,)),
)

TABLES: TableRules = {
    **looked_at("Attempt", "ExternalIdentity", "Membership", "SignedInDevice"),
    **filled("User"),
    **managed("ExternalOrganisation", "Organisation"),
}
"""What stands in /admin/; see common.rights.TableRules."""
