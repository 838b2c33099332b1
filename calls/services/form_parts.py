"""The rules that a form keeps while its parts are edited: in a draft call and in a change."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from calls.conditions import faults, ordered
from calls.definition import sections_of
from calls.models import Call, FormQuestion, FormSection, FormVersion, SectionKind
from calls.policies import may_manage_calls

FormPart = FormSection | FormQuestion


def section_of(part: FormPart) -> FormSection:
    return part.section if isinstance(part, FormQuestion) else part


def lock_change(change: FormVersion, by: User) -> FormVersion:
    """The change under lock (its call first), while it can still be edited.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when it was published or discarded meanwhile.
    """
    may_manage_calls.check(by)
    Call.objects.select_for_update().get(pk=change.call_id)
    current = FormVersion.objects.filter(pk=change.pk, published_at__isnull=True).first()
    if current is None:
        raise ValidationError(
            _("Deze wijziging van het formulier is al gepubliceerd of verworpen."), code="state"
        )
    return current


def check_saved(part: FormPart) -> None:
    """Refuse a form that cannot work after `part` was saved; the transaction takes it back.

    Raises:
        ValidationError: by field.
    """
    section = section_of(part)
    sections = sections_of(_holder(section))
    if section.kind != SectionKind.QUESTIONS:
        same = [other for other in sections if other.kind == section.kind]
        if len(same) > 1:
            raise ValidationError(
                {
                    "kind": _("Het formulier heeft al een deel van deze soort: %(section)s.")
                    % {"section": next(other for other in same if other.pk != section.pk)}
                }
            )
        if section.questions.exists():
            raise ValidationError(
                {"kind": _("Dit deel heeft vragen. Verwijder die eerst, of laat de soort staan.")}
            )
    for fault in faults(ordered(sections)):
        is_own = isinstance(part, FormQuestion) and fault.question.pk == part.pk
        raise ValidationError({"visible_if" if is_own else NON_FIELD_ERRORS: fault.sentence})


def check_fixed(part: FormPart) -> None:
    """What answers may already hang on stays what it is.

    That holds in a change of the form, and in a call that went back to concept after somebody began
    a proposal.

    Raises:
        ValidationError: by field.
    """
    if isinstance(part, FormSection):
        _check_fixed_section(part)
        return
    origin = part.origin
    home: int | None = part.section.origin_id
    call = part.section.call
    if call is not None and call.last_proposal_number:
        origin, home = FormQuestion.objects.filter(pk=part.pk).first(), part.section_id
    if origin is None:
        return
    if home != origin.section_id:
        raise ValidationError(
            {"section": _("Een bestaande vraag blijft in haar deel: daar staan de antwoorden.")}
        )
    if part.type != origin.type:
        raise ValidationError(
            {
                "type": _(
                    "De soort van een bestaande vraag blijft: er zijn antwoorden op. Verwijder de"
                    " vraag en voeg een nieuwe toe."
                )
            }
        )


def _check_fixed_section(part: FormSection) -> None:
    origin = part.origin
    if origin is None:
        call = part.change.call if part.change else None
        if call is not None and call.sections.filter(code=part.code).exists():
            raise ValidationError(
                {
                    "code": _(
                        "Deze letter is van een deel dat nu in het formulier staat. Kies een"
                        " andere."
                    )
                }
            )
        return
    if part.code != origin.code:
        raise ValidationError(
            {"code": _("De letter van een bestaand deel blijft: er wordt naar verwezen.")}
        )
    if part.kind != origin.kind:
        raise ValidationError(
            {"kind": _("De soort van een bestaand deel blijft: er zijn antwoorden op.")}
        )


def check_may_go(part: FormPart) -> None:
    """Refuse to remove what other questions hang on, or a screen that drafts already use.

    Raises:
        ValidationError: naming those questions.
    """
    if isinstance(part, FormQuestion):
        dependants = part.dependants.order_by("position", "pk")
    else:
        dependants = (
            FormQuestion.objects.filter(visible_if__section=part)
            .exclude(section=part)
            .order_by("section__position", "position", "pk")
        )
    if labels := [f"“{question.label}”" for question in dependants]:
        raise ValidationError(
            _(
                "Dit kan niet weg: van het antwoord hangt af of %(questions)s getoond wordt."
                " Wijzig eerst die voorwaarde."
            )
            % {"questions": ", ".join(labels)}
        )
    if (
        isinstance(part, FormSection)
        and part.origin_id is not None
        and part.kind != SectionKind.QUESTIONS
    ):
        raise ValidationError(
            _("Dit deel kan niet meer weg: aanvragers hebben er misschien al iets ingevuld.")
        )


def check_order(part: FormPart) -> None:
    """Refuse an order in which a question stands before its condition.

    Raises:
        ValidationError: naming both questions.
    """
    for fault in faults(ordered(sections_of(_holder(section_of(part))))):
        raise ValidationError(fault.sentence)


def _holder(section: FormSection) -> Call | FormVersion:
    holder = section.change if section.call is None else section.call
    assert holder is not None, "calls_section_belongs_somewhere"
    return holder
