from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Begroting en cofinanciering"

    def ready(self) -> None:
        # Models are loaded only now.
        from documents.registry import register
        from evaluations import money
        from funding import reminders
        from funding.documents import DOCUMENTS
        from funding.mail_kinds import KINDS
        from funding.selectors.left import money_left, pipeline_parts
        from notifications import kinds

        kinds.declare(KINDS)
        reminders.register_reminders()
        for document in DOCUMENTS:
            register(document)
        money.register(money_left, pipeline_parts)
