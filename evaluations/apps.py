from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Beoordeling"

    def ready(self) -> None:
        # Models are loaded only now.
        from common.lifecycle import transitioned
        from documents import registry as documents
        from evaluations.documents import DECISION_LETTER
        from evaluations.reminders import RULES
        from evaluations.selectors import reading_rule
        from evaluations.services import seed_letter_texts
        from evaluations.services.information import on_information_step
        from notifications import registry as reminders
        from projects.models import InformationRequest
        from projects.visibility import narrow_staff

        narrow_staff(reading_rule)
        documents.register(DECISION_LETTER)
        for rule in RULES:
            reminders.register(rule)
        transitioned.connect(
            on_information_step,
            sender=InformationRequest,
            dispatch_uid="evaluations.on_information_step",
        )
        post_migrate.connect(
            seed_letter_texts, sender=self, dispatch_uid="evaluations.seed_letter_texts"
        )
