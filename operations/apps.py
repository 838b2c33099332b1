from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "Werking"

    def ready(self) -> None:
        # Models are loaded only now.
        from documents.services import virus_found
        from notifications import kinds
        from operations.mail_kinds import KINDS
        from operations.services.refusals import count_refusal
        from operations.services.viruses import tell_of_virus
        from projects.signals import submission_refused

        kinds.declare(KINDS)
        virus_found.connect(tell_of_virus, dispatch_uid="operations.tell_of_virus")
        submission_refused.connect(count_refusal, dispatch_uid="operations.count_refusal")
