"""Putting a section back to a version that a person chose.

A restored text is saved as any other: a new version, under the optimistic lock.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import FormSection, QuestionType, SectionKind, Theme
from projects.draft import Draft, load_draft
from projects.fields import GENERAL_FIELDS
from projects.fitting import fits
from projects.history import Data
from projects.models import Proposal, SectionAnswers, SectionRevision
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


def _put_back(
    draft: Draft, section: FormSection, data: Data, version: int, by: User
) -> SectionAnswers:
    """Save `data` (a revision's "restore") as the section."""
    writers: dict[str, Callable[..., SectionAnswers]] = {
        SectionKind.GENERAL: _general,
        SectionKind.QUESTIONS: _answers,
        SectionKind.PARTNERS: _partners,
        SectionKind.BUDGET: _estimate,
    }
    common: dict[str, Any] = {
        "proposal": draft.proposal,
        "section": section,
        "version": version,
        "by": by,
    }
    return writers[section.kind](draft, data, common)


def _general(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    values = {name: data[name] for name in GENERAL_FIELDS}
    values["theme"] = Theme.objects.filter(pk=data["theme"]).first()
    return save_general(values=values, **common)


def _answers(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    return save_answers(
        answers=answers_to_restore(draft, common["section"], data["answers"]), **common
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
    return save_partners(rows=data["partners"], **common)


def _estimate(draft: Draft, data: Data, common: dict[str, Any]) -> SectionAnswers:
    return save_estimate(
        lines=[line | {"amount": Decimal(line["amount"])} for line in data["lines"]],
        other_subsidies=Decimal(data["other_subsidies"]),
        own_budget_secured=data["own_budget_secured"],
        ceiling_reason=data["ceiling_reason"],
        **common,
    )
