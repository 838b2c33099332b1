"""Who makes and signs an edition of the yearly report."""

from typing import Any

from accounts.policies import is_programme_manager, is_project_leader
from common.policies import policy

may_make_edition = policy("Alleen de programmamanager of de projectleider maakt een editie.")(
    is_programme_manager | is_project_leader
)


@policy(
    "Een programmamanager of projectleider die de editie niet zelf maakte, moet ze ondertekenen."
)
def may_sign_edition(user: Any, edition: Any) -> bool:
    return bool(may_make_edition.test(user, None)) and edition.made_by_id != user.pk
