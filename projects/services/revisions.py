"""Keeping what a section held after each save. Called by the saves, in their transaction."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.dateparse import parse_datetime

from accounts.models import User
from calls.models import FormSection
from projects.draft import load_section
from projects.history import holds_something, section_state
from projects.models import Proposal, SectionAnswers, SectionRevision

DEFAULT_MERGE_SECONDS = 120


def merge_within() -> timedelta:
    """PROPOSAL_HISTORY_MERGE_SECONDS: how long autosaves share one row; 120 by default."""
    return timedelta(
        seconds=getattr(settings, "PROPOSAL_HISTORY_MERGE_SECONDS", DEFAULT_MERGE_SECONDS)
    )


def latest_revision(proposal: Proposal, section: FormSection) -> SectionRevision | None:
    return (
        SectionRevision.objects.filter(proposal=proposal, section=section)
        .order_by("-version")
        .first()
    )


def keep_state_before(
    *, proposal: Proposal, section: FormSection, saved: SectionAnswers | None
) -> SectionRevision | None:
    """Keep what stands there before the first save that the history knows; None when it is empty.

    A text from before there was a history, or that a copy brought, is not lost that way.
    """
    state = section_state(load_section(proposal, section), section)
    if saved is None and not holds_something(state):
        return None
    since = saved.updated_at if saved else proposal.created_at
    return SectionRevision.objects.create(
        proposal=proposal,
        section=section,
        version=saved.version if saved else 0,
        data={**state, "since": since.isoformat()},
        saved_by_id=saved.updated_by_id if saved else proposal.created_by_id,
        saved_at=since,
    )


def keep_revision(
    *,
    proposal: Proposal,
    section: FormSection,
    saved: SectionAnswers,
    by: User,
    is_autosave: bool,
    latest: SectionRevision | None,
) -> SectionRevision:
    """Keep what stands there now as version `saved.version`.

    Autosaves of the same person share the row of the first one for `merge_within()`; what a person
    saved with a button is never overwritten, nor what stood there when the proposal was handed in
    or opened again.
    """
    draft = load_section(proposal, section)
    state = section_state(draft, section)
    now = saved.updated_at
    if latest is not None and is_autosave and _may_join(latest, draft.proposal, by, now):
        latest.version = saved.version
        latest.data = {**state, "since": latest.data["since"]}
        latest.saved_at = now
        latest.save(update_fields=["version", "data", "saved_at"])
        return latest
    return SectionRevision.objects.create(
        proposal=proposal,
        section=section,
        version=saved.version,
        data={**state, "since": now.isoformat()},
        is_autosave=is_autosave,
        saved_by=by,
        saved_at=now,
    )


def _may_join(latest: SectionRevision, proposal: Proposal, by: User, now: datetime) -> bool:
    since = parse_datetime(latest.data["since"])
    if not latest.is_autosave or latest.saved_by_id != by.pk or since is None:
        return False
    marks = [moment for moment in (proposal.submitted_at, proposal.reopened_at) if moment]
    return now - since < merge_within() and all(moment < since for moment in marks)
