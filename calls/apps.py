from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = "Oproepen"

    def ready(self) -> None:
        from calls import documents  # noqa: F401 - registers; models are loaded only now
