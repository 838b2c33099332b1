"""What a new call takes over from an earlier one.

Not the rounds and milestones, whose dates differ, nor the English title, which would name the old
call, nor the explanations of the set-up, which staff must think over again.
"""

from typing import Any

from django.db import models

from accounts.models import User
from calls.models import (
    Call,
    CallDocument,
    ChecklistItem,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    ReminderMoment,
    SelfTestQuestion,
)
from calls.services.editing import CALL_TEXTS

OWN_TEXTS = frozenset({"title", "title_en"})
"""Texts that each call has of its own."""


def copy_texts(source: Call, target: Call) -> None:
    """Take over texts and settings; nothing is saved."""
    for name in CALL_TEXTS:
        if name not in OWN_TEXTS:
            value = getattr(source, name)
            setattr(target, name, list(value) if isinstance(value, list) else value)


def copy_parts(source: Call, target: Call, by: User) -> None:
    """Copy form, criteria, checklists, rules, self-test, reminder plan and documents to a saved,
    empty call."""
    _copy_form(source, target)
    for model in (Criterion, ChecklistItem, CofinancingRule, SelfTestQuestion, ReminderMoment):
        _copy_rows(model, source, target)
    # The file itself is shared: it is never overwritten, and it stays as long as a call names it.
    CallDocument.objects.bulk_create(
        CallDocument(
            call=target,
            title=document.title,
            file_id=document.file_id,
            position=document.position,
            added_by=by,
        )
        for document in source.documents.order_by("position", "pk")
    )


def _copy_rows(model: type[models.Model], source: Call, target: Call) -> None:
    rows = model._default_manager.filter(call=source).order_by("pk")
    model._default_manager.bulk_create(model(**_values(row, call=target)) for row in rows)


def _copy_form(source: Call, target: Call) -> None:
    """Sections and questions in their order; a condition points at the copy of its question."""
    sections = list(source.sections.order_by("position", "pk"))
    copied_sections = FormSection.objects.bulk_create(
        FormSection(**_values(section, call=target, change=None, origin=None))
        for section in sections
    )
    section_of = {old.pk: new for old, new in zip(sections, copied_sections, strict=True)}
    questions = list(FormQuestion.objects.filter(section__call=source).order_by("section", "pk"))
    copied = FormQuestion.objects.bulk_create(
        FormQuestion(
            **_values(
                question, section=section_of[question.section_id], visible_if=None, origin=None
            )
        )
        for question in questions
    )
    question_of = {old.pk: new for old, new in zip(questions, copied, strict=True)}
    conditional = []
    for old, new in zip(questions, copied, strict=True):
        if old.visible_if_id is not None:
            new.visible_if = question_of[old.visible_if_id]
            conditional.append(new)
    FormQuestion.objects.bulk_update(conditional, ["visible_if"])


def _values(row: models.Model, **replaced: Any) -> dict[str, Any]:
    """The columns of a row but its key, lists copied, and `replaced` instead of what it had."""
    values: dict[str, Any] = dict(replaced)
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in replaced:
            continue
        value = getattr(row, field.attname)
        if isinstance(value, list):
            value = [dict(each) if isinstance(each, dict) else each for each in value]
        values[field.attname] = value
    return values
