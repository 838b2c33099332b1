from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Voorstellen en projecten"

    def ready(self) -> None:
        # Models are ready only now.
        from calls.models import FormVersion
        from calls.signals import closing_moved, form_changed, form_changing
        from common.lifecycle import transitioned
        from notifications import calendars, kinds
        from projects.assignment_reminders import register_assignment_reminders
        from projects.calendars import own_deadlines
        from projects.documents import register_documents
        from projects.mail_kinds import KINDS
        from projects.models import Proposal
        from projects.reminders import register_reminders
        from projects.services.closing import on_closing_moved
        from projects.services.form_changes import on_form_changed, on_form_changing
        from projects.services.submission import on_proposal_step

        kinds.declare(KINDS)
        calendars.register(own_deadlines)
        register_documents()
        register_reminders()
        register_assignment_reminders()
        form_changing.connect(
            on_form_changing, sender=FormVersion, dispatch_uid="projects.on_form_changing"
        )
        form_changed.connect(
            on_form_changed, sender=FormVersion, dispatch_uid="projects.on_form_changed"
        )
        transitioned.connect(
            on_proposal_step, sender=Proposal, dispatch_uid="projects.on_proposal_step"
        )
        closing_moved.connect(on_closing_moved, dispatch_uid="projects.on_closing_moved")
