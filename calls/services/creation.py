"""Making a call: from the default template, or as a copy of an earlier one."""

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import (
    Call,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    ReminderMoment,
    RequiredFrom,
)
from calls.policies import may_manage_calls
from calls.services.checklists import add_checklists
from calls.services.copying import copy_parts, copy_texts
from calls.services.self_test import add_self_test
from calls.template import CRITERIA, ELIGIBILITY, REMINDERS, RULES, SECTIONS
from common.constraints import readable_constraints


@transaction.atomic
def create_call(*, reference: str, title: str, by: User, copy_of: Call | None = None) -> Call:
    """A call in concept: from the default template, or as a copy of an earlier call.

    Its address follows from the reference. Rounds, dates and (without a copy) a summary are for
    staff to add.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: by field, when the reference exists or has no letter or digit.
    """
    may_manage_calls.check(by)
    call = Call(
        reference=reference.strip(),
        slug=slugify(reference),
        title=title.strip(),
        eligibility=ELIGIBILITY,
        contact_email=settings.CONTACT_EMAIL,
    )
    if copy_of is not None:
        copy_texts(copy_of, call)
    call.full_clean()
    with readable_constraints():
        call.save()
    if copy_of is not None:
        copy_parts(copy_of, call, by)
    else:
        _add_form(call)
        _add_criteria_and_rules(call)
        _add_reminders(call)
        add_self_test(call)
        add_checklists(call)
    record(
        actor=by,
        action="call.created",
        label=_("Oproep aangemaakt"),
        about=call,
        comment=_("Kopie van %(call)s") % {"call": copy_of} if copy_of is not None else "",
        data={"copy_of": copy_of.pk} if copy_of is not None else {},
    )
    return call


def _add_form(call: Call) -> None:
    sections = FormSection.objects.bulk_create(
        FormSection(
            call=call,
            code=spec.code,
            title=spec.title,
            intro=spec.intro,
            kind=spec.kind,
            position=position,
        )
        for position, spec in enumerate(SECTIONS, 1)
    )
    FormQuestion.objects.bulk_create(
        FormQuestion(
            section=section,
            key=spec.key,
            label=spec.label,
            help_text=spec.help,
            type=spec.type,
            required_from=RequiredFrom.SUBMISSION if spec.required else RequiredFrom.NEVER,
            max_length=spec.limit,
            choices=list(spec.choices),
            columns=[column.as_json() for column in spec.columns],
            position=position,
        )
        for section, section_spec in zip(sections, SECTIONS, strict=True)
        for position, spec in enumerate(section_spec.questions, 1)
    )


def _add_criteria_and_rules(call: Call) -> None:
    Criterion.objects.bulk_create(
        Criterion(
            call=call,
            position=position,
            title=spec.title,
            guidance_applicant=spec.applicant,
            guidance_evaluator=spec.evaluator,
            weight=spec.weight,
            threshold=spec.threshold,
            about=list(spec.about),
        )
        for position, spec in enumerate(CRITERIA, 1)
    )
    CofinancingRule.objects.bulk_create(
        CofinancingRule(
            call=call,
            phase=spec.phase,
            rate=spec.rate,
            ceiling=spec.ceiling,
            ceiling_is_indicative=spec.ceiling_is_indicative,
            legal_basis=spec.legal_basis,
        )
        for spec in RULES
    )


def _add_reminders(call: Call) -> None:
    ReminderMoment.objects.bulk_create(
        ReminderMoment(call=call, days=days, hours=hours) for days, hours in REMINDERS
    )
