"""`manage.py verify_facts`: do the facts say how every row stands, and are they as written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reporting.facts.recording import changed_facts, differing_subjects
from reporting.models import Fact


class Command(BaseCommand):
    """Fails, and names each row, when a change was missed or a fact was changed."""

    help = "Kijk na of de bewaarde feiten kloppen met wat er nu staat."

    def handle(self, *args: Any, **options: Any) -> None:
        missed, changed = differing_subjects(), changed_facts()
        for kind, key in missed:
            self.stderr.write(f"{kind} {key}: het laatste feit zegt iets anders dan de rij.")
        for key in changed:
            self.stderr.write(f"feit {key}: gewijzigd nadat het bewaard is.")
        if missed or changed:
            raise CommandError(_("De feiten kloppen niet: zie hierboven."))
        self.stdout.write(
            _("In orde: %(count)s feiten nagekeken.") % {"count": Fact.objects.count()}
        )
