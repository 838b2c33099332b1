"""Why an attempt failed, in words for who asked for the document."""

import errno

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError
from django.utils.translation import gettext as _

from documents.storage import StorageAway


def reason_of(error: BaseException) -> str:
    """A sentence; never what somebody else's error itself says, which may hold data."""
    if isinstance(error, SoftTimeLimitExceeded):
        return _("Het duurde langer dan toegelaten.")
    if isinstance(error, MemoryError):
        return _("Er was niet genoeg geheugen.")
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _("De opslag is vol.")
    if isinstance(error, StorageAway):
        return str(error)
    if isinstance(error, DatabaseError):
        return _("De databank antwoordde niet.")
    return _("Er ging iets fout bij het maken (%(code)s).") % {"code": type(error).__name__}


def worker_gone() -> str:
    return _("De worker die het maakte, viel stil.")


def too_many_attempts(last: str = "") -> str:
    """The end of it: what to do now, and what the last attempt met."""
    sentence = _(
        "Het document kon na enkele pogingen niet gemaakt worden. Probeer het later opnieuw of"
        " meld het aan de beheerder."
    )
    if not last:
        return sentence
    return _("%(sentence)s De laatste poging: %(reason)s") % {"sentence": sentence, "reason": last}
