"""Upgrading though a closing is near."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from calls.models import SubmissionRound


@transaction.atomic
def force_deploy(*, rounds: Iterable[SubmissionRound], reason: str) -> None:
    """Record, with each call that closes soon, that the portal was upgraded all the same, and why.

    Raises:
        ValidationError: no reason.
    """
    if not reason.strip():
        raise ValidationError(_("Schrijf met --reason waarom het niet kan wachten."))
    for one in rounds:
        record(
            actor=None,
            action="portal.deploy_forced",
            label=_("Upgrade van het portaal kort voor de sluiting"),
            about=one.call,
            comment=reason.strip(),
            data={"round": one.pk, "closes_at": one.closes_at.isoformat()},
        )
