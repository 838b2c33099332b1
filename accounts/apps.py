from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def ensure_staff_groups_after_migrate(using: str, **_: Any) -> None:
    """Every staff role has its group, also after a test has emptied the database."""
    from accounts.services.roles import ensure_staff_groups  # models are loaded only now

    ensure_staff_groups(using=using)


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Personen en organisaties"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - registers the system checks
        from accounts.mail_kinds import KINDS
        from accounts.permissions import register_admin_permissions  # models are loaded only now
        from notifications import kinds

        kinds.declare(KINDS)
        register_admin_permissions()
        post_migrate.connect(
            ensure_staff_groups_after_migrate, sender=self, dispatch_uid="accounts_staff_groups"
        )
