from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Beoordeling"

    def ready(self) -> None:
        # Models are loaded only now.
        from accounts.models import Organisation
        from audit import readings
        from common.hidden import hide
        from common.lifecycle import transitioned
        from documents import registry as documents
        from documents.downloads import fetched
        from evaluations import bulk, models
        from evaluations.bulk_actions import ACTIONS
        from evaluations.bulk_assignment import ASSIGN_LEAD, ASSIGN_READER
        from evaluations.bulk_letters import PREPARE_MAILS
        from evaluations.calendars import advice_deadlines
        from evaluations.documents import DECISION_LETTER, LETTERS
        from evaluations.examples import LETTER_EXAMPLE
        from evaluations.hidden import of_conflicted_files
        from evaluations.mail_kinds import KINDS
        from evaluations.minutes_documents import MEETING_MINUTES
        from evaluations.pack_documents import EVALUATOR_PACK, EVALUATOR_PACKS
        from evaluations.readings import WORDS, on_download
        from evaluations.reminders import RULES
        from evaluations.selectors import reading_rule
        from evaluations.selectors.checking import corrections_asked
        from evaluations.selectors.mails import disclosed_mails
        from evaluations.services import conflict_watch, pauses, seed_letter_texts
        from evaluations.services.consensus import on_assignment_step
        from evaluations.services.held_mails import on_proposal_step
        from evaluations.services.information import on_information_step
        from evaluations.services.summary import (
            fill_summaries,
            on_change,
            on_organisation_change,
        )
        from notifications import calendars, kinds, visibility
        from notifications import registry as reminders
        from projects.corrections import tell_corrections
        from projects.models import InformationRequest, Proposal
        from projects.visibility import narrow_staff

        readings.declare(WORDS)
        kinds.declare(KINDS)
        calendars.register(advice_deadlines)
        fetched.connect(on_download, dispatch_uid="evaluations.readings")
        narrow_staff(reading_rule)
        tell_corrections(corrections_asked)
        hide(of_conflicted_files)
        conflict_watch.connect()
        pauses.connect()
        visibility.narrow_mails(disclosed_mails)
        for document in (
            *(DECISION_LETTER, LETTERS, LETTER_EXAMPLE),
            *(EVALUATOR_PACK, EVALUATOR_PACKS, MEETING_MINUTES),
        ):
            documents.register(document)
        for rule in RULES:
            reminders.register(rule)
        for action in (*ACTIONS, ASSIGN_LEAD, ASSIGN_READER, PREPARE_MAILS):
            bulk.register(action)
        transitioned.connect(
            on_information_step,
            sender=InformationRequest,
            dispatch_uid="evaluations.on_information_step",
        )
        transitioned.connect(
            on_proposal_step, sender=Proposal, dispatch_uid="evaluations.on_proposal_step"
        )
        transitioned.connect(
            on_assignment_step,
            sender=models.Assignment,
            dispatch_uid="evaluations.on_assignment_step",
        )
        post_migrate.connect(
            seed_letter_texts, sender=self, dispatch_uid="evaluations.seed_letter_texts"
        )
        post_migrate.connect(fill_summaries, sender=self, dispatch_uid="evaluations.fill_summaries")
        post_save.connect(
            on_organisation_change,
            sender=Organisation,
            dispatch_uid="evaluations.summary.Organisation",
        )
        for sender in (
            Proposal,
            InformationRequest,
            models.Advice,
            models.Assignment,
            models.ClockPause,
            models.CompletenessCheck,
            models.Consensus,
            models.Evaluation,
            models.SelectionDecision,
        ):
            for signal in (post_save, post_delete):
                signal.connect(
                    on_change, sender=sender, dispatch_uid=f"evaluations.summary.{sender.__name__}"
                )
