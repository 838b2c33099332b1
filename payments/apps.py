from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Betalingen"

    def ready(self) -> None:
        # Models are loaded only now.
        from documents.registry import register
        from funding import ordered
        from notifications import kinds
        from payments import reminders
        from payments.documents import LETTER
        from payments.mail_kinds import KINDS
        from payments.selectors.orders import running_orders
        from payments.selectors.settlements import recovery_notices
        from payments.services.confirmations import line_returned

        kinds.declare(KINDS)
        register(LETTER)
        reminders.register_reminders()
        ordered.register(running=running_orders, returned=line_returned, notices=recovery_notices)
