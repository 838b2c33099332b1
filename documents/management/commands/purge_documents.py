"""`manage.py purge_documents`: remove the files of documents that were kept long enough."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from common.formatting import format_day
from documents.services import purge_documents


class Command(BaseCommand):
    """Beat does this each day; `--dry-run` says what would go."""

    help = "Ruim de bestanden op van documenten die lang genoeg bewaard zijn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Toon het alleen.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        jobs = purge_documents(dry_run=dry_run)
        for job in jobs:
            self.stdout.write(f"{job.kind} {job.pk} {format_day(job.finished_at)}")
        words = (
            ngettext(
                "%(n)s document zou opgeruimd worden. Er is niets veranderd.",
                "%(n)s documenten zouden opgeruimd worden. Er is niets veranderd.",
                len(jobs),
            )
            if dry_run
            else ngettext("%(n)s document opgeruimd.", "%(n)s documenten opgeruimd.", len(jobs))
        )
        self.stdout.write(words % {"n": len(jobs)})
