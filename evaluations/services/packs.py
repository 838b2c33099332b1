"""Asking for evaluator packs."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_adviser
from documents.models import Job
from documents.services import request_document
from evaluations.selectors.packs import (
    PACK_KIND,
    PACKS_KIND,
    may_have_pack,
    pack_params,
)
from projects.models import Proposal


def request_pack(*, proposal: Proposal, by: User) -> Job:
    """One PDF with everything of a file that an assessment needs, for `by` alone.

    Made anew each time: answers of the applicant may have come since the last one.

    Raises:
        PermissionDenied: when `by` may not take this file away.
    """
    if not may_have_pack(by, proposal):
        raise PermissionDenied(_("U leest dit dossier nadat u de uitnodiging hebt aanvaard."))
    return request_document(
        kind=PACK_KIND,
        params=pack_params(by, proposal),
        requested_by=by,
        about=proposal,
        title=f"Bundel {proposal.reference}",
    )


def request_packs(*, by: User) -> Job:
    """A ZIP with the pack and the attachments of every own file.

    Which those are is looked up when the worker makes it.

    Raises:
        PermissionDenied: when `by` assesses no files.
    """
    is_adviser.check(by, None)
    return request_document(
        kind=PACKS_KIND,
        params={"reader": by.pk},
        requested_by=by,
        title="Bundels van alle eigen dossiers",
    )
