from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Logboek"

    def ready(self) -> None:
        from audit import background, history, refusals  # models are loaded only now
        from audit.services import record_transition
        from common.lifecycle import transitioned
        from common.policies import refused

        transitioned.connect(record_transition, dispatch_uid="audit")
        refused.connect(refusals.note, dispatch_uid="audit.refusals")
        post_migrate.connect(history.install, sender=self, dispatch_uid="audit.history")
        background.listen()
