"""Talks about decisions that wait for staff."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.moments import last_day_before, local_day, today
from common.work import WorkItem
from evaluations.lifecycle import FeedbackState
from evaluations.models import FeedbackTalk
from evaluations.policies import may_hold_talk
from evaluations.selectors.deadlines import talk_due
from evaluations.selectors.files import visible_files


def talk_work(user: Any) -> list[WorkItem]:
    """Talks to plan, and held ones to record, of files that `user` sees. One query."""
    if not may_hold_talk.test(user, None):
        return []
    talks = (
        FeedbackTalk.objects.filter(decision__proposal__in=visible_files(user))
        .exclude(state=FeedbackState.HELD)
        .select_related("decision__proposal")
        .order_by("asked_at", "pk")
    )
    return [item for item in map(_item, talks) if item is not None]


def _item(talk: FeedbackTalk) -> WorkItem | None:
    if talk.state == FeedbackState.ASKED:
        label, due_on = _("Feedbackgesprek plannen"), last_day_before(talk_due(talk))
    elif talk.planned_at is not None and talk.planned_at < clock.now():
        label, due_on = _("Feedbackgesprek vastleggen"), local_day(talk.planned_at)
    else:
        return None
    proposal = talk.decision.proposal
    return WorkItem(
        label=label,
        title=str(proposal),
        url=reverse("evaluations:feedback", args=[proposal.reference]),
        due_on=due_on,
        is_late=due_on < today(),
        group=_("Feedbackgesprekken"),
    )
