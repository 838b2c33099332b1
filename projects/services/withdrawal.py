"""Withdrawing a proposal, with a reason."""

from django.db import transaction

from accounts.models import User
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal


def withdraw_proposal(*, proposal: Proposal, by: User, reason: str) -> Proposal:
    """Withdraw a draft or a submitted proposal; it stays readable and cannot come back.

    Raises:
        PermissionDenied: when `by` is no submitter.
        ValidationError: for `reason` when it is empty; TransitionRefused once it was decided.
    """
    with transaction.atomic():
        current = Proposal.objects.select_for_update().get(pk=proposal.pk)
        current.withdrawal_reason = reason.strip()
        current.reopened_at = None
        PROPOSAL_LIFECYCLE.perform(
            current,
            "withdraw",
            actor=by,
            comment=current.withdrawal_reason,
            save=["withdrawal_reason", "reopened_at"],
        )
    return current
