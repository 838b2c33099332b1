"""Who may look at the portal's mail, and who may send one again."""

from typing import Any

from common.policies import policy

# The group's name as a plain word: this engine stands below the app that defines the roles.
READ_ONLY_ROLE = "auditor"


@policy("Alleen medewerkers van het programma zien herinneringen en mails.")
def may_see_messages(user: Any, obj: Any = None) -> bool:
    return bool(getattr(user, "is_programme_staff", False))


@policy("Alleen medewerkers van het programma sturen een mail opnieuw; een auditor leest enkel.")
def may_resend(user: Any, obj: Any = None) -> bool:
    return any(str(role) != READ_ONLY_ROLE for role in getattr(user, "staff_roles", ()))
