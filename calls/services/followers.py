"""Following a call, or all calls, by mail: with or without an account."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call, CallFollower, PublicPost
from calls.services.limits import count_post
from common import clock
from notifications.services import portal_url, queue_mail

PER_PLACE = 20
"""How often an hour one place may ask; an office shares one address of the network."""

PER_ADDRESS = 3
"""How many confirmations an hour one mailbox gets at most, whoever asks for them."""

UNCONFIRMED_FOR = timedelta(days=7)


@transaction.atomic
def ask_to_follow(*, call: Call | None, email: str, place: str, by: User | None = None) -> None:
    """Send a mail with which the owner of `email` confirms to follow `call` (None: all calls).

    The caller cannot learn whether the address follows already. Who is signed in and gives the
    address of the account follows at once: that address is known to be theirs.

    place: the address of the network, only to count.

    Raises:
        ValidationError: when this place asked too often in the past hour, or by field.
    """
    if not count_post(form=PublicPost.Form.FOLLOW, sender=place, most=PER_PLACE):
        raise ValidationError(
            _("Van hieruit kwamen net te veel aanvragen. Probeer het over een uur opnieuw."),
            code="limit",
        )
    email = email.strip().lower()
    is_own = by is not None and by.email.lower() == email
    if not is_own and not count_post(form=PublicPost.Form.FOLLOW, sender=email, most=PER_ADDRESS):
        return
    CallFollower(call=call, email=email).full_clean(
        validate_unique=False, validate_constraints=False
    )
    follower, is_new = CallFollower.objects.select_for_update().get_or_create(
        call=call, email=email
    )
    if is_own:
        _confirm(follower, by)
    elif follower.confirmed_at is None:
        _send_confirmation(follower, is_new=is_new)


@transaction.atomic
def confirm_follower(*, token: str) -> CallFollower:
    """What the owner of the address does with the link in the mail; safe to do twice.

    Raises:
        CallFollower.DoesNotExist: when nobody has this link, or not any more.
    """
    # Only the follower's row: a lock on the call would wait for whoever edits it.
    follower = CallFollower.objects.select_for_update(of=("self",)).get(token=token)
    _confirm(follower, None)
    return follower


@transaction.atomic
def stop_following(*, token: str) -> None:
    """Forget the address behind this link; nothing happens when it is forgotten already."""
    follower = CallFollower.objects.select_for_update(of=("self",)).filter(token=token).first()
    if follower is None:
        return
    record(actor=None, action="follower.stopped", label=_("Volger gestopt"), about=follower)
    follower.delete()


def tell_followers(
    *,
    call: Call,
    followers: Iterable[CallFollower],
    kind: str,
    template: str,
    key: str,
    context: Mapping[str, Any] | None = None,
) -> int:
    """Write one mail to each follower, in the caller's transaction; returns how many are new.

    followers: usually `selectors.confirmed_followers(call)`.
    key: names the news; a follower gets each piece of news once, however often this is called.

    Beside `context` the template knows `call`, `call_url`, `follows_all`, and `stop_url`: the link
    to stop, which every such mail must show.
    """
    told = 0
    for follower in followers:
        mail = queue_mail(
            kind=kind,
            to=follower.email,
            template=template,
            context={
                "call": call,
                "call_url": portal_url("calls:detail", call.slug),
                "stop_url": stop_url(follower),
                "follows_all": follower.call_id is None,
                **(context or {}),
            },
            about=call,
            dedupe_key=f"{key}:{follower.pk}",
            is_private=True,
            unsubscribe_url=stop_url(follower),
        )
        told += mail is not None
    return told


def stop_url(follower: CallFollower) -> str:
    """Where this follower stops, without signing in."""
    return portal_url("calls:stop_following", follower.token)


@transaction.atomic
def forget_unconfirmed_followers() -> int:
    """Remove the addresses whose owner did not confirm within a week; returns how many."""
    late = CallFollower.objects.never_confirmed_since(clock.now() - UNCONFIRMED_FOR)
    return late.delete()[0]


def _confirm(follower: CallFollower, by: User | None) -> None:
    if follower.confirmed_at is not None:
        return
    follower.confirmed_at = clock.now()
    follower.save(update_fields=["confirmed_at"])
    record(actor=by, action="follower.confirmed", label=_("Volger bevestigd"), about=follower)


def _send_confirmation(follower: CallFollower, *, is_new: bool) -> None:
    if is_new:
        record(actor=None, action="follower.asked", label=_("Volgen gevraagd"), about=follower)
    else:
        follower.asked_at = clock.now()
        follower.save(update_fields=["asked_at"])
    queue_mail(
        kind="calls.confirm_follower",
        to=follower.email,
        template="calls/mail/confirm_follower.md",
        context={
            "call": follower.call,
            "confirm_url": portal_url("calls:confirm_following", follower.token),
        },
        about=follower.call,
        is_private=True,
    )
