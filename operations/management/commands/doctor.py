"""`manage.py doctor`: everything that should hold, on one screen."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from operations.checks import Check, Finding, Level, inspect
from operations.services import run_inspection


class Command(BaseCommand):
    """Fails when something is wrong; a warning alone does not."""

    help = "Kijk het hele portaal na: gegevens, bestanden, wachtrijen, klokken en back-ups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--full",
            action="store_true",
            help="Kijk elk bestand en elke versie na, niet de laatste.",
        )
        parser.add_argument(
            "--data",
            action="store_true",
            help="Alleen de gegevens, zoals na het terugzetten van een back-up.",
        )

    def handle(self, *args: Any, full: bool, data: bool, **options: Any) -> None:
        if data:
            found = [self._tell(*one) for one in inspect(full=full, data_only=True)]
            faults = sum(finding.level == Level.FAULT for finding in found)
        else:
            faults = run_inspection(full=full, tell=self._tell).faults
        if faults:
            raise CommandError(_("Niet in orde: %(n)s fouten, zie hierboven.") % {"n": faults})
        self.stdout.write(self.style.SUCCESS(_("In orde.")))

    def _tell(self, check: Check, finding: Finding) -> Finding:
        mark, style = {
            Level.OK: ("ok", self.style.SUCCESS),
            Level.WARNING: ("let op", self.style.WARNING),
            Level.FAULT: ("FOUT", self.style.ERROR),
        }[finding.level]
        self.stdout.write(f"{style(f'{mark:<6}')}  {check.label!s:<24} {finding.sentence}")
        for detail in finding.details:
            self.stdout.write(f"          – {detail}")
        return finding
