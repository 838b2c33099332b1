from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Rapporten en sturing"

    def ready(self) -> None:
        # The registry is of an app that is loaded before.
        from notifications import kinds
        from reporting import documents, reminders
        from reporting.facts.recording import install
        from reporting.mail_kinds import KINDS

        kinds.declare(KINDS)
        documents.declare()
        reminders.register_reminders()
        post_migrate.connect(install, sender=self, dispatch_uid="reporting.facts")
