"""Read reports of mails that could not be delivered; see docs/operations.md."""

import mailbox
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.reports import read_report
from notifications.services import note_report


class Command(BaseCommand):
    """One message on standard input ("-"), or a mailbox: a Maildir folder or an mbox file.

    Nothing is removed, and reading the same mailbox again counts nothing twice.
    """

    help = "Verwerk meldingen van mails die niet aankwamen (RFC 3464)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="“-”, een map (Maildir) of een bestand (mbox).")
        parser.add_argument(
            "--dry-run", action="store_true", help="Toon wat er in staat; schrijf niets."
        )

    def handle(self, *args: Any, source: str, dry_run: bool, **options: Any) -> None:
        found = kept = 0
        for raw in _messages(source):
            report = read_report(raw)
            if report is None:
                continue
            found += 1
            if dry_run:
                self.stdout.write(f"{report.status or '-'} {report.text}")
            else:
                kept += note_report(report) is not None
        self.stdout.write(f"{found} meldingen gelezen, {kept} nieuw.")


def _messages(source: str) -> Iterator[bytes]:
    if source == "-":
        yield sys.stdin.buffer.read()
        return
    path = Path(source)
    if not path.exists():
        raise CommandError(f"{source} bestaat niet.")
    box: mailbox.Mailbox[Any] = (
        mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
    )
    with closing(box):
        for key in box.iterkeys():
            yield box.get_bytes(key)
