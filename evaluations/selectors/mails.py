"""Which mails about decisions a member of staff may read in the outbox."""

from typing import Any

from django.db import models

from evaluations.policies import may_see_all_files
from evaluations.selectors.letters import DECISION_MAIL
from notifications.lifecycle import MailState


def disclosed_mails(user: Any) -> models.Q:
    """A mail about a decision that was not told is for who may know that there is one."""
    if may_see_all_files.test(user, None):
        return models.Q()
    return ~models.Q(kind=DECISION_MAIL, state__in=[MailState.HELD, MailState.CANCELLED])
