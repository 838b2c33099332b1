from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Berichten"

    def ready(self) -> None:
        # Models are loaded only now.
        from notifications import kinds
        from notifications.mail_kinds import DIGEST
        from notifications.services import seed_offsets
        from notifications.signing_in import tell_at_sign_in

        kinds.declare([DIGEST])
        user_logged_in.connect(tell_at_sign_in, dispatch_uid="notifications.tell_at_sign_in")

        post_migrate.connect(seed_offsets, sender=self, dispatch_uid="notifications.seed_offsets")
