"""What a person decides about messages: how each kind comes, and a calendar of one's own."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from notifications.kinds import Channel, get_kind
from notifications.models import CalendarFeed, MailPreference
from notifications.models.people import new_secret
from notifications.services.routing import read_stop_token


@transaction.atomic
def choose_channels(*, actor: Any, channels: Mapping[str, str]) -> int:
    """Keep how `actor` wants each of these kinds to come; returns how many choices changed.

    What already waits for a digest stays in it.

    Raises:
        ValidationError: for a kind that does not exist or that nobody may switch off, and for a
            channel that does not exist.
    """
    had = dict(MailPreference.objects.filter(user=actor).values_list("kind", "channel"))
    changed = 0
    for code, channel in channels.items():
        kind = get_kind(code)
        if kind is None:
            raise ValidationError({code: _("Dit soort bericht bestaat niet.")})
        if not kind.is_free:
            raise ValidationError({code: kind.always})
        if channel not in Channel.values:
            raise ValidationError({code: _("Kies een van de drie mogelijkheden.")})
        if had.get(code, kind.channel) == channel:
            continue
        _keep(actor.pk, code, channel)
        changed += 1
    return changed


def stop_by_link(*, token: str) -> bool:
    """The button in a mail program: this kind comes no more by mail; False for an unknown link.

    Who has the mail has the link, and it can do no more than this (RFC 8058). Nothing is lost: the
    person still reads the messages in the portal.
    """
    found = read_stop_token(token)
    if found is None:
        return False
    user_id, kind = found
    with transaction.atomic():
        _keep(user_id, kind.code, Channel.PORTAL)
    return True


def _keep(user_id: int, code: str, channel: str) -> None:
    MailPreference.objects.update_or_create(
        user_id=user_id,
        kind=code,
        defaults={"channel": channel, "changed_at": clock.now()},
    )


@transaction.atomic
def renew_calendar(*, actor: Any) -> CalendarFeed:
    """Give `actor` a calendar with a new secret address; an old address stops at once."""
    feed, _made = CalendarFeed.objects.update_or_create(
        user=actor, defaults={"secret": new_secret(), "created_at": clock.now()}
    )
    return feed


@transaction.atomic
def stop_calendar(*, actor: Any) -> None:
    """Withdraw the address of `actor`'s calendar."""
    CalendarFeed.objects.filter(user=actor).delete()
