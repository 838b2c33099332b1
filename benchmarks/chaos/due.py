"""Lets the round close in two days and some seconds: then a reminder of each draft becomes due."""

import sys
from datetime import timedelta

import django

django.setup()

from calls.models import SubmissionRound  # noqa: E402 - only after setup
from common import clock  # noqa: E402
from notifications.services import plan_reminders  # noqa: E402

if __name__ == "__main__":
    now = clock.now()
    SubmissionRound.objects.update(closes_at=now + timedelta(days=2, seconds=float(sys.argv[1])))
    plan_reminders(now)
