"""Reads about proposals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, OuterRef, Q, QuerySet, SmallIntegerField, Subquery, When
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation, User
from audit import selectors as audit
from calls.models import SubmissionRound
from common import clock
from common.formatting import format_deadline
from documents.models import StoredFile
from projects.draft import Draft, Progress, load_drafts
from projects.lifecycle import UNDECIDED_STATES, InformationState, ProposalState
from projects.models import (
    ASKED_STATES,
    InformationItem,
    InformationRequest,
    Proposal,
    ProposalVersion,
    show_as_submitted,
)
from projects.policies import is_reader, may_see_draft, may_see_proposal
from projects.window import Window, window_at

_RELATED = ("call", "organisation", "round", "theme", "previous", "created_by")


def visible_proposal(user: Any, reference: str) -> Proposal:
    """The proposal, for who may know of it.

    Raises:
        Http404: for everybody else.
    """
    found = (
        Proposal.objects.visible_to(user)
        .select_related(*_RELATED)
        .prefetch_related("call__rounds")
        .filter(reference=reference)
        .first()
    )
    if found is None or not may_see_proposal.test(user, found):
        raise Http404
    return found


def version_for_reading(user: Any, reference: str, number: int | None = None) -> ProposalVersion:
    """A frozen version (the latest without `number`) with its proposal, for who may read it.

    Show it with `{% include "projects/_version_content.html" with content=version.content %}`.

    Raises:
        Http404: when there is no such version, or the reader may not know of it.
    """
    proposal = visible_proposal(user, reference)
    versions = proposal.versions.select_related("submitted_by").order_by("-number")
    found = versions.filter(number=number).first() if number is not None else versions.first()
    if found is None:
        raise Http404
    if not may_see_draft.test(user, proposal):
        show_as_submitted([proposal])
    found.proposal = proposal
    return found


def file_of_proposal(user: Any, reference: str, file_id: UUID) -> StoredFile:
    """A file that stands in the draft or in a frozen version that this reader may see.

    Raises:
        Http404: otherwise.
    """
    proposal = visible_proposal(user, reference)
    in_draft = (
        may_see_draft.test(user, proposal) and proposal.attachments.filter(file_id=file_id).exists()
    )
    frozen = proposal.versions.filter(content__attachments__contains=[{"id": str(file_id)}])
    if not in_draft and not frozen.exists() and not _in_answer(user, proposal, file_id):
        raise Http404
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        raise Http404
    return stored


def _in_answer(user: Any, proposal: Proposal, file_id: UUID) -> bool:
    """Whether it belongs to an answer to a question; before it is sent, to the organisation."""
    found = InformationItem.objects.filter(request__proposal=proposal, file=file_id)
    if not is_reader.test(user, proposal):
        found = found.filter(request__state=InformationState.ANSWERED)
    return found.exists()


def earlier_proposals(organisation: Organisation) -> QuerySet[Proposal]:
    """What a new proposal of the organisation may build on, newest first."""
    return Proposal.objects.filter(organisation=organisation).order_by("-created_at", "-pk")


def copy_report(proposal: Proposal) -> dict[str, Any] | None:
    """What the draft took over when it began (`taken`, `left`); None when it took over nothing."""
    event = audit.timeline(proposal).filter(action="proposal.copied").first()
    return event.data if event else None


def what_was_found_missing(proposal: Proposal) -> str:
    """The words with which the PIO team declared it incomplete; "" in every other state."""
    if proposal.state != ProposalState.INCOMPLETE:
        return ""
    found = audit.timeline(proposal).filter(action="proposal.mark_incomplete").last()
    return found.comment if found else ""


# --- What is next --------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextStep:
    """What the organisation should do, or what it waits for; `url` is empty when it waits."""

    text: str
    url: str = ""
    label: str = ""


def next_step(draft: Draft, window: Window) -> NextStep:
    """The one thing to do next for this proposal."""
    proposal = draft.proposal
    if proposal.can_be_edited:
        return _next_step_of_draft(draft, window)
    if proposal.waits_for_answer:
        number = proposal.open_request_number
        url = reverse("projects:information", args=[proposal.reference, number])
        text = _("Bijkomende informatie gevraagd: beantwoord vraag %(number)s.")
        return NextStep(text % {"number": number}, url, _("Lees de vraag en antwoord"))
    texts = {
        ProposalState.SUBMITTED: _("Wij kijken na of uw voorstel volledig is."),
        ProposalState.COMPLETE: _("Uw voorstel is volledig. Een adviseur wordt aangesteld."),
        ProposalState.ASSESSMENT: _("Uw voorstel wordt beoordeeld. U hoeft nu niets te doen."),
        ProposalState.ADVISED: _("Uw voorstel wordt beoordeeld. U hoeft nu niets te doen."),
        ProposalState.SELECTED: _("Uw voorstel is geselecteerd. Lees de beslissing."),
        ProposalState.NOT_SELECTED: _("Uw voorstel is niet geselecteerd. Lees waarom."),
        ProposalState.WITHDRAWN: _("U hebt dit voorstel ingetrokken."),
    }
    text = texts[ProposalState(proposal.state)]
    if proposal.state in {ProposalState.SELECTED, ProposalState.NOT_SELECTED}:
        return NextStep(text, _decision_url(proposal), _("Lees de beslissing"))
    return NextStep(text)


def _next_step_of_draft(draft: Draft, window: Window) -> NextStep:
    proposal = draft.proposal
    if window.is_late or window.closes_at is None:
        return NextStep(window.sentence)
    if draft.missing:
        count = len(draft.missing)
        text = ngettext(
            "Nog %(n)d verplicht antwoord in te vullen.",
            "Nog %(n)d verplichte antwoorden in te vullen.",
            count,
        ) % {"n": count}
        first = draft.missing[0]
        url = reverse("projects:section", args=[proposal.reference, first.section.code])
        return NextStep(text, url, _("Vul verder aan"))
    check = reverse("projects:check", args=[proposal.reference])
    if not window.is_open:
        return NextStep(window.sentence, check, _("Kijk na"))
    text = (
        _("Uw vorige versie telt. Dien uw wijzigingen opnieuw in vóór %(deadline)s.")
        if proposal.is_reopened
        else _("Alles is ingevuld. Dien in vóór %(deadline)s.")
    ) % {"deadline": format_deadline(window.closes_at)}
    return NextStep(text, check, _("Kijk na en dien in"))


def _decision_url(proposal: Proposal) -> str:
    """A page of a higher room, known here by its address only."""
    return reverse("evaluations:decision", args=[proposal.reference])


@dataclass(frozen=True)
class ProposalCard:
    """One proposal on the dashboard of an authority."""

    proposal: Proposal
    progress: Progress
    window: Window
    next_step: NextStep

    @property
    def is_draft(self) -> bool:
        return bool(self.proposal.state == ProposalState.DRAFT)

    @property
    def is_expired(self) -> bool:
        """A draft that was not handed in in time (vervallen): a fact of the clock, no state."""
        return self.is_draft and self.window.is_late


def own_proposals(user: User, organisation: Organisation | None) -> QuerySet[Proposal]:
    """Every proposal of the organisation: what can still be handed in first, by deadline; then what
    is being judged; then the rest. For a page of them: `proposals_for_dashboard`.

    Empty for who does not belong to the organisation.
    """
    if organisation is None or organisation.pk not in user.member_roles:
        return Proposal.objects.none()
    now = clock.now()
    ahead = SubmissionRound.objects.filter(call=OuterRef("call"), closes_at__gt=now)
    closes_at = Subquery(ahead.order_by("closes_at").values("closes_at")[:1])
    editable = Q(state__in=[ProposalState.DRAFT, ProposalState.INCOMPLETE]) | Q(
        state=ProposalState.SUBMITTED, reopened_at__isnull=False
    )
    asked = InformationRequest.objects.filter(
        proposal=OuterRef("pk"), state=InformationState.OPEN
    ).order_by("number")
    in_time = Q(closes_at__isnull=False) | Q(correction_until__gt=now) | Q(extended_until__gt=now)
    return (
        Proposal.objects.visible_to(user)
        .filter(organisation=organisation)
        .select_related(*_RELATED)
        .annotate(
            closes_at=closes_at,
            asked_number=Subquery(asked.values("number")[:1]),
            group=Case(
                When(ANSWERABLE, asked_number__isnull=False, then=0),
                When(editable & in_time, then=0),
                When(state__in=UNDECIDED_STATES, then=1),
                default=2,
                output_field=SmallIntegerField(),
            ),
        )
        .order_by(
            "group",
            Case(When(group=0, then="closes_at")).asc(nulls_last=True),
            "-created_at",
            "-pk",
        )
    )


def proposals_for_dashboard(proposals: Iterable[Proposal]) -> list[ProposalCard]:
    """The cards of these proposals, most urgent first; a fixed number of queries."""
    now = clock.now()
    cards = []
    for draft in load_drafts(proposals):
        window = window_at(draft.proposal, now)
        cards.append(ProposalCard(draft.proposal, draft.overall, window, next_step(draft, window)))
    return sorted(cards, key=lambda card: _urgency(card, now))


ANSWERABLE = Q(state__in=[*ASKED_STATES, ProposalState.SELECTED])
"""`Proposal.waits_for_answer` in SQL, of what has an open request."""


def _urgency(card: ProposalCard, now: datetime) -> tuple[int, float]:
    if card.proposal.waits_for_answer:
        return (0, 0.0)
    if card.proposal.can_be_edited and not card.window.is_late:
        closes = card.window.closes_at
        return (0, closes.timestamp() if closes else now.timestamp() * 2)
    group = 1 if card.proposal.is_under_review else 2
    return (group, -card.proposal.created_at.timestamp())
