"""Who may look at the portal's mail, and who may send one again."""

from typing import Any

from common.policies import oversees_all_files, policy

# The group's name as a plain word: this engine stands below the app that defines the roles.
READ_ONLY_ROLE = "auditor"


@policy("Alleen medewerkers die alle dossiers opvolgen, zien herinneringen en mails.")
def may_see_messages(user: Any, obj: Any = None) -> bool:
    return oversees_all_files(user)


@policy("Alleen medewerkers van het programma sturen een mail opnieuw; een auditor leest enkel.")
def may_resend(user: Any, obj: Any = None) -> bool:
    roles = {str(role) for role in getattr(user, "staff_roles", ())}
    return oversees_all_files(user) and roles != {READ_ONLY_ROLE}


@policy(
    "Alleen medewerkers van het programma nemen een adres van iemand anders weer in gebruik; "
    "een auditor leest enkel."
)
def may_trust_addresses(user: Any, obj: Any = None) -> bool:
    return may_resend.test(user, obj)


@policy("Een bericht is er alleen voor wie het kreeg.")
def is_addressee(user: Any, addressees: Any) -> bool:
    """`addressees`: the numbers of the accounts to which it was written."""
    return getattr(user, "pk", None) in addressees
