"""The draft of a claim: what was typed, and its files, before it is sent in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from documents.services import discard_file, store_upload
from funding.lifecycle import InstalmentState
from funding.models import ClaimDraft, ClaimEvidence, Instalment
from funding.policies import may_claim

MAX_FILES = 100


@transaction.atomic
def save_claim_draft(
    *, instalment: Instalment, content: dict[str, Any], version: int, by: User
) -> ClaimDraft:
    """Keep what was typed for an instalment, as typed. `version` is the one that `by` had open.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the instalment is not claimable, or a colleague saved first (code clash).
    """
    instalment = _lock_claimable(instalment, by)
    draft, _new = ClaimDraft.objects.get_or_create(
        instalment=instalment, defaults={"updated_by": by}
    )
    if draft.version != version:
        raise ValidationError(
            _(
                "%(person)s sloeg intussen een andere tekst op. Uw tekst staat hieronder. "
                "Slaat u nu opnieuw op, dan vervangt die de andere."
            )
            % {"person": draft.updated_by},
            code="clash",
        )
    draft.content = content
    draft.version += 1
    draft.updated_by, draft.updated_at = by, clock.now()
    draft.save()
    rows = {str(row.get("key", "")) for row in content.get("rows", [])}
    for evidence in draft.evidence.exclude(row="").exclude(row__in=rows):
        _drop(evidence)
    return draft


@transaction.atomic
def add_draft_evidence(*, draft: ClaimDraft, uploaded: File, row: str, by: User) -> ClaimEvidence:
    """Keep a file with a draft: with the cost of `row`, or with the whole claim when it is empty.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the file can't be kept, or there are too many.
    """
    _lock_claimable(draft.instalment, by)
    if draft.evidence.count() >= MAX_FILES:
        raise ValidationError(
            _("Een schuldvordering heeft hoogstens %(most)s bestanden.") % {"most": MAX_FILES}
        )
    stored = store_upload(uploaded=uploaded, created_by=by)
    return ClaimEvidence.objects.create(draft=draft, row=row, file=stored)


@transaction.atomic
def drop_draft_evidence(*, draft: ClaimDraft, evidence: int, by: User) -> None:
    """Take a file away from a draft; nothing happens when it is gone already.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: when the instalment is not claimable any more.
    """
    _lock_claimable(draft.instalment, by)
    for found in draft.evidence.filter(pk=evidence):
        _drop(found)


def _drop(evidence: ClaimEvidence) -> None:
    """The file goes too: nothing else refers to a file of a draft."""
    stored = evidence.file
    evidence.delete()
    discard_file(stored=stored)


def _lock_claimable(instalment: Instalment, by: User) -> Instalment:
    locked = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("commitment__project")
        .get(pk=instalment.pk)
    )
    may_claim.check(by, locked)
    if locked.state != InstalmentState.CLAIMABLE:
        raise ValidationError(
            _("Deze schijf kunt u nu niet aanvragen: de status is “%(state)s”.")
            % {"state": locked.get_state_display()},
            code="state",
        )
    return locked
