"""What the applicant may know: nothing before the notification."""

from typing import Any

from evaluations.models import SelectionDecision


def notified_decision(user: Any, reference: str) -> SelectionDecision:
    """The decision on a proposal of an organisation of `user`.

    Raises:
        SelectionDecision.DoesNotExist: when there is none, it was not notified, or the proposal is
            of somebody else.
    """
    return SelectionDecision.objects.select_related(
        "proposal__call", "proposal__organisation", "advice", "letter__file"
    ).get(
        proposal__reference=reference,
        proposal__organisation__in=user.member_roles,
        notified_at__isnull=False,
    )
