"""What is due under the rules of retention; draws the lists unless --dry-run."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from retention.finding import due, last_day
from retention.models import RetentionRule
from retention.services import draw_due_lists


class Command(BaseCommand):
    help = "Show what may be destroyed under each rule; without --dry-run, draw the lists of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only show; write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        for rule in RetentionRule.objects.all():
            found = due(rule)
            self.stdout.write(
                f"{rule.label}: {len(found)} (vanaf {rule.starts}: {rule.months} maanden, tot en"
                f" met {last_day(rule).isoformat()})"
            )
            for one in found:
                self.stdout.write(f"  {one.since.isoformat()}  {one.number}  ({one.count})")
        if not options["dry_run"]:
            self.stdout.write(f"Lijsten opgemaakt: {draw_due_lists()}")
