from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Logboek"

    def ready(self) -> None:
        from audit.services import record_transition  # models are loaded only now
        from common.lifecycle import transitioned

        transitioned.connect(record_transition, dispatch_uid="audit")
