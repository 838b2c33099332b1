from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Berichten"

    def ready(self) -> None:
        from notifications.services import seed_offsets  # models are loaded only now

        post_migrate.connect(seed_offsets, sender=self, dispatch_uid="notifications.seed_offsets")
