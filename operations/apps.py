from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "Werking"

    def ready(self) -> None:
        from operations.services.refusals import count_refusal  # models are loaded only now
        from projects.signals import submission_refused

        submission_refused.connect(count_refusal, dispatch_uid="operations.count_refusal")
