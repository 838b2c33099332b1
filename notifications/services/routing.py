"""Which way a message goes to its reader: at once, in the digest, or only in the portal."""

from datetime import datetime
from typing import Any, NamedTuple

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from notifications import hours
from notifications.kinds import Channel, MailKind, get_kind
from notifications.lifecycle import MailState, ReminderState
from notifications.mails import portal_url
from notifications.models import MailPreference, OutboxMail, Reminder
from notifications.registry import get_rule

STOP_SALT = "notifications.stop"


class Route(NamedTuple):
    """How a new mail starts; `next_try_at` None: now."""

    state: MailState = MailState.QUEUED
    note: str = ""
    next_try_at: datetime | None = None
    passes_limits: bool = False


def route(
    kind: MailKind | None, recipient: Any, now: datetime, *, deadline: datetime | None = None
) -> Route:
    """The way that this kind goes to this person.

    A legal notice and what somebody asks for always goes at once. Otherwise the person's choice
    decides, with one exception: a reminder that a digest would bring too late goes by itself.
    """
    if kind is None or recipient is None:
        return Route()
    if not kind.is_free:
        return Route(passes_limits=True)
    channel = chosen_channel(kind, recipient)
    if channel == Channel.PORTAL:
        return Route(MailState.PORTAL, _("De ontvanger leest dit soort bericht in het portaal."))
    if deadline is not None and hours.is_urgent(deadline, now):
        return Route(passes_limits=True)
    gathered_at = hours.next_digest(now)
    if channel == Channel.DIGEST and not (deadline and now < deadline <= gathered_at):
        note = _("De ontvanger krijgt dit soort bericht in de dagelijkse samenvatting.")
        return Route(MailState.DIGEST, note, gathered_at)
    return Route()


def chosen_channel(kind: MailKind, user: Any) -> str:
    """What this person chose for this kind, or else the kind's own channel."""
    chosen = (
        MailPreference.objects.filter(user=user, kind=kind.code)
        .values_list("channel", flat=True)
        .first()
    )
    return chosen or kind.channel


def why_sentence(kind: MailKind | None) -> str:
    """For the foot of a mail: the event and in which role somebody gets it.

    The thing itself is in the mail, in words that its reader may know.
    """
    if kind is None:
        return ""
    words = {"label": kind.label, "because": kind.because}
    return _("U krijgt dit bericht (“%(label)s”) omdat u %(because)s.") % words


def stop_address(kind: MailKind | None, recipient: Any) -> str:
    """Where one stops mails of this kind without signing in; "" when one cannot."""
    if kind is None or not kind.is_free or recipient is None:
        return ""
    token = signing.Signer(salt=STOP_SALT).sign_object([recipient.pk, kind.code])
    return str(portal_url("notifications:stop", token))


def read_stop_token(token: str) -> tuple[int, MailKind] | None:
    """Whose mails of which kind a link stops; None when it is not ours or the kind is gone."""
    try:
        user_id, code = signing.Signer(salt=STOP_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    kind = get_kind(code)
    return (user_id, kind) if kind is not None and kind.is_free else None


def reason_it_lapsed(mail: OutboxMail, now: datetime) -> str:
    """Why a mail that waited should not leave any more, in Dutch; empty when it should.

    Only a reminder can lapse: another mail tells what happened, and that stays true.
    """
    if mail.recipient is not None and not mail.recipient.is_active:
        return _("Het account van deze persoon is gesloten.")
    try:
        reminder = mail.reminder
    except ObjectDoesNotExist:
        return ""
    rule = get_rule(reminder.rule)
    return reason_not_to_send(reminder, rule, now) if rule is not None else ""


def same_group(reminder: Reminder) -> Any:
    """The other reminders of one person about one thing, by the same rule."""
    return Reminder.objects.filter(
        rule=reminder.rule,
        content_type_id=reminder.content_type_id,
        object_id=reminder.object_id,
        recipient_id=reminder.recipient_id,
    ).exclude(pk=reminder.pk)


def reason_not_to_send(reminder: Reminder, rule: Any, now: datetime) -> str:
    """Why this person should not get this mail now, in Dutch; empty when they should."""
    if reminder.offset.is_before and reminder.deadline <= now:
        return _("De termijn was al voorbij.")
    if not reminder.recipient.is_active:
        return _("Het account van deze persoon is gesloten.")
    later = same_group(reminder).filter(state=ReminderState.SENT, due_at__gt=reminder.due_at)
    if later.exists():
        return _("Er is al een latere herinnering verstuurd.")
    if reminder.about is None:
        return _("Dit dossier bestaat niet meer.")
    verdict = rule.still_needed(reminder.about, reminder.recipient)
    if verdict is True:
        return ""
    return verdict or _("Deze herinnering is niet meer nodig.")
