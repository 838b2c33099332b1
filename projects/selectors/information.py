"""Reads about further information."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from projects.lifecycle import InformationState
from projects.models import InformationItem, InformationRequest, Proposal, ProposalVersion
from projects.policies import is_reader
from projects.selectors.proposals import visible_proposal


def information_requests(proposal: Proposal) -> QuerySet[InformationRequest]:
    """Every request about a proposal with its items, oldest first: three queries."""
    items = InformationItem.objects.select_related("file", "updated_by").order_by("position", "pk")
    return (
        proposal.information_requests.select_related("version", "asked_by", "answered_by")
        .prefetch_related(Prefetch("items", items))
        .order_by("number")
    )


def request_for_reader(user: Any, reference: str, number: int) -> InformationRequest:
    """One request, for who may read the proposal.

    Raises:
        Http404: otherwise.
    """
    proposal = visible_proposal(user, reference)
    found = information_requests(proposal).filter(number=number).first()
    if found is None:
        raise Http404
    found.proposal = proposal
    return found


def answered_requests(proposal: Proposal) -> QuerySet[InformationRequest]:
    """What stands beside the frozen text for whoever reads it."""
    return information_requests(proposal).filter(state=InformationState.ANSWERED)


def answered_beside(version: ProposalVersion) -> QuerySet[InformationRequest]:
    """What was asked and answered about this version or an earlier one: the annex of its PDF."""
    return answered_requests(version.proposal).filter(version__number__lte=version.number)


def dossier_params(version: ProposalVersion) -> dict[str, int]:
    """What the PDF of the whole proposal is asked with: after each answer it is another one."""
    answers = answered_beside(version).count()
    return {"version": version.pk, **({"answers": answers} if answers else {})}


def sees_unsent_answers(user: Any, request: InformationRequest) -> bool:
    """The organisation alone, until it sends them."""
    return request.state == InformationState.ANSWERED or is_reader.test(user, request.proposal)
