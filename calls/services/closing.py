"""Moving the closing moment of a round while people rely on it.

What holds for a submission that arrives meanwhile: handing in keeps the closing moments of its call
in place (`hold_closings`, shared) from before it reads them until it is committed, and a move waits
for whoever does that (exclusive). So each submission is judged wholly by the old moment or wholly
by the new one, never half, and its frozen version names the moment it was judged by. Nobody loses
by it: a later moment accepts whatever the old one did, and an earlier one lies at least the notice
ahead, so that whatever arrives around the move is in time by both.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.lifecycle import CallState
from calls.models import Call, CallFollower, ClosingMove, SubmissionRound
from calls.policies import may_move_closing
from calls.services.followers import tell_followers
from calls.signals import closing_moved
from common import clock
from common.formatting import format_deadline
from common.moments import end_of_day, today
from notifications.services import plan_reminders

DEFAULT_NOTICE_DAYS = 7


def notice_days() -> int:
    """CALL_EARLIER_CLOSING_NOTICE_DAYS: how far ahead an earlier closing lies; 7 by default.

    A week holds one meeting of a team that counted on more time.
    """
    return int(getattr(settings, "CALL_EARLIER_CLOSING_NOTICE_DAYS", DEFAULT_NOTICE_DAYS))


def earliest_earlier_closing() -> datetime:
    """The first moment to which a closing may be brought forward today: that many whole days."""
    return end_of_day(today() + timedelta(days=notice_days()))


@transaction.atomic
def move_closing(
    *, submission_round: SubmissionRound, closes_at: datetime, reason: str, by: User
) -> ClosingMove:
    """Let a round of a published call close at another moment, and tell everybody who counts on it.

    A round that has closed may open again this way, as long as the assessment has not begun.
    Drafters and followers get one mail each; reminders are planned anew at once.

    Raises:
        PermissionDenied: when `by` may not move a closing.
        ValidationError: when the call is not published; for `reason`: empty; for `closes_at`:
            past, unchanged, before the opening, or earlier without enough notice.
    """
    may_move_closing.check(by)
    _lock_closings(submission_round.call_id, shared=False)
    call = Call.objects.select_for_update(no_key=True).get(pk=submission_round.call_id)
    current = SubmissionRound.objects.select_for_update(no_key=True).get(pk=submission_round.pk)
    if call.state != CallState.PUBLISHED:
        raise ValidationError(
            _("De sluiting verplaatsen kan alleen bij een gepubliceerde oproep."), code="state"
        )
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Schrijf waarom de sluiting verandert. Iedereen leest deze reden.")}
        )
    check_closing(submission_round=current, closes_at=closes_at)
    move = ClosingMove(
        round=current,
        was=current.closes_at,
        becomes=closes_at,
        reason=reason.strip(),
        moved_by=by,
        moved_at=clock.now(),
    )
    move.full_clean(exclude=["round"])
    move.save()
    current.closes_at = closes_at
    current.save(update_fields=["closes_at"])
    submission_round.closes_at = closes_at
    record(
        actor=by,
        action="call.closing_moved",
        label=_("Sluiting verplaatst naar %(moment)s") % {"moment": format_deadline(closes_at)},
        about=call,
        comment=move.reason,
        data={"round": current.pk, "was": move.was.isoformat(), "becomes": closes_at.isoformat()},
    )
    answers = closing_moved.send(sender=ClosingMove, move=move)
    told = {address.lower() for _listener, addresses in answers for address in addresses or ()}
    tell_followers(
        call=call,
        followers=[
            follower
            for follower in CallFollower.objects.hear_of(call)
            if follower.email.lower() not in told
        ],
        kind="calls.closing_moved",
        template="calls/mail/closing_moved.md",
        key=f"calls.closing_moved:{move.pk}",
        context=closing_mail_context(move),
    )
    plan_reminders(clock.now())
    return move


def check_closing(*, submission_round: SubmissionRound, closes_at: datetime) -> None:
    """Do nothing when a round may close at another moment.

    Raises:
        ValidationError: for `closes_at`: past, unchanged, before the opening, or earlier without
            enough notice.
    """
    now, was = clock.now(), submission_round.closes_at
    earliest = earliest_earlier_closing()
    sentence = ""
    if closes_at <= now:
        sentence = _("Dit moment is voorbij. Kies een moment in de toekomst.")
    elif closes_at == was:
        sentence = _("De ronde sluit al op dat moment.")
    elif closes_at <= submission_round.opens_at:
        sentence = _("De ronde sluit voor ze opent. Kies een later moment van sluiten.")
    elif closes_at < was and closes_at < earliest:
        sentence = _(
            "Vroeger sluiten kan alleen als iedereen nog minstens %(n)s dagen heeft. Kies een"
            " moment vanaf %(earliest)s."
        ) % {"n": notice_days(), "earliest": format_deadline(earliest)}
    if sentence:
        raise ValidationError({"closes_at": sentence})


def hold_closings(call_id: int) -> None:
    """Keep the closing moments of a call as they are until the end of the transaction.

    Many may do so at once; only a move has to wait. Take it before you read the rounds.
    """
    _lock_closings(call_id, shared=True)


def _lock_closings(call_id: int, *, shared: bool) -> None:
    # Not the rows: a share of a row's lock is a write, and hundreds hand in during the last minute.
    take = (
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
        if shared
        else "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    )
    with connection.cursor() as cursor:
        cursor.execute(take, [f"calls.closings:{call_id}"])


def closing_mail_context(move: ClosingMove) -> dict[str, object]:
    """What every mail about a move says, beside the call and its address."""
    call = move.round.call
    return {
        "round": str(move.round) if call.rounds.count() > 1 else "",
        "was": move.was,
        "becomes": move.becomes,
        "is_earlier": move.is_earlier,
        "reason": move.reason,
    }
