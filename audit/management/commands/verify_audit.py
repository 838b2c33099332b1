"""`manage.py verify_audit`: do all acts still stand in the chain, as they were written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit import chain


class Command(BaseCommand):
    """Fails, and names each act, when one was changed, removed or added past the chain."""

    help = "Kijk na of de keten van handelingen klopt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            metavar="AANTAL:HASH",
            help="een kop uit het logboek van de server (audit_chain_head) om mee te vergelijken",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count, hash_ = None, ""
        if options["head"]:
            number, _colon, hash_ = options["head"].partition(":")
            if not number.isdigit() or len(hash_) != len(chain.FIRST):
                raise CommandError(_("Geef de kop als AANTAL:HASH."))
            count = int(number)
        found = chain.verify(count=count, hash_=hash_)
        for finding in found:
            self.stderr.write(finding.text)
        if found:
            raise CommandError(
                _("De keten van handelingen klopt niet: %(count)s bevindingen, zie hierboven.")
                % {"count": len(found)}
            )
        self.stdout.write(
            _("In orde: %(count)s handelingen nagekeken.") % {"count": chain.length()}
        )
