from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Begroting en cofinanciering"

    def ready(self) -> None:
        # Models are loaded only now.
        from evaluations import money
        from funding import reminders
        from funding.selectors.left import money_left, pipeline_parts

        reminders.register_reminders()
        money.register(money_left, pipeline_parts)
