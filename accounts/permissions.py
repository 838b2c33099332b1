"""Who may do what in /admin/: administrators edit, auditors look.

The answers come from the role policies, through the `rules` backend, so there are no permission
rows to seed and to keep in step with the code.
"""

import rules
from django.apps import apps
from rules.predicates import Predicate

from accounts.policies import is_administrator, may_enter_admin

ADMIN_APPS = (
    "dashboard",
    "operations",
    "retention",
    "rehearsals",
    "reporting",
    "payments",
    "funding",
    "evaluations",
    "projects",
    "calls",
    "accounts",
    "documents",
    "notifications",
    "audit",
    "admin",
    "axes",
)
"""Apps whose tables stand in /admin/: ours, Django's log of changes there, sign-in attempts."""


def register_admin_permissions() -> None:
    """Declare Django's view, add, change and delete permission of every model in `ADMIN_APPS`."""
    for label in ADMIN_APPS:
        _declare(label, may_enter_admin)
        for model in apps.get_app_config(label).get_models():
            name = model._meta.model_name
            _declare(f"{label}.view_{name}", may_enter_admin)
            for action in ("add", "change", "delete"):
                _declare(f"{label}.{action}_{name}", is_administrator)


def _declare(name: str, predicate: Predicate) -> None:
    if not rules.perm_exists(name):
        rules.add_perm(name, predicate)
