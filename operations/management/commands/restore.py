"""`manage.py restore FOLDER`: put a backup back; with --verify also prove that it is whole."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from documents.storage import StorageAway
from operations.backups.programs import BackupRefused
from operations.backups.restoring import (
    differences,
    has_tables,
    read_manifest,
    record_test,
    restore,
    wipe,
)
from operations.health import missing_migrations


class Command(BaseCommand):
    """Restores into DATABASE_URL and MEDIA_ROOT or the bucket; point them elsewhere for a test."""

    help = "Zet een back-up terug in een lege databank (DATABASE_URL) en in MEDIA_ROOT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--verify",
            action="store_true",
            help="Kijk daarna alles na en noteer de proef naast de back-up.",
        )
        parser.add_argument(
            "--wipe", action="store_true", help="Wis eerst alles wat in de databank staat."
        )
        parser.add_argument(
            "--yes",
            default="",
            metavar="DATABANK",
            help="Naam van de databank die gewist mag worden.",
        )

    def handle(
        self, *args: Any, folder: Path, verify: bool, wipe: bool, yes: str, **options: Any
    ) -> None:
        try:
            read_manifest(folder)  # before anything is wiped
            if wipe and has_tables():
                self._wipe(yes)
            manifest = restore(folder)
        except (BackupRefused, StorageAway) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            _("Teruggezet: rijen %(rows)s, bestanden %(files)s.")
            % {"rows": sum(manifest["rows"].values()), "files": len(manifest["files"])}
        )
        if missing := missing_migrations():
            self.stdout.write(
                _("De back-up is ouder dan dit portaal: voer `migrate` uit (%(n)s migraties).")
                % {"n": len(missing)}
            )
        if not verify:
            return
        try:
            found = differences(manifest)
        except StorageAway as away:
            raise CommandError(str(away)) from None
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(_("Wat teruggezet is, is niet de back-up: zie hierboven."))
        if not missing:  # an older backup is looked at after its migrations: see docs/operations.md
            call_command("doctor", data=True, full=True, stdout=self.stdout, stderr=self.stderr)
        record_test(folder)
        self.stdout.write(_("De back-up is heel; de proef is genoteerd."))

    def _wipe(self, yes: str) -> None:
        name = str(connection.settings_dict["NAME"])
        if not yes:
            yes = input(
                _("Alles in de databank %(name)s wordt gewist. Tik haar naam om verder te gaan: ")
                % {"name": name}
            )
        if yes != name:
            raise CommandError(_("Er is niets gewist en niets teruggezet."))
        wipe()
