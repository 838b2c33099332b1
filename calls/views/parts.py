"""Adding, changing, moving and removing the parts of a call: one way for all kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from calls import forms, services
from calls.definition import Holder, pending_change
from calls.models import (
    Call,
    ChecklistItem,
    ChecklistKind,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    FormVersion,
    Milestone,
    ReminderMoment,
    SelfTestQuestion,
    SubmissionRound,
)
from calls.policies import may_manage_calls
from common.views import sentences, service_errors, staff_required


@dataclass(frozen=True)
class Kind:
    """A kind of part: its form, its rows, and where one returns afterwards.

    Rows hang on the call; sections and questions on the change of its form while one is prepared.
    """

    title: Any
    form: "type[ModelForm[Any]]"
    rows: Callable[[Any], "QuerySet[Any]"]
    blank: Callable[[Any], Any]
    is_ordered: bool = False
    is_in_form: bool = False
    page: str = ""
    """The address to return to, when it is not the page of the call."""


def _hanging_on(holder: Holder) -> dict[str, Any]:
    return {"change": holder} if isinstance(holder, FormVersion) else {"call": holder}


KINDS = {
    "rondes": Kind(
        gettext_lazy("Indienronde"),
        forms.RoundForm,
        lambda call: call.rounds.all(),
        lambda call: SubmissionRound(call=call),
    ),
    "mijlpalen": Kind(
        gettext_lazy("Mijlpaal"),
        forms.MilestoneForm,
        lambda call: call.milestones.all(),
        lambda call: Milestone(call=call),
    ),
    "criteria": Kind(
        gettext_lazy("Criterium"),
        forms.WholeCriterionForm,
        lambda call: call.criteria.all(),
        lambda call: Criterion(call=call),
        is_ordered=True,
    ),
    "volledigheidspunten": Kind(
        gettext_lazy("Punt van de volledigheidscontrole"),
        forms.ChecklistItemForm,
        lambda call: call.checklist_items.filter(kind=ChecklistKind.COMPLETENESS),
        lambda call: ChecklistItem(call=call, kind=ChecklistKind.COMPLETENESS),
        is_ordered=True,
    ),
    "uitsluitingspunten": Kind(
        gettext_lazy("Uitsluitingscriterium"),
        forms.ChecklistItemForm,
        lambda call: call.checklist_items.filter(kind=ChecklistKind.EXCLUSION),
        lambda call: ChecklistItem(call=call, kind=ChecklistKind.EXCLUSION),
        is_ordered=True,
    ),
    "cofinanciering": Kind(
        gettext_lazy("Regel voor cofinanciering"),
        forms.RuleForm,
        lambda call: call.cofinancing_rules.all(),
        lambda call: CofinancingRule(call=call),
    ),
    "herinneringen": Kind(
        gettext_lazy("Herinnering"),
        forms.ReminderMomentForm,
        lambda call: call.reminder_moments.all(),
        lambda call: ReminderMoment(call=call),
    ),
    "delen": Kind(
        gettext_lazy("Deel van het formulier"),
        forms.SectionForm,
        lambda holder: holder.sections.select_related("origin"),
        lambda holder: FormSection(**_hanging_on(holder)),
        is_ordered=True,
        is_in_form=True,
    ),
    "vragen": Kind(
        gettext_lazy("Vraag"),
        forms.QuestionForm,
        lambda holder: FormQuestion.objects.filter(
            section__in=holder.sections.all()
        ).select_related("section__change", "origin"),
        lambda holder: FormQuestion(),
        is_ordered=True,
        is_in_form=True,
    ),
    "zelftest": Kind(
        gettext_lazy("Vraag van de zelftest"),
        forms.SelfTestQuestionForm,
        lambda call: call.self_test_questions.all(),
        lambda call: SelfTestQuestion(call=call),
        is_ordered=True,
        page="self_test_setup",
    ),
}


class PartConverter:
    """The kinds of parts as they stand in an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, slug: str, kind: str) -> HttpResponse:
    holder = _editable(request, slug, kind)
    if holder is None:
        return redirect("calls:staff_detail", slug=slug)
    return _edit(request, holder, kind, KINDS[kind].blank(holder))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    holder = _editable(request, slug, kind)
    if holder is None:
        return redirect("calls:staff_detail", slug=slug)
    return _edit(request, holder, kind, get_object_or_404(KINDS[kind].rows(holder), pk=pk))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Ask first; a section goes with its questions."""
    holder = _editable(request, slug, kind)
    if holder is None:
        return redirect("calls:staff_detail", slug=slug)
    part = get_object_or_404(KINDS[kind].rows(holder), pk=pk)
    if request.method == "POST":
        name = str(part)
        try:
            services.delete_part(part=part, by=request.user)
        except ValidationError as error:
            messages.error(request, sentences(error))
        else:
            messages.success(request, _("“%(name)s” is verwijderd.") % {"name": name})
        return redirect(_back(holder, kind))
    questions = part.questions.count() if isinstance(part, FormSection) else 0
    return render(
        request,
        "calls/staff/part_delete.html",
        {
            "call": _call_of(holder),
            "kind": KINDS[kind],
            "part": part,
            "questions": questions,
            "back": _back(holder, kind),
        },
    )


@staff_required
@require_POST
def move(request: SignedInRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """One place up or down."""
    holder = _editable(request, slug, kind)
    if holder is None:
        return redirect("calls:staff_detail", slug=slug)
    if not KINDS[kind].is_ordered:
        raise Http404
    part = get_object_or_404(KINDS[kind].rows(holder), pk=pk)
    try:
        services.move_part(part=part, by=request.user, up=request.POST.get("richting") == "op")
    except ValidationError as error:
        messages.error(request, sentences(error))
    return redirect(_back(holder, kind))


def _edit(request: SignedInRequest, holder: Holder, kind: str, part: Any) -> HttpResponse:
    is_new = part.pk is None
    extra: dict[str, Any] = {}
    if kind == "vragen":
        extra = {
            "holder": holder,
            "initial": {"section": request.GET.get("deel")} if is_new else {},
        }
    form = KINDS[kind].form(request.POST or None, instance=part, **extra)
    if form.is_valid():
        with service_errors(form):
            services.save_part(part=form.instance, by=request.user)
        if form.is_valid():
            messages.success(request, _("“%(name)s” is opgeslagen.") % {"name": part})
            return redirect(_back(holder, kind))
    return render(
        request,
        "calls/staff/part.html",
        {
            "call": _call_of(holder),
            "kind": KINDS[kind],
            "form": form,
            "is_new": is_new,
            "back": _back(holder, kind),
        },
    )


def _editable(request: SignedInRequest, slug: str, kind: str) -> Holder | None:
    """What the parts of this kind hang on; None, with a message, when all is fixed."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    may_manage_calls.check(request.user)
    if call.is_editable:
        return call
    change = pending_change(call) if KINDS[kind].is_in_form else None
    if change is None:
        messages.error(
            request, _("Deze oproep is niet meer in opmaak. De teksten en data liggen vast.")
        )
    return change


def _call_of(holder: Holder) -> Call:
    return holder.call if isinstance(holder, FormVersion) else holder


def _back(holder: Holder, kind: str) -> str:
    call = _call_of(holder)
    if isinstance(holder, FormVersion):
        return reverse("calls:form_change", args=[call.slug])
    if KINDS[kind].is_in_form:
        return reverse("calls:form_builder", args=[call.slug])
    if KINDS[kind].page:
        return reverse(f"calls:{KINDS[kind].page}", args=[call.slug])
    return reverse("calls:staff_detail", args=[call.slug]) + f"#{kind}"
