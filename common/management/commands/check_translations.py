"""Fail when a Dutch text in code or templates has no English (docs/decisions/0001)."""

import os
import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands import makemessages

NOT_OURS = ["locale", ".venv", "node_modules", "var", "tests", "devtools", "benchmarks"]


class _ExtractMessages(makemessages.Command):
    """makemessages that writes to a folder of our choice instead of ./locale."""

    # A guessed translation is worse than none: it looks done.
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]
    folder = ""

    def build_potfiles(self) -> list[str]:
        self.default_locale_path = self.folder
        self.locale_paths = [self.folder]
        return super().build_potfiles()


class Command(BaseCommand):
    help = "Check that locale/en translates every marked text. --update adds the new ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--update", action="store_true", help="write new texts to locale/en")

    def handle(self, *args: Any, update: bool, **options: Any) -> None:
        source = Path(settings.LOCALE_PATHS[0])
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "locale"
            shutil.copytree(source, target)
            self._extract_to(target)
            name = Path("en", "LC_MESSAGES", "django.po")
            catalogue = polib.pofile(str(target / name))
            missing = [entry for entry in catalogue if not entry.translated()]
            if update:
                for entry in catalogue:
                    entry.occurrences = []
                catalogue.sort(key=lambda entry: entry.msgid)
                catalogue.metadata.pop("POT-Creation-Date", None)
                catalogue.save(str(source / name))
        for entry in missing:
            place = entry.occurrences[0][0] if entry.occurrences else "new"
            self.stdout.write(f"{place}: {entry.msgid!r}")
        if missing and not update:
            raise CommandError(f"{len(missing)} texts have no English translation.")
        self.stdout.write(f"{len(catalogue)} texts, {len(missing)} without English.")

    def _extract_to(self, folder: Path) -> None:
        here = Path.cwd()
        extract = _ExtractMessages()
        extract.folder = str(folder)
        try:
            os.chdir(settings.BASE_DIR)
            call_command(
                extract,
                locale=["en"],
                no_wrap=True,
                no_obsolete=True,
                verbosity=0,
                ignore_patterns=NOT_OURS,
            )
        finally:
            os.chdir(here)
