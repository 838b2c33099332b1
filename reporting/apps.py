from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Rapporten en sturing"

    def ready(self) -> None:
        # The registry is of an app that is loaded before.
        from reporting import documents

        documents.declare()
