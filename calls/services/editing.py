"""Changing the texts and parts of a call while it is a draft, and its form in a change."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import (
    Call,
    ChecklistItem,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    Milestone,
    ReminderMoment,
    SelfTestQuestion,
    SubmissionRound,
)
from calls.policies import may_manage_calls
from calls.services.form_parts import (
    check_fixed,
    check_may_go,
    check_order,
    check_saved,
    lock_change,
    section_of,
)
from calls.services.self_test import add_self_test
from calls.template import MILESTONES
from common.constraints import readable_constraints
from common.moments import shift_days

Part = (
    SubmissionRound
    | Milestone
    | Criterion
    | ChecklistItem
    | CofinancingRule
    | FormSection
    | FormQuestion
    | ReminderMoment
    | SelfTestQuestion
)

CALL_TEXTS = (
    "title",
    "title_en",
    "summary",
    "summary_en",
    "description",
    "eligibility",
    "eligible_types",
    "contact_email",
    "effort_hours",
    "vat_is_eligible",
    "correction_days",
    "overall_threshold",
    "decision_role",
    "reader_count",
    "consensus_rule",
    "divergence_limit",
    "score_step",
    "motivation_length",
    "motivation_length_below",
)
"""What `update_call` may set. The reference and the address stay: file numbers follow from them."""


@transaction.atomic
def update_call(*, call: Call, by: User, **texts: Any) -> None:
    """Change texts and settings of a draft call; names from CALL_TEXTS.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft, or by field.
    """
    unknown = set(texts) - set(CALL_TEXTS)
    if unknown:
        raise TypeError(f"Not texts of a call: {sorted(unknown)}")
    lock_draft(call, by)
    for name, value in texts.items():
        setattr(call, name, value)
    call.full_clean()
    call.save(update_fields=list(texts))
    record(actor=by, action="call.edited", label=_("Teksten gewijzigd"), about=call)


@transaction.atomic
def save_part(*, part: Part, by: User) -> Part:
    """Add or change a round, milestone, criterion, point to check, rule, section or question of a
    draft call.

    New rounds, criteria, points, sections and questions get the next number, and so does a question
    that goes to another section. A section or question may belong to a change of the form instead.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft, or by field.
    """
    _lock(part, by)
    is_new = part.pk is None
    if is_new or _goes_elsewhere(part):
        _number(part)
    part.full_clean()
    if isinstance(part, FormSection | FormQuestion):
        check_fixed(part)
    with readable_constraints():
        part.save()
    if isinstance(part, FormSection | FormQuestion):
        check_saved(part)
    label = _("%(what)s toegevoegd: %(name)s") if is_new else _("%(what)s gewijzigd: %(name)s")
    _record(part, by, "part_saved", label)
    return part


@transaction.atomic
def delete_part(*, part: Part, by: User) -> None:
    """Remove a part of a draft call; a section goes with its questions.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft, or answers or other questions depend
            on the part.
    """
    _lock(part, by)
    if isinstance(part, FormSection | FormQuestion):
        check_may_go(part)
    _record(part, by, "part_deleted", _("%(what)s verwijderd: %(name)s"))
    try:
        part.delete()
    except models.RestrictedError:
        raise ValidationError(
            _("Dit kan niet weg: er bestaan al ontwerpen of voorstellen die het gebruiken.")
        ) from None


@transaction.atomic
def move_part(
    *,
    part: Criterion | ChecklistItem | FormSection | FormQuestion | SelfTestQuestion,
    by: User,
    up: bool,
) -> None:
    """Swap with the neighbour above or below; nothing happens at the end of the list.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft, or a question would come before the
            one on which it depends.
    """
    _lock(part, by)
    siblings = list(_siblings(part).order_by("position", "pk"))
    here = siblings.index(part)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(siblings):
        return
    siblings[here], siblings[there] = siblings[there], siblings[here]
    for position, sibling in enumerate(siblings, 1):
        sibling.position = position
    type(part)._default_manager.bulk_update(siblings, ["position"])
    if isinstance(part, FormSection | FormQuestion):
        check_order(part)
    _record(part, by, "part_moved", _("%(what)s verplaatst: %(name)s"))


@transaction.atomic
def save_criteria(*, call: Call, criteria: Sequence[Criterion], by: User) -> None:
    """Change the texts and weights of several criteria of a draft call at once, or of none.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft, or a criterion is not right.
    """
    lock_draft(call, by)
    present = set(call.criteria.order_by().values_list("pk", flat=True))
    if any(criterion.pk not in present for criterion in criteria):
        raise ValidationError(
            _(
                "Een criterium van deze pagina bestaat niet meer. Neem over wat u typte, en"
                " herlaad de pagina."
            ),
            code="gone",
        )
    for criterion in criteria:
        criterion.full_clean()
        with readable_constraints():
            # Its place may have been changed meanwhile: only what stands on the page is written.
            criterion.save(
                update_fields=[
                    "title",
                    "guidance_applicant",
                    "guidance_evaluator",
                    "weight",
                    "threshold",
                ]
            )
    record(actor=by, action="call.criteria_saved", label=_("Criteria gewijzigd"), about=call)


@transaction.atomic
def add_suggested_milestones(*, call: Call, by: User) -> int:
    """Add the milestones most calls have, dated from the rounds; returns how many were new.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft or has no round yet.
    """
    lock_draft(call, by)
    rounds = list(call.rounds.all())
    if not rounds:
        raise ValidationError(_("Voeg eerst een indienronde toe: de mijlpalen volgen uit de data."))
    opening = min(r.opens_at for r in rounds)
    closing = max(r.closes_at for r in rounds) - timedelta(microseconds=1)
    known = set(call.milestones.values_list("label", flat=True))
    added = [
        Milestone(
            call=call,
            label=spec.label,
            at=shift_days(closing if spec.after_closing else opening, spec.days).replace(
                hour=12, minute=0, second=0, microsecond=0
            ),
            is_public=spec.is_public,
        )
        for spec in MILESTONES
        if spec.label not in known
    ]
    Milestone.objects.bulk_create(added)
    record(actor=by, action="call.milestones", label=_("Mijlpalen voorgesteld"), about=call)
    return len(added)


@transaction.atomic
def add_suggested_self_test(*, call: Call, by: User) -> int:
    """Add the questions of the default self-test that the call does not have; returns how many.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft.
    """
    lock_draft(call, by)
    added = add_self_test(call)
    record(actor=by, action="call.self_test", label=_("Zelftest voorgesteld"), about=call)
    return added


def lock_draft(call: Call, by: User) -> None:
    """Lock the call's row until the end of the transaction.

    Raises:
        PermissionDenied: when `by` may not set up calls.
        ValidationError: when the call is no longer a draft.
    """
    may_manage_calls.check(by)
    current = Call.objects.select_for_update().get(pk=call.pk)
    if not current.is_editable:
        raise ValidationError(
            _(
                "Deze oproep is niet meer in opmaak en kan niet gewijzigd worden. Zet ze eerst"
                " terug naar opmaak. Dat kan zolang geen enkele ronde geopend is."
            ),
            code="state",
        )


def _lock(part: Part, by: User) -> None:
    if isinstance(part, FormSection | FormQuestion):
        change = section_of(part).change
        if change is not None:
            lock_change(change, by)
            return
    lock_draft(_call_of(part), by)


def _goes_elsewhere(part: Part) -> bool:
    return (
        isinstance(part, FormQuestion)
        and not FormQuestion.objects.filter(pk=part.pk, section=part.section_id).exists()
    )


def _call_of(part: Part) -> Call:
    holder = section_of(part) if isinstance(part, FormQuestion) else part
    if isinstance(holder, FormSection) and holder.call is None:
        assert holder.change is not None, "calls_section_belongs_somewhere"
        return holder.change.call
    assert holder.call is not None
    return holder.call


def _siblings(part: Part) -> "models.QuerySet[Any]":
    if isinstance(part, FormQuestion):
        return FormQuestion.objects.filter(section_id=part.section_id)
    if isinstance(part, FormSection):
        return FormSection.objects.filter(call=part.call, change=part.change)
    if isinstance(part, ChecklistItem):
        return ChecklistItem.objects.filter(call_id=part.call_id, kind=part.kind)
    return type(part)._default_manager.filter(call_id=part.call_id)


def _number(part: Part) -> None:
    field = "number" if isinstance(part, SubmissionRound) else "position"
    if hasattr(part, field):
        highest = _siblings(part).aggregate(highest=models.Max(field))["highest"]
        setattr(part, field, (highest or 0) + 1)


def _record(part: Part, by: User, act: str, label: str) -> None:
    words = {"what": str(part._meta.verbose_name).capitalize(), "name": str(part)}
    record(
        actor=by,
        action=f"call.{act}",
        label=(label % words)[:200],
        about=_call_of(part),
        data={"model": part._meta.model_name, "id": part.pk},
    )
