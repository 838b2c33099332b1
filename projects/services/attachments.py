"""Files with a proposal. What a frozen version names stays on disk, whatever happens here."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import FormQuestion
from documents.services import store_upload
from projects.models import Attachment, Partner, Proposal
from projects.services.drafting import lock_for_editing

DEFAULT_MAX_ATTACHMENTS = 10


def max_attachments() -> int:
    """PROPOSAL_MAX_ATTACHMENTS, 10 by default (domain.md 4)."""
    return int(getattr(settings, "PROPOSAL_MAX_ATTACHMENTS", DEFAULT_MAX_ATTACHMENTS))


def add_attachment(
    *,
    proposal: Proposal,
    uploaded: File,
    by: User,
    question: FormQuestion | None = None,
    description: str = "",
    is_confidential: bool = False,
) -> Attachment:
    """Check and keep a file with the draft, as the answer to `question` when there is one.

    Raises:
        PermissionDenied: when `by` is no editor.
        ValidationError: with a sentence for `file`: wrong type, too big, too many, not editable.
    """
    with transaction.atomic():
        current = lock_for_editing(proposal, by)
        if current.attachments.filter(partner=None).count() >= max_attachments():
            raise ValidationError(
                {
                    "file": _("U hebt al %(count)s bijlagen. Verwijder er eerst een.")
                    % {"count": max_attachments()}
                }
            )
        # Looked up by content before anything is kept: a refusal leaves no file behind.
        digest = _sha256(uploaded)
        if current.attachments.filter(file__sha256=digest, question=question).exists():
            raise ValidationError({"file": _("Dit bestand hebt u al toegevoegd.")})
        try:
            stored = store_upload(uploaded=uploaded, created_by=by)
        except ValidationError as refusal:
            raise ValidationError({"file": refusal.error_list}) from refusal
        attachment = Attachment.objects.create(
            proposal=current,
            question=question,
            file=stored,
            description=description,
            is_confidential=is_confidential,
            added_by=by,
        )
        record(
            actor=by,
            action="proposal.attachment_added",
            label=_("Bijlage toegevoegd"),
            about=current,
            data={"file": str(stored.pk)},
        )
    return attachment


def replace_attachment(*, attachment: Attachment, uploaded: File, by: User) -> Attachment:
    """Put a new file in the place of the old one; what was said about it stays.

    A version that was handed in keeps the old file.

    Raises:
        PermissionDenied: when `by` is no editor.
        ValidationError: with a sentence for `file`, as `add_attachment`; or when somebody removed
            the attachment in the meantime.
    """
    with transaction.atomic():
        current = lock_for_editing(attachment.proposal, by)
        found = current.attachments.select_related("file").filter(pk=attachment.pk).first()
        if found is None:
            raise ValidationError({"file": _("Deze bijlage is intussen verwijderd.")})
        same = current.attachments.filter(
            file__sha256=_sha256(uploaded), question=found.question_id
        )
        if same.exists():
            raise ValidationError({"file": _("Dit bestand hebt u al toegevoegd.")})
        try:
            stored = store_upload(uploaded=uploaded, created_by=by)
        except ValidationError as refusal:
            raise ValidationError({"file": refusal.error_list}) from refusal
        record(
            actor=by,
            action="proposal.attachment_replaced",
            label=_("Bijlage vervangen"),
            about=current,
            data={"file": str(stored.pk), "replaces": str(found.file_id)},
        )
        found.file = stored
        found.save(update_fields=["file"])
    return found


def describe_attachment(
    *, attachment: Attachment, description: str, is_confidential: bool, by: User
) -> Attachment:
    """Change what is said about a file. Raises: as `add_attachment`."""
    with transaction.atomic():
        lock_for_editing(attachment.proposal, by)
        attachment.description = description
        attachment.is_confidential = is_confidential
        attachment.full_clean(exclude=["proposal", "question", "file", "added_by"])
        attachment.save(update_fields=["description", "is_confidential"])
    return attachment


def remove_attachment(*, attachment: Attachment, by: User) -> None:
    """Take a file out of the draft; versions that were submitted keep it. Raises: as above."""
    with transaction.atomic():
        current = lock_for_editing(attachment.proposal, by)
        record(
            actor=by,
            action="proposal.attachment_removed",
            label=_("Bijlage verwijderd"),
            about=current,
            data={"file": str(attachment.file_id)},
        )
        if attachment.partner_id:
            Partner.objects.filter(pk=attachment.partner_id).update(has_letter_of_intent=False)
        attachment.delete()


def _sha256(uploaded: File) -> str:
    digest = hashlib.sha256()
    uploaded.seek(0)
    for chunk in uploaded.chunks():
        digest.update(chunk)
    uploaded.seek(0)
    return digest.hexdigest()
