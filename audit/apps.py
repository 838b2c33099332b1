from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Logboek"

    def ready(self) -> None:
        from audit import background, history  # models are loaded only now
        from audit.services import record_transition
        from common.lifecycle import transitioned

        transitioned.connect(record_transition, dispatch_uid="audit")
        post_migrate.connect(history.install, sender=self, dispatch_uid="audit.history")
        background.listen()
