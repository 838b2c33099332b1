"""`manage.py rights_matrix`: write docs/rights-matrix.csv, or say that it is not up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.matrix import PATH, matrix_text, missing_rules, unknown_rules


class Command(BaseCommand):
    help = "Write docs/rights-matrix.csv from the rules of all rooms; --check only compares."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when it is not up to date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        problems = missing_rules()
        problems += [
            f"{name} is in a table of rules but is no address." for name in unknown_rules()
        ]
        if problems:
            raise CommandError("\n".join(problems))
        text = matrix_text()
        if not check:
            PATH.write_text(text, encoding="utf-8")
            self.stdout.write(f"{PATH}: {text.count(chr(10)) - 1} rules.")
        elif not PATH.is_file() or PATH.read_text(encoding="utf-8") != text:
            raise CommandError(
                "docs/rights-matrix.csv is not up to date. Run `python manage.py rights_matrix`, "
                "read the difference, and commit it with the change of the rule."
            )
