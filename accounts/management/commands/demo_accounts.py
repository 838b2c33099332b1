from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from accounts.services.demo import disable_demo_accounts, ensure_demo_accounts


class Command(BaseCommand):
    help = "Create the demo accounts that are missing and print them with their password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--disable", action="store_true", help="Close all demo accounts.")

    def handle(self, *args: Any, disable: bool, **options: Any) -> None:
        if disable:
            self.stdout.write(f"{disable_demo_accounts()} demo-accounts afgesloten.")
            return
        if not settings.DEMO_LOGIN:
            raise CommandError("De demo staat uit (DEMO_LOGIN): er zijn geen demo-accounts.")
        ensure_demo_accounts()
        width = max(len(account.email) for account in DEMO_ACCOUNTS)
        self.stdout.write(f"{'E-mailadres':<{width}}  Rol")
        for account in DEMO_ACCOUNTS:
            self.stdout.write(f"{account.email:<{width}}  {'; '.join(account.role_labels)}")
        self.stdout.write(f"Wachtwoord van elk account: {DEMO_PASSWORD}")
