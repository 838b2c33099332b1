"""Only so many tries an hour, counted per person and per place."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.models import Attempt
from common import clock

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)


@transaction.atomic
def seconds_to_wait(*, what: str, allowed: Mapping[str, int]) -> int:
    """Count this try under each of the keys; gives the seconds to wait when one had its share.

    A try that must wait is not counted, so that the time that was named stays right.
    """
    now = clock.now()
    Attempt.objects.filter(at__lt=now - KEPT).delete()
    digests = {key: _digest(what, key) for key in allowed}
    wait = 0
    for key, most in allowed.items():
        recent = Attempt.objects.filter(what=what, key=digests[key], at__gt=now - WINDOW)
        # With the oldest of the last `most` out of the hour, there is room for one more.
        times = list(recent.order_by("-at").values_list("at", flat=True)[:most])
        if len(times) >= most:
            wait = max(wait, int((times[-1] + WINDOW - now).total_seconds()) + 1)
    if not wait:
        Attempt.objects.bulk_create(
            Attempt(what=what, key=digest, at=now) for digest in digests.values()
        )
    return wait


def _digest(what: str, key: str) -> str:
    return salted_hmac(f"accounts.attempt.{what}", key, algorithm="sha256").hexdigest()
