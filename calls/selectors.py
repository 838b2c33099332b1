"""Reads about calls; each has a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q, QuerySet

from calls.definition import sections_of
from calls.lifecycle import CallPhase
from calls.models import (
    Call,
    CallDocument,
    CallFollower,
    CallQuerySet,
    CallQuestion,
    ChecklistItem,
    ChecklistKind,
    FormSection,
    FormVersion,
    ReminderMoment,
    SetupExplanation,
    SubmissionRound,
)
from calls.services import BLANK_FORM_KIND
from common import clock
from common.moments import last_day_before
from documents.models import Job, StoredFile
from notifications.registry import Offset

PUBLIC_PHASES = [
    CallPhase.OPEN,
    CallPhase.PLANNED,
    CallPhase.CLOSED,
    CallPhase.ASSESSMENT,
    CallPhase.DECIDED,
    CallPhase.ARCHIVED,
]


def call_list(user: Any, *, phase: str, now: datetime) -> CallQuerySet:
    """Calls that `user` may see, latest first; `phase` empty for all."""
    found = Call.objects.visible_to(user)
    if phase in CallPhase.values:
        found = found.in_phase(CallPhase(phase), now)
    return found.latest_first().prefetch_related("rounds")


def public_call_list() -> CallQuerySet:
    """Calls for everybody, also when staff looks: drafts stand in the staff list."""
    return Call.objects.public().latest_first().prefetch_related("rounds")


def closing_years() -> list[int]:
    """The Brussels years in which rounds of public calls close, latest first; one query."""
    closings = SubmissionRound.objects.filter(call__in=Call.objects.public()).aggregate(
        first=Min("closes_at"), last=Max("closes_at")
    )
    if closings["first"] is None:
        return []
    first, last = (last_day_before(closings[end]).year for end in ("first", "last"))
    return list(range(last, first - 1, -1))


def calls_by_change() -> CallQuerySet:
    """Public calls with `last_changed`, the latest change first."""
    return Call.objects.public().with_changes().order_by(F("last_changed").desc(), "-pk")


def calls_for_calendar() -> CallQuerySet:
    """Public calls with all that a calendar shows."""
    return (
        Call.objects.public().with_changes().order_by("pk").prefetch_related("rounds", "milestones")
    )


def calls_to_announce(now: datetime) -> tuple[list[Call], list[Call]]:
    """Open calls (soonest to close first) and planned ones (soonest to open); four queries."""
    public = Call.objects.public().prefetch_related("rounds").order_by("pk")
    return (
        sorted(
            public.in_phase(CallPhase.OPEN, now),
            key=lambda call: min(r.closes_at for r in call.rounds.all() if r.is_open_at(now)),
        ),
        sorted(
            public.in_phase(CallPhase.PLANNED, now),
            key=lambda call: min(r.opens_at for r in call.rounds.all() if r.opens_at > now),
        ),
    )


def calls_with_everything(user: Any) -> CallQuerySet:
    """Calls that `user` may see, with all that a call's page shows."""
    return Call.objects.visible_to(user).prefetch_related(
        "rounds__moves",
        "milestones",
        "criteria",
        "cofinancing_rules",
        Prefetch("documents", queryset=CallDocument.objects.select_related("file")),
    )


def points(call: Call, kind: ChecklistKind) -> list[ChecklistItem]:
    """One checklist of the call, in order; no query when they were read with the call."""
    found = [item for item in call.checklist_items.all() if item.kind == kind]
    return sorted(found, key=lambda item: (item.position, item.pk))


def form_of(call: Call) -> list[FormSection]:
    """The sections in order, each with its questions; two queries."""
    return sections_of(call)


def published_versions(call: Call) -> list[FormVersion]:
    """The versions of its form that applied, latest first."""
    return list(
        call.form_versions.filter(published_at__isnull=False)
        .defer("definition")
        .select_related("created_by")
        .order_by("-number")
    )


def blank_form_file(call: Call) -> StoredFile | None:
    """The blank form as PDF, once the worker has made the one of the latest publication."""
    latest = Job.objects.about(call).filter(kind=BLANK_FORM_KIND).select_related("file").first()
    return latest.file if latest is not None else None


def calls_for_setup(user: Any) -> CallQuerySet:
    """Calls that `user` may see, with all that the guide of the set-up shows."""
    return calls_with_everything(user).prefetch_related(
        "checklist_items",
        "reminder_moments",
        "self_test_questions",
        Prefetch(
            "setup_explanations", queryset=SetupExplanation.objects.select_related("written_by")
        ),
    )


def calls_to_copy(user: Any) -> CallQuerySet:
    """Calls with a form, latest first: what a new call may start from."""
    with_form = Exists(FormSection.objects.filter(call=OuterRef("pk")))
    return Call.objects.visible_to(user).filter(with_form).latest_first()


@dataclass(frozen=True)
class PlannedReminder:
    """A moment of a call's reminder plan, and the instants it gives, one per round."""

    moment: ReminderMoment
    dates: list[datetime]


def reminder_plan(call: Call) -> list[PlannedReminder]:
    """The plan of a call, first reminder first, for the rounds that still have to close."""
    now = clock.now()
    closings = [each.closes_at for each in call.rounds.all() if each.closes_at > now]
    return [
        PlannedReminder(moment, [_offset(moment).due_at(closing) for closing in closings])
        for moment in sorted(
            call.reminder_moments.all(),
            key=lambda moment: moment.days * 24 + moment.hours,
            reverse=True,
        )
    ]


def confirmed_followers(call: Call) -> QuerySet[CallFollower]:
    """Who hears of `call`: its followers and those of all calls; each address once."""
    return CallFollower.objects.hear_of(call)


def reminder_dates(call: Call, closing: datetime) -> list[datetime]:
    """When the reminders of a call's own plan would leave for a closing; what is past is left out.

    Empty too when the call follows the plan of the portal.
    """
    now = clock.now()
    dates = (_offset(moment).due_at(closing) for moment in call.reminder_moments.all())
    return sorted(due for due in dates if due > now)


def _offset(moment: ReminderMoment) -> Offset:
    return Offset(days=-moment.days, hours=-moment.hours)


def published_questions(call: Call) -> QuerySet[CallQuestion]:
    """What everybody reads, the latest first."""
    return CallQuestion.objects.filter(call=call).published()


QUESTION_STATUSES = {
    "open": Q(answer="", dismissed_at__isnull=True),
    "gepubliceerd": Q(published_at__isnull=False),
    "privaat": Q(published_at__isnull=True) & ~Q(answer=""),
    "opzij": Q(dismissed_at__isnull=False),
}
"""Each question of a visitor stands in exactly one."""


def questions_of(call: Call, status: str) -> QuerySet[CallQuestion]:
    """The questions with a status of QUESTION_STATUSES, the one that waits longest first."""
    return call.questions.filter(QUESTION_STATUSES[status]).order_by("asked_at", "pk")


def question_counts(call: Call) -> dict[str, int]:
    """How many questions have each status; one query."""
    return call.questions.aggregate(
        **{status: Count("pk", filter=found) for status, found in QUESTION_STATUSES.items()}
    )
