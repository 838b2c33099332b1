"""Reads of the committee's meetings, agreements and the files with them."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from funding.lifecycle import RequestState
from funding.models import (
    Agreement,
    AgreementSignature,
    CofinancingRequest,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
    TenderDocument,
)
from projects.models import Project


def meeting_list() -> QuerySet[CommitteeMeeting]:
    """Every meeting, latest first, with how many items it has and how many were decided."""
    return CommitteeMeeting.objects.annotate(
        item_count=Count("items"),
        decided_count=Count("items", filter=Q(items__decision__isnull=False)),
    ).order_by("-day", "-pk")


def meeting_page(pk: int) -> CommitteeMeeting:
    """A meeting with its items, their files and decisions.

    Raises:
        Http404: when there is none.
    """
    items = (
        CommitteeItem.objects.select_related(
            "request__procurement__project__organisation",
            "tender_document__file",
            "sheet__file",
            "decision",
        )
        .prefetch_related(
            Prefetch(
                "request__tender_documents",
                TenderDocument.objects.select_related("file").order_by("-version"),
            )
        )
        .order_by("position", "pk")
    )
    found = (
        CommitteeMeeting.objects.select_related("agenda__file", "created_by")
        .prefetch_related(Prefetch("items", items))
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def item_of(meeting: CommitteeMeeting, pk: int) -> CommitteeItem:
    """The item with this key, out of what `meeting_page` loaded.

    Raises:
        Http404: when there is none.
    """
    for item in meeting.items.all():
        if item.pk == pk:
            return item
    raise Http404


def waiting_requests() -> QuerySet[CofinancingRequest]:
    """Undecided requests with a tender document that stand on no open agenda, oldest first."""
    return (
        CofinancingRequest.objects.filter(
            Exists(TenderDocument.objects.filter(request=OuterRef("pk"))),
            ~Exists(CommitteeItem.objects.filter(request=OuterRef("pk"), is_open=True)),
            state__in=[RequestState.REQUESTED, RequestState.POSTPONED],
        )
        .select_related("procurement__project")
        .order_by("requested_at", "pk")
    )


def open_item(request: CofinancingRequest) -> CommitteeItem | None:
    """Where a request waits for its decision; None when it stands on no agenda."""
    return (
        CommitteeItem.objects.filter(request=request, is_open=True)
        .select_related("meeting", "sheet__file")
        .first()
    )


def tender_document(user: Any, pk: int, *, as_staff: bool) -> TenderDocument:
    """A version whose file `user` may fetch: staff who see money, or the beneficiary's members.

    Raises:
        Http404: for everybody else.
    """
    documents = TenderDocument.objects.select_related("file")
    if not as_staff:
        documents = documents.filter(
            request__procurement__project__organisation__in=user.member_roles
        )
    found = documents.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def decision_page(pk: int) -> CommitteeDecision:
    """A decision with its request, project and letter.

    Raises:
        Http404: when there is none.
    """
    found = (
        CommitteeDecision.objects.select_related(
            "request__procurement__project__organisation", "letter__file", "agreement"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def agreement_page(pk: int) -> Agreement:
    """An agreement with its decision, document and signatures.

    Raises:
        Http404: when there is none.
    """
    found = _agreements().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def member_agreement(project: Project, pk: int) -> Agreement:
    """An agreement of the project that was sent.

    Raises:
        Http404: when there is none.
    """
    found = (
        _agreements()
        .filter(decision__request__procurement__project=project, pk=pk, sent_at__isnull=False)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _agreements() -> QuerySet[Agreement]:
    return Agreement.objects.select_related(
        "decision__request__procurement__project__organisation", "document__file", "drafted_by"
    ).prefetch_related(
        Prefetch(
            "signatures",
            AgreementSignature.objects.select_related("signed_copy", "recorded_by").order_by("pk"),
        )
    )


def signature_with_copy(user: Any, pk: int, *, as_staff: bool) -> AgreementSignature:
    """A signature whose copy `user` may fetch: staff who see money, or the beneficiary's members.

    Raises:
        Http404: for everybody else.
    """
    signatures = AgreementSignature.objects.select_related("signed_copy")
    if not as_staff:
        signatures = signatures.filter(
            agreement__decision__request__procurement__project__organisation__in=user.member_roles
        )
    found = signatures.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def told_decisions(project: Project) -> list[CommitteeDecision]:
    """Decisions on the project that its people were told, oldest first, with their agreements."""
    return list(
        CommitteeDecision.objects.filter(
            request__procurement__project=project, told_at__isnull=False
        )
        .select_related("request__procurement", "letter__file")
        .order_by("decided_on", "pk")
    )


def sent_agreements(project: Project) -> list[Agreement]:
    """Agreements that the project's people may read, oldest first."""
    return list(
        _agreements()
        .filter(decision__request__procurement__project=project, sent_at__isnull=False)
        .order_by("drafted_at", "pk")
    )
