"""Giving time back after an outage: the portal proposes, a person decides."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import SubmissionRound
from calls.services import move_closing
from common.constraints import readable_constraints
from operations.gaps import Gap
from operations.models import OutageAnswer
from operations.policies import may_answer_outage
from operations.selectors import proposals


@transaction.atomic
def answer_outage(
    *,
    submission_round: SubmissionRound,
    began_at: datetime,
    closes_at: datetime | None,
    reason: str,
    by: User,
) -> OutageAnswer:
    """Grant the extension (a later `closes_at`) or decline it (None), once, with a reason.

    Granting moves the closing as any move of it: `calls.services.move_closing` locks, checks again,
    tells everybody who counts on it and plans the reminders anew.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: nothing is proposed (any more) for this round and outage; no reason; the
            closing would not become later, or as `move_closing` says.
    """
    may_answer_outage.check(by)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Schrijf waarom. Iedereen leest deze reden.")})
    gap = _proposed(submission_round, began_at)
    move = None
    if closes_at is not None:
        if closes_at <= submission_round.closes_at:
            raise ValidationError(
                {"closes_at": _("Extra tijd geven is later sluiten. Kies een later moment.")}
            )
        move = move_closing(
            submission_round=submission_round, closes_at=closes_at, reason=reason, by=by
        )
    outcome = OutageAnswer.Outcome.GRANTED if move else OutageAnswer.Outcome.DECLINED
    with readable_constraints():
        answer = OutageAnswer.objects.create(
            round=submission_round,
            began_at=gap.began,
            ended_at=gap.ended,
            outcome=outcome,
            reason=reason,
            move=move,
            answered_by=by,
        )
    record(
        actor=by,
        action=f"outage.{outcome.value}",
        label=_("Extra tijd na een storing toegekend")
        if move
        else _("Geen extra tijd na een storing"),
        about=submission_round.call,
        comment=reason,
        data={
            "round": submission_round.pk,
            "began": gap.began.isoformat(),
            "ended": gap.ended.isoformat(),
        },
    )
    return answer


def _proposed(submission_round: SubmissionRound, began_at: datetime) -> Gap:
    for proposal in proposals():
        if proposal.round.pk == submission_round.pk and proposal.gap.began == began_at:
            return proposal.gap
    raise ValidationError(_("Dit voorstel bestaat niet meer: het is beantwoord of voorbij."))
