"""`manage.py deploy_guard`: no upgrade shortly before a closing."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.formatting import format_deadline
from common.views import sentences
from operations import conf
from operations.selectors import closings_soon
from operations.services import force_deploy


class Command(BaseCommand):
    """Fails within DEPLOY_GUARD_HOURS of a closing, unless forced with a reason."""

    help = "Weiger een upgrade kort voor een sluiting."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hours", type=int, default=None, help="In plaats van de instelling.")
        parser.add_argument("--force", action="store_true", help="Toch upgraden.")
        parser.add_argument("--reason", default="", help="Waarom; komt in het logboek.")

    def handle(
        self, *args: Any, hours: int | None, force: bool, reason: str, **options: Any
    ) -> None:
        window = conf.guard_hours() if hours is None else hours
        soon = closings_soon(window)
        if not soon:
            self.stdout.write(
                _("In orde: geen sluiting in de volgende %(hours)s uur.") % {"hours": window}
            )
            return
        for one in soon:
            self.stderr.write(
                _("%(call)s, %(round)s sluit op %(moment)s.")
                % {
                    "call": one.call.reference,
                    "round": one,
                    "moment": format_deadline(one.closes_at),
                }
            )
        if not force:
            raise CommandError(
                _(
                    "Geen upgrade nu: wacht tot na de sluiting, of gebruik --force --reason met"
                    " een reden."
                )
            )
        try:
            force_deploy(rounds=soon, reason=reason)
        except ValidationError as refusal:
            raise CommandError(sentences(refusal)) from None
        self.stdout.write(_("De upgrade mag. De reden staat in het logboek."))
