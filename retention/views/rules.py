"""How long what is kept, and which files are held."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from audit.selectors import timeline
from common.hidden import leave_out
from common.views import sentences, service_errors, staff_required
from evaluations.hidden import conflicted_files
from retention import services
from retention.finding import FILE, due, held_files
from retention.forms import HoldForm, RuleForm
from retention.models import DestructionList, LegalHold, RetentionRule
from retention.policies import may_change_rules, may_hold, may_propose, may_see_retention

PAGE_SIZE = 50
SHOWN = 100
"""Things that are due and stand on the page of their rule; a list has more."""


@staff_required
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """The rules, and the lists of what was and will be destroyed."""
    may_see_retention.check(request.user)
    lists = DestructionList.objects.select_related("rule", "proposed_by", "approved_by")
    return render(
        request,
        "retention/overview.html",
        {
            "rules": RetentionRule.objects.all(),
            "page": Paginator(lists, PAGE_SIZE).get_page(request.GET.get("page")),
            "held": leave_out(request.user, held_files()).count(),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: SignedInRequest, code: str) -> HttpResponse:
    """One rule: what is due under it now, its history, and a form to change it."""
    may_see_retention.check(request.user)
    found = get_object_or_404(RetentionRule, code=code)
    may_change = may_change_rules.test(request.user)
    if request.method == "POST":
        may_change_rules.check(request.user)
    shown = get_object_or_404(RetentionRule, code=code)  # a refused form leaves the page as it was
    form = RuleForm(request.POST or None, instance=found) if may_change else None
    if form is not None and form.is_valid():
        with service_errors(form):
            services.change_rule(rule=found, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, _("De bewaarregel is gewijzigd."))
            return redirect(found)
    hidden = {str(key) for key in conflicted_files(request.user)}
    things = [one for one in due(shown) if one.kind != FILE or one.object_id not in hidden]
    return render(
        request,
        "retention/rule.html",
        {
            "rule": shown,
            "form": form,
            "due": things[:SHOWN],
            "due_count": len(things),
            "may_propose": may_propose.test(request.user),
            "events": timeline(shown),
        },
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: SignedInRequest) -> HttpResponse:
    """Files that are kept beyond their term, and a form to hold another one."""
    may_see_retention.check(request.user)
    may_place = may_hold.test(request.user)
    if request.method == "POST":
        may_hold.check(request.user)
    form = HoldForm(request.POST or None) if may_place else None
    if form is not None and form.is_valid():
        with service_errors(form):
            services.place_hold(
                proposal=form.cleaned_data["reference"],
                reason=form.cleaned_data["reason"],
                explanation=form.cleaned_data["explanation"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, _("Het dossier is aangehouden."))
            return redirect("retention:holds")
    page = Paginator(leave_out(request.user, held_files()), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request, "retention/holds.html", {"form": form, "page": page, "may_hold": may_place}
    )


@require_POST
@staff_required
def lift(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the term of a file count again."""
    may_hold.check(request.user)
    hold = get_object_or_404(leave_out(request.user, LegalHold.objects.all()), pk=pk)
    try:
        services.lift_hold(hold=hold, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("Het dossier is vrijgegeven."))
    return redirect("retention:holds")
