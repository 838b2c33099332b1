"""What waits for whom, about money; a fixed number of queries."""

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.moments import local_day, today
from common.work import WorkItem
from funding.lifecycle import InstalmentState, RequestState
from funding.models import Claim, CofinancingRequest, Commitment, CommitteeDecision
from funding.policies import (
    may_approve,
    may_check_claim,
    may_commit,
    may_pay,
    may_record_decision,
    may_request_cofinancing,
)

DEFAULT_CLAIM_DAYS = 30


def claim_days() -> int:
    """After how many days a claim is late: CLAIM_HANDLING_DAYS, 30 by default (ours)."""
    return int(getattr(settings, "CLAIM_HANDLING_DAYS", DEFAULT_CLAIM_DAYS))


def work_for(user: User) -> list[WorkItem]:
    """Requests to decide, grants to commit, instalments to plan, claims to move on."""
    items: list[WorkItem] = []
    if may_record_decision.test(user, None):
        items += _requests_to_decide()
    if may_commit.test(user, None):
        items += _grants_to_commit()
    if may_request_cofinancing.test(user, None):
        items += _instalments_to_plan()
    items += _claims(user)
    return items


def _requests_to_decide() -> list[WorkItem]:
    waiting = CofinancingRequest.objects.filter(
        state__in=[RequestState.REQUESTED, RequestState.POSTPONED]
    ).select_related("procurement__project")
    return [
        _item(
            _("Beslissing noteren"),
            str(request.procurement),
            reverse("funding:request", args=[request.pk]),
        )
        for request in waiting
    ]


def _grants_to_commit() -> list[WorkItem]:
    grants = CommitteeDecision.objects.filter(
        outcome=CommitteeDecision.Outcome.GRANTED, commitment__isnull=True
    ).select_related("request__procurement__project")
    return [
        _item(
            _("Vastleggen"),
            str(grant.request.procurement),
            reverse("funding:request", args=[grant.request_id]),
            # VAK lapses at the end of the year of the decision (domain.md 6.6).
            due_on=date(grant.decided_on.year, 12, 31),
        )
        for grant in grants
    ]


def _instalments_to_plan() -> list[WorkItem]:
    bare = Commitment.objects.filter(instalments__isnull=True).select_related("project")
    return [
        _item(_("Schijven plannen"), str(commitment), commitment.get_absolute_url())
        for commitment in bare
        if commitment.open_amount
    ]


def _claims(user: User) -> list[WorkItem]:
    """Claims in a state that this person moves on; nobody is asked to approve an own check."""
    labels = {}
    if may_check_claim.test(user, None):
        labels[InstalmentState.CLAIMED.value] = _("Schuldvordering controleren")
    if may_approve.test(user, None):
        labels[InstalmentState.CHECKED.value] = _("Schuldvordering goedkeuren")
    if may_pay.test(user, None):
        labels[InstalmentState.APPROVED.value] = _("Betaling registreren")
    if not labels:
        return []
    claims = (
        Claim.objects.filter(rejected_at__isnull=True, instalment__state__in=list(labels))
        .select_related("instalment__commitment__project")
        .order_by("claimed_at", "pk")
    )
    return [
        _item(
            labels[claim.instalment.state],
            _("%(project)s, schijf %(number)s")
            % {
                "project": claim.instalment.commitment.project,
                "number": claim.instalment.number,
            },
            reverse("funding:claim", args=[claim.pk]),
            due_on=local_day(claim.claimed_at) + timedelta(days=claim_days()),
        )
        for claim in claims
        if claim.instalment.state != InstalmentState.CHECKED or claim.checked_by_id != user.pk
    ]


def _item(label: str, title: str, url: str, due_on: date | None = None) -> WorkItem:
    return WorkItem(
        label=label,
        title=title,
        url=url,
        due_on=due_on,
        is_late=due_on is not None and due_on < today(),
        group=_("Geld"),
    )
