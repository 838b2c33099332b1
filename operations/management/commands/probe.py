"""`manage.py probe worker|beat`: for the health check of a container."""

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from operations.models import BEAT, WORKER
from operations.selectors import is_alive


class Command(BaseCommand):
    """Fails when the part gave no sign of life for HEARTBEAT_SILENCE_MINUTES."""

    help = "Kijk na of een worker of beat nog een teken van leven geeft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=["worker", "beat"])
        parser.add_argument("--queue", default="default", help="Wachtrij van de worker.")
        parser.add_argument(
            "--node",
            default=f"celery@{os.environ.get('HOSTNAME') or socket.gethostname()}",
            help="Naam van de worker; leeg: om het even welke van de wachtrij.",
        )

    def handle(self, *args: Any, part: str, queue: str, node: str, **options: Any) -> None:
        name, of = (BEAT, "") if part == "beat" else (f"{WORKER}{queue}", node)
        if not is_alive(name, of):
            raise CommandError(_("Geen teken van leven van %(part)s.") % {"part": f"{name} {of}"})
        self.stdout.write(_("In orde: %(part)s.") % {"part": f"{name} {of}".strip()})
