"""Telling the people of a draft in time that it will be destroyed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from audit.services import record
from common import clock
from common.moments import add_months, local_day
from notifications.mails import portal_url
from notifications.services import queue_mail
from projects.models import Proposal
from projects.selectors import editors_by_organisation
from retention.finding import drafts_to_warn
from retention.models import DraftWarning, RetentionRule


def warn_of_drafts() -> int:
    """Mail the editors of every draft whose term is nearly over, once. Returns how many drafts.

    The term of a draft is over only when the days of warning have passed since.
    """
    rule = RetentionRule.objects.get(code="draft")
    if not rule.warning_days:
        return 0
    drafts = list(drafts_to_warn(rule))
    editors = editors_by_organisation({draft.organisation_id for draft in drafts})
    return sum(_warn(draft, rule, editors.get(draft.organisation_id, [])) for draft in drafts)


def _warn(draft: Proposal, rule: RetentionRule, people: Sequence[Any]) -> bool:
    now = clock.now()
    with transaction.atomic():
        _warning, is_new = DraftWarning.objects.get_or_create(
            proposal=draft, defaults={"warned_at": now}
        )
        if not is_new:
            return False
        ends = max(
            add_months(draft.since, rule.months),  # type: ignore[attr-defined]
            local_day(now + timedelta(days=rule.warning_days)),
        )
        for person in people:
            queue_mail(
                kind="retention.draft_ends",
                to=person,
                template="retention/mail/draft_ends.md",
                context={
                    "reference": draft.reference,
                    "call": draft.call.title,
                    "ends": ends,
                    "url": portal_url("projects:proposal", draft.reference),
                },
                about=draft,
                dedupe_key=f"retention.draft_ends:{draft.pk}:{person.pk}",
            )
        record(
            actor=None,
            action="retention.draft_warned",
            label="Verwittigd dat het ontwerp vernietigd wordt",
            about=draft,
            data={"people": len(people)},
        )
    return True
