from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Voorstellen en projecten"

    def ready(self) -> None:
        # Models are ready only now.
        from calls.signals import closing_moved
        from common.lifecycle import transitioned
        from projects.assignment_reminders import register_assignment_reminders
        from projects.documents import register_documents
        from projects.models import Proposal
        from projects.reminders import register_reminders
        from projects.services.closing import on_closing_moved
        from projects.services.submission import on_proposal_step

        register_documents()
        register_reminders()
        register_assignment_reminders()
        transitioned.connect(
            on_proposal_step, sender=Proposal, dispatch_uid="projects.on_proposal_step"
        )
        closing_moved.connect(on_closing_moved, dispatch_uid="projects.on_closing_moved")
