from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"
    verbose_name = "Bewaren en privacy"

    def ready(self) -> None:
        # Models are ready only now.
        from django.db.models.signals import post_migrate

        from audit.withheld import limit_acts, withhold
        from common.hidden import hide
        from notifications import kinds
        from retention.documents import register_documents
        from retention.drafts import acts_beside_drafts, contents_of_drafts
        from retention.hidden import of_conflicted_files
        from retention.mail_kinds import KINDS
        from retention.services.rules import install_rules

        kinds.declare(KINDS)
        register_documents()
        hide(of_conflicted_files)
        withhold(contents_of_drafts)
        limit_acts(acts_beside_drafts)
        post_migrate.connect(install_rules, sender=self, dispatch_uid="retention.install_rules")
