"""Whose files may be taken away to read: the evaluator packs."""

from typing import Any

from django.db.models import QuerySet

from documents.models import Job
from documents.selectors import latest_job
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment
from evaluations.policies import may_see_all_files
from evaluations.selectors.assessment import has_declared, own_assignment
from evaluations.selectors.files import visible_files
from projects.lifecycle import ProposalState
from projects.models import Proposal

PACK_KIND = "evaluations.evaluator_pack"
PACKS_KIND = "evaluations.evaluator_packs"

AT_WORK = (ProposalState.ASSESSMENT, ProposalState.ADVISED)
"""Between assignment and decision: what an adviser still works on."""


def may_have_pack(user: Any, proposal: Proposal) -> bool:
    """Who accepted, so declared that there is no conflict; and who sees all files.

    Asked again when the pack is made and at each download.
    """
    if not visible_files(user).filter(pk=proposal.pk).exists():
        return False
    own = own_assignment(user, proposal)
    return may_see_all_files.test(user, None) if own is None else has_declared(own)


def own_files(user: Any) -> QuerySet[Proposal]:
    """The files at work that `user` accepted to assess, by number."""
    accepted = Assignment.objects.filter(
        adviser=user, state__in=[AssignmentState.ACCEPTED, AssignmentState.DONE]
    )
    return (
        visible_files(user)
        .filter(pk__in=accepted.values("proposal"), state__in=AT_WORK)
        .order_by("reference")
    )


def pack_params(user: Any, proposal: Proposal) -> dict[str, int]:
    """What the pack of one file is asked with; it is made for one reader, whose name is in it."""
    return {"file": proposal.pk, "reader": user.pk}


def pack_job(user: Any, proposal: Proposal) -> Job | None:
    """The newest pack of this file for `user`."""
    return latest_job(PACK_KIND, pack_params(user, proposal))


def packs_job(user: Any) -> Job | None:
    """The newest archive of all own files."""
    return latest_job(PACKS_KIND, {"reader": user.pk})
