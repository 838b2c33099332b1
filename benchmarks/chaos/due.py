"""Gives each draft its own last moment, so that a reminder of one becomes due all through the run.

In an order of its own: of what is handed in early and late, and never, some become due each moment.
"""

import random
import sys
from datetime import timedelta

import django

django.setup()

from benchmarks.chaos import REMINDED  # noqa: E402 - only after setup
from calls.models import Call, SubmissionRound  # noqa: E402
from common import clock  # noqa: E402
from notifications.services import plan_reminders  # noqa: E402
from projects.models import Proposal  # noqa: E402


def spread(seconds: float) -> None:
    """The reminders of the drafts become due one by one, in so many seconds from now."""
    now = clock.now()
    closes_at = now + timedelta(hours=REMINDED)
    SubmissionRound.objects.update(closes_at=closes_at)
    Call.objects.get().reminder_moments.create(hours=REMINDED)
    drafts = list(Proposal.objects.order_by("pk"))
    random.Random(len(drafts)).shuffle(drafts)
    for number, draft in enumerate(drafts, 1):
        draft.extended_until = closes_at + timedelta(seconds=seconds * number / len(drafts))
    Proposal.objects.bulk_update(drafts, ["extended_until"], batch_size=500)
    plan_reminders(now)


if __name__ == "__main__":
    spread(float(sys.argv[1]))
