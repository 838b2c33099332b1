"""The numbers of this room, with defaults that settings may replace."""

from datetime import timedelta

from django.conf import settings

MAX_APPLICANTS = 50
DEFAULT_APPLICANTS = 25


def kept_for() -> timedelta:
    """REHEARSAL_KEPT_DAYS: after so many days a rehearsal and its files are removed; 30."""
    return timedelta(days=getattr(settings, "REHEARSAL_KEPT_DAYS", 30))


def lease() -> timedelta:
    """REHEARSAL_LEASE_SECONDS: a worker silent for this long is taken for dead; 60."""
    return timedelta(seconds=getattr(settings, "REHEARSAL_LEASE_SECONDS", 60))
