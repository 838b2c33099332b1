from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = "Oproepen"

    def ready(self) -> None:
        # Models are loaded only now.
        from calls import documents  # noqa: F401 - registers
        from calls.mail_kinds import KINDS
        from notifications import kinds

        kinds.declare(KINDS)
