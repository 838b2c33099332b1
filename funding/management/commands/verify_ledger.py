"""`manage.py verify_ledger`: is the ledger still what was booked?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from funding.ledger_check import ledger_problems
from funding.models import BudgetVersion, LedgerEntry


class Command(BaseCommand):
    """Fails, and names each row, when a booking was changed, removed or slipped in."""

    help = "Kijk na of geen boeking gewijzigd, verwijderd of tussengevoegd is."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = ledger_problems()
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(_("Het grootboek klopt niet: zie hierboven."))
        self.stdout.write(
            _("In orde: %(entries)s boekingen en %(versions)s begrotingsversies nagekeken.")
            % {"entries": LedgerEntry.objects.count(), "versions": BudgetVersion.objects.count()}
        )
