"""Telling followers that a call is there, and that it has opened."""

from django.db import transaction

from calls.models import Call, CallFollower, SubmissionRound
from calls.services.followers import tell_followers
from common import clock


def announce_openings() -> int:
    """Mail the followers of every round that has opened and was not announced yet.

    Safe to run in two workers at once, and after downtime: an opening is told late rather than
    never, unless its round has closed meanwhile. Returns the number of mails.
    """
    waiting = SubmissionRound.objects.to_announce(clock.now()).values_list("pk", flat=True)
    return sum(_announce(pk) for pk in list(waiting))


@transaction.atomic
def _announce(pk: int) -> int:
    """One round, under its lock; nothing when another worker has it or had it."""
    now = clock.now()
    round_ = (
        SubmissionRound.objects.to_announce(now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("call")
        .filter(pk=pk)
        .first()
    )
    if round_ is None:
        return 0
    round_.opening_announced_at = now
    round_.save(update_fields=["opening_announced_at"])
    return tell_followers(
        call=round_.call,
        followers=CallFollower.objects.hear_of(round_.call),
        kind="calls.opened",
        template="calls/mail/opened.md",
        context={"closes_at": round_.closes_at, "grace": round_.grace_minutes},
        key=f"calls.opened:{round_.pk}",
    )


def tell_of_publication(call: Call) -> int:
    """Mail who follows all calls that there is a new one, in the caller's transaction.

    Once for a call, also when it went back to concept in between. When a round is open already
    nothing is sent: within a minute the same people hear that it has opened.
    """
    if call.open_round is not None:
        return 0
    return tell_followers(
        call=call,
        followers=CallFollower.objects.confirmed().filter(call=None).order_by("pk"),
        kind="calls.published",
        template="calls/mail/published.md",
        context={"opens_at": call.next_round.opens_at if call.next_round else None},
        key=f"calls.published:{call.pk}",
    )
