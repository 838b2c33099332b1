"""Putting a section back to what it held: one version that a person chose, or all of a moment.

A restored text is saved as any other: a new version, under the optimistic lock.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import FormSection, QuestionType, SectionKind, Theme
from documents.models import StoredFile
from projects.draft import Draft, load_draft
from projects.fields import GENERAL_FIELDS
from projects.fitting import fits
from projects.history import Data
from projects.models import Attachment, Proposal, ProposalVersion, SectionAnswers, SectionRevision
from projects.services.drafting import (
    lock_for_editing,
    save_answers,
    save_estimate,
    save_general,
)
from projects.services.partners import save_partners


def restore_revision(
    *, proposal: Proposal, section: FormSection, revision: int, version: int, by: User
) -> SectionAnswers:
    """Put the section back to version `revision`; `version` is the one the person looked at.

    A question that the form of then did not have keeps its present answer, and so does one whose
    answer of then does not fit any more. What only stood in the form of then stays in the history.

    Raises:
        PermissionDenied: when `by` is no editor.
        SectionClash: when somebody saved the section after version `version`.
        ValidationError: when the proposal can no longer be changed, or has no such version.
    """
    with transaction.atomic():
        current = lock_for_editing(proposal, by)
        found = SectionRevision.objects.filter(
            proposal=current, section=section, version=revision
        ).first()
        if found is None:
            raise ValidationError(_("Deze versie van het deel bestaat niet."))
        saved = _put_back(load_draft(current), section, found.data["restore"], version, by)
        record(
            actor=by,
            action="proposal.section_restored",
            label=_("Eerdere tekst van deel %(code)s teruggezet") % {"code": section.code},
            about=current,
            data={"section": section.pk, "revision": revision, "version": saved.version},
        )
    return saved


def restore_sections(
    *, proposal: Proposal, at: datetime, by: User, files_of: ProposalVersion | None = None
) -> list[FormSection]:
    """Put every section back to what it held at instant `at`; returns those that changed.

    With `files_of` also the attachments, as that frozen version names them. For who reopened what
    was handed in and leaves it at that: give the instant at which it was opened again (while it was
    handed in, nothing could change). Autosaves never run together over that instant.

    Raises:
        PermissionDenied: when `by` is no editor.
        ValidationError: when the proposal cannot be changed now.
    """
    restored = []
    with transaction.atomic():
        current = lock_for_editing(proposal, by)
        revisions: dict[int, list[SectionRevision]] = {}
        for revision in current.revisions.order_by("section", "version"):
            revisions.setdefault(revision.section_id, []).append(revision)
        draft = load_draft(current)
        for section in draft.sections:
            kept = revisions.get(section.pk, [])
            if not kept or kept[-1].saved_at <= at:
                continue
            earlier = [revision for revision in kept if revision.saved_at <= at]
            data = earlier[-1].data["restore"] if earlier else {}
            _put_back(draft, section, data, draft.version(section), by)
            restored.append(section)
        if files_of is not None:
            _put_files_back(current, files_of, by)
        if restored:
            record(
                actor=by,
                action="proposal.sections_restored",
                label=_("Tekst van %(count)s delen teruggezet") % {"count": len(restored)},
                about=current,
                data={"at": at.isoformat(), "sections": [section.pk for section in restored]},
            )
    return restored


def _put_back(
    draft: Draft, section: FormSection, data: Data, version: int, by: User
) -> SectionAnswers:
    """Save `data` (a revision's "restore"; empty: nothing was filled in) as the section."""
    writers: dict[str, Callable[..., SectionAnswers]] = {
        SectionKind.GENERAL: _general,
        SectionKind.QUESTIONS: _answers,
        SectionKind.PARTNERS: _partners,
        SectionKind.BUDGET: _estimate,
    }
    write = writers.get(section.kind)
    if write is None:
        raise ValidationError(_("Van dit deel wordt geen tekst bewaard om terug te zetten."))
    common: dict[str, Any] = {
        "proposal": draft.proposal,
        "section": section,
        "version": version,
        "by": by,
    }
    return write(draft, data, common)


def _general(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    values = {name: getattr(draft.proposal, name) for name in GENERAL_FIELDS}
    values |= {name: data[name] for name in GENERAL_FIELDS if name in data}
    if "theme" in data:
        values["theme"] = Theme.objects.filter(pk=data["theme"]).first()
    return save_general(values=values, **common)


def _answers(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    return save_answers(
        answers=answers_to_restore(draft, common["section"], data.get("answers", {})), **common
    )


def answers_to_restore(draft: Draft, section: FormSection, then: Data) -> Data:
    """The answers of then that still fit their question; the present ones for the rest."""
    answers: Data = {}
    for question in draft.questions(section):
        if question.type == QuestionType.FILE:
            continue
        present = draft.answer(section, question)
        value = then.get(question.key, present)
        answers[question.key] = value if fits(question, value, was=question.type) else present
    return answers


def _partners(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    return save_partners(rows=data.get("partners", []), **common)


def _estimate(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    return save_estimate(
        lines=[line | {"amount": Decimal(line["amount"])} for line in data.get("lines", [])],
        other_subsidies=Decimal(data.get("other_subsidies", "0.00")),
        own_budget_secured=data.get("own_budget_secured"),
        ceiling_reason=data.get("ceiling_reason", ""),
        **common,
    )


def _put_files_back(proposal: Proposal, version: ProposalVersion, by: User) -> None:
    """The attachments that the version names, and no others; every file of it is still kept."""
    named = {entry["id"]: entry for entry in version.content["attachments"]}
    standing = {str(attachment.file_id): attachment for attachment in proposal.attachments.all()}
    proposal.attachments.exclude(file_id__in=named).delete()
    kept = {str(pk) for pk in StoredFile.objects.filter(pk__in=named).values_list("pk", flat=True)}
    partners = set(proposal.partners.values_list("pk", flat=True))
    for file_id, entry in named.items():
        values = {name: entry[name] for name in ("description", "is_confidential")}
        if file_id in standing:
            Attachment.objects.filter(pk=standing[file_id].pk).update(**values)
        elif file_id in kept:
            partner = entry.get("partner")
            Attachment.objects.create(
                proposal=proposal,
                file_id=file_id,
                question_id=entry["question"],
                partner_id=partner if partner in partners else None,
                added_by=by,
                **values,
            )
