"""Reads about calls; each has a fixed number of queries."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from calls.lifecycle import CallPhase
from calls.models import Call, CallFollower, CallQuerySet, FormQuestion, FormSection
from calls.services import BLANK_FORM_KIND
from documents.models import Job, StoredFile

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


def public_call_list(*, phase: str, now: datetime) -> CallQuerySet:
    """Calls for everybody, also when staff looks: drafts stand in the staff list."""
    found = Call.objects.public()
    if phase in PUBLIC_PHASES:
        found = found.in_phase(CallPhase(phase), now)
    return found.latest_first().prefetch_related("rounds")


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
        "rounds", "milestones", "criteria", "cofinancing_rules"
    )


def form_of(call: Call) -> list[FormSection]:
    """The sections in order, each with its questions; two queries."""
    questions: QuerySet[FormQuestion] = FormQuestion.objects.order_by("position", "pk")
    return list(
        call.sections.order_by("position", "pk").prefetch_related(
            Prefetch("questions", queryset=questions)
        )
    )


def blank_form_file(call: Call) -> StoredFile | None:
    """The blank form as PDF, once the worker has made the one of the latest publication."""
    latest = Job.objects.about(call).filter(kind=BLANK_FORM_KIND).select_related("file").first()
    return latest.file if latest is not None else None


def completeness(call: Call) -> list[dict[str, Any]]:
    """What must be in order before publication, as a checklist."""
    return [
        {"label": sentence, "done": done} for sentence, done in call.publication_needs().items()
    ]


def confirmed_followers(call: Call) -> QuerySet[CallFollower]:
    """Who hears of `call`: its followers and those of all calls; each address once."""
    return CallFollower.objects.hear_of(call)
