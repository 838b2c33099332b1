"""Starts the last minutes: the round closes so many seconds from now; prints that instant."""

import sys
from datetime import timedelta

import django

django.setup()

from calls.models import SubmissionRound  # noqa: E402 - only after setup
from common import clock  # noqa: E402

if __name__ == "__main__":
    closes_at = (clock.now() + timedelta(seconds=float(sys.argv[1]))).replace(microsecond=0)
    SubmissionRound.objects.update(closes_at=closes_at)
    print(closes_at.timestamp())
