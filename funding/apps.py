from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Begroting en cofinanciering"

    def ready(self) -> None:
        from funding import documents, reminders  # models are loaded only now

        documents.declare()
        reminders.register_reminders()
