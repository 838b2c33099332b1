from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Betalingen"

    def ready(self) -> None:
        # Models are loaded only now.
        from documents.registry import register
        from funding import ordered
        from payments import reminders
        from payments.documents import LETTER
        from payments.selectors.orders import running_orders
        from payments.selectors.settlements import recovery_notices
        from payments.services.confirmations import line_returned

        register(LETTER)
        reminders.register_reminders()
        ordered.register(running=running_orders, returned=line_returned, notices=recovery_notices)
