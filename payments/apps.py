from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Betalingen"

    def ready(self) -> None:
        # Models are loaded only now.
        from funding import ordered
        from payments.selectors.orders import running_orders
        from payments.services.confirmations import line_returned

        ordered.register(running=running_orders, returned=line_returned)
