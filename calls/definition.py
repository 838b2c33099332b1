"""The form of a call, or of a change in the making, and the same as plain data.

A definition (kept in `FormVersion.definition`)::

    {"sections": [{"id", "code", "title", "intro", "kind", "questions": [
        {"id", "key", "label", "help_text", "type", "required_from", "max_length", "choices",
         "columns", "visible_if": null or {"id", "type", "label", "value"}}]}]}

`id` says which part is the same part: the number of the live row, also for its copy in a change;
"new-…" for what a change adds.
"""

from typing import Any

from django.db.models import Max, Prefetch

from calls.models import Call, FormQuestion, FormSection, FormVersion

Definition = dict[str, Any]
Holder = Call | FormVersion
"""What sections hang on: a call (the form that applies) or a change of it."""


def sections_of(holder: Holder) -> list[FormSection]:
    """The sections in order, each with its questions and their conditions; two queries."""
    questions = FormQuestion.objects.select_related("visible_if").order_by("position", "pk")
    return list(
        holder.sections.order_by("position", "pk").prefetch_related(
            Prefetch("questions", queryset=questions)
        )
    )


def pending_change(call: Call) -> FormVersion | None:
    """The change of the form that is being prepared, if any."""
    return call.form_versions.filter(published_at__isnull=True).first()


def current_form_version(call: Call) -> int:
    """The number of the form that applies; 1 for a call from before versions were kept."""
    published = call.form_versions.filter(published_at__isnull=False)
    return published.aggregate(highest=Max("number"))["highest"] or 1


def definition_of(sections: list[FormSection]) -> Definition:
    """Plain data of sections as `sections_of` reads them."""
    return {
        "sections": [
            {
                "id": _identity(section),
                "code": section.code,
                "title": section.title,
                "intro": section.intro,
                "kind": section.kind,
                "questions": [_question(question) for question in section.questions.all()],
            }
            for section in sections
        ]
    }


def keys_taken(section: FormSection) -> set[str]:
    """Keys that a new question of this section may not get: an old answer may stand under them."""
    lived = {section.pk, section.origin_id} - {None}
    taken = set(FormQuestion.objects.filter(section__in=lived).values_list("key", flat=True))
    call = section.call or (section.change.call if section.change else None)
    versions = call.form_versions.values_list("definition", flat=True) if call else []
    for definition in versions:
        for old in definition.get("sections", []):
            if old["id"] in lived:
                taken |= {question["key"] for question in old["questions"]}
    return taken


def _question(question: FormQuestion) -> dict[str, Any]:
    other = question.visible_if
    return {
        "id": _identity(question),
        "key": question.key,
        "label": question.label,
        "help_text": question.help_text,
        "type": question.type,
        "required_from": question.required_from,
        "max_length": question.max_length,
        "choices": question.choices,
        "columns": question.columns,
        "visible_if": other
        and {
            "id": _identity(other),
            "type": other.type,
            "label": other.label,
            "value": question.visible_if_value,
        },
    }


def _identity(part: FormSection | FormQuestion) -> int | str:
    section = part.section if isinstance(part, FormQuestion) else part
    if section.change_id is None:
        return part.pk
    return part.origin_id or f"new-{part.pk}"
