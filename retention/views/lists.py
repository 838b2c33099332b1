"""Lists of destruction: drawn, proposed by one person, approved by another."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from audit.selectors import timeline
from common.hidden import leave_out
from common.views import sentences, service_errors, staff_required
from retention import services
from retention.forms import ReasonForm
from retention.lifecycle import LIST_LIFECYCLE, ListState
from retention.models import DestructionItem, DestructionList, ItemState, RetentionRule
from retention.policies import may_approve, may_propose, may_see_retention

PAGE_SIZE = 100


@require_POST
@staff_required
def draw(request: SignedInRequest, code: str) -> HttpResponse:
    """Draw the list of one rule now."""
    may_propose.check(request.user)
    rule = get_object_or_404(RetentionRule, code=code)
    try:
        return redirect(services.draw_list(rule=rule, by=request.user))
    except ValidationError as error:
        messages.error(request, sentences(error))
    return redirect(rule)


@staff_required
@require_safe
def one_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """What stands on a list, who decided, and what became of each thing."""
    return _page(request, _found(request, pk))


def _found(request: SignedInRequest, pk: int) -> DestructionList:
    may_see_retention.check(request.user)
    lists = DestructionList.objects.visible_to(request.user)
    return get_object_or_404(lists.select_related("rule", "proposed_by", "approved_by"), pk=pk)


def _page(request: SignedInRequest, drawn: DestructionList, **forms: object) -> HttpResponse:
    steps = {one.name for one in LIST_LIFECYCLE.possible_for(drawn, request.user)}
    items = leave_out(request.user, drawn.items.all())
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "retention/list.html",
        {
            "list": drawn,
            "page": page,
            "events": timeline(drawn),
            "may_propose": "propose" in steps,
            "may_approve": "approve" in steps,
            "waits_for_other": drawn.state == ListState.PROPOSED and "approve" not in steps,
            "may_drop": "drop" in steps,
            "drop_form": ReasonForm(auto_id="drop_%s"),
            **forms,
        },
    )


def _do(
    request: SignedInRequest, pk: int, act: Callable[[DestructionList], None], said: str
) -> HttpResponse:
    drawn = _found(request, pk)
    try:
        act(drawn)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, said)
    return redirect(drawn)


@require_POST
@staff_required
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that the list may be carried out; somebody else must agree."""
    may_propose.check(request.user)
    return _do(
        request,
        pk,
        lambda drawn: services.propose_list(drawn=drawn, by=request.user),
        _("De lijst is voorgesteld. Een tweede persoon moet ze goedkeuren."),
    )


@require_POST
@staff_required
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree as the second person; a worker carries it out."""
    may_approve.check(request.user, _found(request, pk))
    return _do(
        request,
        pk,
        lambda drawn: services.approve_list(drawn=drawn, by=request.user),
        _("De lijst is goedgekeurd. Het portaal voert ze nu uit."),
    )


@require_POST
@staff_required
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Decide not to carry out the list."""
    may_propose.check(request.user)
    drawn = _found(request, pk)
    form = ReasonForm(request.POST, auto_id="drop_%s")
    if form.is_valid():
        with service_errors(form):
            services.drop_list(drawn=drawn, reason=form.cleaned_data["reason"], by=request.user)
        if form.is_valid():
            messages.success(request, _("De lijst wordt niet uitgevoerd."))
            return redirect(drawn)
    return _page(request, _found(request, pk), drop_form=form)


@staff_required
def leave(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Take one thing off a list that nobody proposed yet."""
    may_propose.check(request.user)
    drawn = _found(request, pk)
    items = leave_out(request.user, DestructionItem.objects.filter(list=drawn))
    found = get_object_or_404(items, pk=item)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with service_errors(form):
            services.leave_item(item=found, reason=form.cleaned_data["reason"], by=request.user)
        if form.is_valid():
            messages.success(request, _("Van de lijst gehaald."))
            return redirect(drawn)
    can_leave = drawn.state == ListState.DRAWN and found.state == ItemState.WAITING
    context = {"list": drawn, "item": found, "form": form, "can_leave": can_leave}
    return render(request, "retention/leave.html", context)
