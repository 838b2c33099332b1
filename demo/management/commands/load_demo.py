"""Fill an empty portal with demo data (voorbeelddata)."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.story import load


class Command(BaseCommand):
    help = "Load the demo: real titles, invented amounts and people. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load()
        self.stdout.write("Voorbeelddata geladen." if loaded else "De voorbeelddata is er al.")
