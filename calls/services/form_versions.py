"""The form of a published call is locked as a version; a change makes the next version.

Publication of the call fixes version 1. A change is prepared on copies; publishing it writes the
copies over the live rows, which keep their numbers, so that answers, files and revisions stay
where they are. Allowed while somebody can still hand in: from publication of the call until its
last round closes. What was submitted before stays as it was frozen.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.conditions import faults, ordered
from calls.definition import definition_of, pending_change, sections_of
from calls.differences import differences
from calls.lifecycle import CallPhase
from calls.models import Call, FormQuestion, FormSection, FormVersion
from calls.policies import may_manage_calls
from calls.services.form_parts import lock_change
from calls.signals import form_changed, form_changing
from common import clock
from common.constraints import readable_constraints
from documents.services import request_document

BLANK_FORM_KIND = "calls.blank_form"
SECTION_FIELDS = ("code", "title", "intro", "kind", "position")
QUESTION_FIELDS = (
    "key",
    "label",
    "help_text",
    "type",
    "required_from",
    "visible_if_value",
    "max_length",
    "choices",
    "columns",
    "position",
)


def form_differences(change: FormVersion) -> list[str]:
    """What this change would alter in the form that applies now, in sentences."""
    with translation.override("nl"):
        return differences(
            definition_of(sections_of(change.call)), definition_of(sections_of(change))
        )


def fix_form(*, call: Call, by: User) -> FormVersion:
    """Keep the form of a call that is being published; part of that step, in its transaction.

    Publishing again replaces version 1, unless somebody began a proposal meanwhile: then the
    differences become a next version, so that this person is told.
    """
    definition = definition_of(sections_of(call))
    latest = call.form_versions.filter(published_at__isnull=False).order_by("-number").first()
    with translation.override("nl"):
        changed = differences(latest.definition, definition) if latest else []
    if latest is None or (changed and call.last_proposal_number):
        version = FormVersion.objects.create(
            call=call,
            number=latest.number + 1 if latest else 1,
            reason=_("De oproep is opnieuw gepubliceerd.") if latest else "",
            differences=changed,
            definition=definition,
            created_by=by,
            published_at=clock.now(),
        )
        if latest is not None:
            form_changed.send(sender=FormVersion, call=call, version=version)
        return version
    latest.definition = definition
    latest.published_at = clock.now()
    latest.save(update_fields=["definition", "published_at"])
    return latest


def refuse_pending_change(call: Call) -> None:
    """Before a call goes back to concept.

    Raises:
        ValidationError: while a change of its form is being prepared.
    """
    if pending_change(call) is not None:
        raise ValidationError(
            _("Er loopt een wijziging van het formulier. Publiceer of verwerp die eerst.")
        )


@transaction.atomic
def start_form_change(*, call: Call, by: User) -> FormVersion:
    """Begin to change the form of a published call, on a copy that nobody outside sees.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the form cannot be changed now, or somebody already prepares a change.
    """
    may_manage_calls.check(by)
    current = _lock_changeable(call)
    if pending_change(current) is not None:
        raise ValidationError(_("Er loopt al een wijziging van dit formulier."))
    latest = current.form_versions.order_by("-number").first()
    if latest is None:
        # A call from before versions were kept: what applies now is its first.
        latest = fix_form(call=current, by=by)
    with readable_constraints():
        change = FormVersion.objects.create(call=current, number=latest.number + 1, created_by=by)
    _copy_form(current, change)
    record(
        actor=by,
        action="call.form_change_started",
        label=_("Wijziging van het formulier begonnen"),
        about=current,
        data={"version": change.number},
    )
    return change


@transaction.atomic
def discard_form_change(*, change: FormVersion, by: User) -> None:
    """Throw a change away; the form that applies stays.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when it was published or discarded meanwhile.
    """
    current = lock_change(change, by)
    call, number = current.call, current.number
    current.delete()
    record(
        actor=by,
        action="call.form_change_discarded",
        label=_("Wijziging van het formulier verworpen"),
        about=call,
        data={"version": number},
    )


@transaction.atomic
def publish_form_change(*, change: FormVersion, reason: str, by: User) -> FormVersion:
    """Let a change apply, and tell who works on a draft what is different.

    Live rows are changed in place. A section that goes while people answered it is retired, not
    deleted: what they wrote stays in the database.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: by field, when there is no reason; when nothing differs, when the form
            cannot work, or when it can no longer be changed.
    """
    current = lock_change(change, by)
    call = _lock_changeable(current.call)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom u het formulier wijzigt.")})
    copies = sections_of(current)
    sentences = form_differences(current)
    if not sentences:
        raise ValidationError(_("Er is nog niets gewijzigd aan het formulier."))
    if not ordered(copies):
        raise ValidationError(_("Het formulier heeft geen enkele vraag meer."))
    if wrong := faults(ordered(copies)):
        raise ValidationError([fault.sentence for fault in wrong])
    _write_over(call, current, copies)
    current.reason = reason.strip()
    current.differences = sentences
    current.definition = definition_of(sections_of(call))
    current.published_at = clock.now()
    current.full_clean(exclude=["call", "created_by"])
    current.save(update_fields=["reason", "differences", "definition", "published_at"])
    record(
        actor=by,
        action="call.form_changed",
        label=_("Formulier gewijzigd: versie %(number)s") % {"number": current.number},
        about=call,
        comment=current.reason,
        data={"version": current.number, "differences": sentences},
    )
    form_changed.send(sender=FormVersion, call=call, version=current)
    request_document(kind=BLANK_FORM_KIND, params={"call": call.pk}, requested_by=None, about=call)
    return current


def why_form_is_fixed(call: Call) -> str:
    """Why the form of this call cannot be changed now; "" when it can."""
    if call.phase in {CallPhase.PLANNED, CallPhase.OPEN}:
        return ""
    if call.phase == CallPhase.CONCEPT:
        return _("Deze oproep is in opmaak: wijzig het formulier zelf.")
    return _("Niemand kan nog indienen voor deze oproep: het formulier ligt voorgoed vast.")


def _lock_changeable(call: Call) -> Call:
    current = Call.objects.select_for_update().get(pk=call.pk)
    if refusal := why_form_is_fixed(current):
        raise ValidationError(refusal, code="state")
    return current


def _copy_form(call: Call, change: FormVersion) -> None:
    live = sections_of(call)
    sections = FormSection.objects.bulk_create(
        FormSection(change=change, origin=section, **_values(section, SECTION_FIELDS))
        for section in live
    )
    questions = FormQuestion.objects.bulk_create(
        FormQuestion(section=copy, origin=question, **_values(question, QUESTION_FIELDS))
        for section, copy in zip(live, sections, strict=True)
        for question in section.questions.all()
    )
    copy_of = {question.origin_id: question for question in questions}
    for question in ordered(live):
        copy_of[question.pk].visible_if = copy_of.get(question.visible_if_id)
    FormQuestion.objects.bulk_update(questions, ["visible_if"])


def _write_over(call: Call, change: FormVersion, copies: list[FormSection]) -> None:
    """Make the live form equal to the copies, which disappear."""
    live = {section.pk: section for section in sections_of(call)}
    questions = {question.pk: question for question in ordered(live.values())}
    copied = ordered(copies)
    kept = {copy.origin_id for copy in copied}
    dropped = [pk for pk in questions if pk not in kept]
    form_changing.send(sender=FormVersion, call=call, dropped=dropped)

    homes: dict[int, FormSection] = {}
    for copy in copies:
        homes[copy.pk] = home = live.get(copy.origin_id or 0, copy)
        if home is not copy:
            _assign(home, copy, SECTION_FIELDS)
            home.save()
    becomes = {copy.pk: questions.get(copy.origin_id or 0, copy) for copy in copied}
    for question in copied:
        target = becomes[question.pk]
        other = question.visible_if_id
        _assign(target, question, QUESTION_FIELDS)
        target.section = homes[question.section_id]
        target.visible_if = becomes[other] if other else None
    FormQuestion.objects.bulk_update(becomes.values(), [*QUESTION_FIELDS, "section", "visible_if"])
    gone = [section for pk, section in live.items() if pk not in {c.origin_id for c in copies}]
    FormQuestion.objects.filter(pk__in=dropped).exclude(section__in=gone).delete()
    change.sections.filter(origin__isnull=False).delete()
    for section in gone:
        _retire(section, change)
    change.sections.filter(pk__in=homes).update(call=call, change=None)


def _retire(section: FormSection, change: FormVersion) -> None:
    """Delete a section, or take it out of the form when people's texts hang on it."""
    try:
        with transaction.atomic():
            section.delete()
    except models.RestrictedError:
        section.call, section.change = None, change
        section.save(update_fields=["call", "change"])


def _values(part: models.Model, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(part, name) for name in names}


def _assign(target: models.Model, source: models.Model, names: Iterable[str]) -> None:
    for name in names:
        setattr(target, name, getattr(source, name))
