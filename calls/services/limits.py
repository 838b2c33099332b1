"""Counting how often somebody uses a form that needs no account."""

from datetime import timedelta

from django.utils.crypto import salted_hmac

from calls.models import PublicPost
from common import clock

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)


def count_post(*, form: PublicPost.Form, sender: str, most: int) -> bool:
    """Count one use by `sender` (an address of the network or of a mailbox).

    Returns False, and counts nothing, when there were `most` in the past hour. The caller's
    transaction keeps the count.
    """
    hashed = salted_hmac("calls.public_post", sender, algorithm="sha256").hexdigest()
    now = clock.now()
    recent = PublicPost.objects.filter(form=form, sender=hashed, at__gt=now - WINDOW)
    if recent.count() >= most:
        return False
    PublicPost.objects.create(form=form, sender=hashed, at=now)
    return True


def forget_posts() -> int:
    """Remove the counts of yesterday and before; returns how many."""
    return PublicPost.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
