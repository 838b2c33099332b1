"""Dividing the files of a call over the advisers: propose, change, confirm, see what happened."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from calls.models import Call
from common.moments import add_working_days, today
from common.views import sentences, service_errors, staff_required
from evaluations import conf
from evaluations.forms.pool import DivisionForm, PairForm
from evaluations.models import AssignmentPair, AssignmentRun
from evaluations.policies import may_assign
from evaluations.selectors.division import (
    files_without_readers,
    get_run,
    load_changes,
    pairs_of,
    runs_for,
)
from evaluations.selectors.files import get_file
from evaluations.selectors.pool import advisers, candidates
from evaluations.services.division import (
    confirm_division,
    drop_pair,
    propose_division,
    swap_pair,
)

DAYS_TO_READ = 20
"""Working days proposed for the advice when a call is divided; the person chooses."""


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def division(request: SignedInRequest, slug: str) -> HttpResponse:
    """The files that lack readers and the pool; ask for a division here."""
    call = _call(request, slug)
    due_on = add_working_days(today(), min(DAYS_TO_READ, conf.advice_working_days()))
    form = DivisionForm(request.POST or None, initial={"due_on": due_on})
    if form.is_valid():
        with service_errors(form):
            run = propose_division(call=call, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De verdeling is uitgerekend. Niemand is al uitgenodigd."))
        return redirect("evaluations:division_run", slug=slug, pk=run.pk)
    return render(
        request,
        "evaluations/division/start.html",
        {
            "call": call,
            "form": form,
            "files": files_without_readers(request.user, call),
            "advisers": [one for one in advisers(request.user) if one.is_in_pool],
            "runs": list(runs_for(request.user).filter(call=call)[:10]),
        },
        status=422 if form.errors else 200,
    )


@staff_required
@require_safe
def division_run(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """A division: who would read what and why, what did not work, and loads before and after."""
    shown = _followed(request, slug, pk)
    loads = []
    if shown["run"].applied_at is None:
        loads = load_changes(request.user, shown["pairs"])
    return render(
        request,
        "evaluations/division/run.html",
        {**shown, "loads": loads, "finished": False},
    )


@staff_required
@require_safe
@never_cache
def division_status(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The part that asks how far the invitations are; without a script the whole page."""
    shown = _followed(request, slug, pk)
    if not request.htmx or shown["run"].applied_at is None:  # type: ignore[attr-defined]
        return redirect("evaluations:division_run", slug=slug, pk=pk)
    return render(
        request,
        "evaluations/division/_progress.html",
        {**shown, "finished": not shown["is_running"]},
    )


def _followed(request: SignedInRequest, slug: str, pk: int) -> dict[str, Any]:
    """The division, its pairs, and how many of them were dealt with after the confirmation."""
    call = _call(request, slug)
    run = get_run(request.user, call, pk)
    pairs = pairs_of(run)
    done = sum(1 for pair in pairs if pair.outcome)
    return {
        "call": call,
        "run": run,
        "pairs": pairs,
        "done": done,
        "is_running": run.applied_at is not None and done < len(pairs),
    }


@staff_required
@require_POST
def division_confirm(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Have everybody in the division invited."""
    call = _call(request, slug)
    run = get_run(request.user, call, pk)
    try:
        confirm_division(run=run, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("De uitnodigingen vertrekken."))
    return redirect("evaluations:division_run", slug=slug, pk=pk)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def division_pair(request: SignedInRequest, slug: str, pk: int, pair: int) -> HttpResponse:
    """Put somebody else on a file in the division."""
    call = _call(request, slug)
    run = get_run(request.user, call, pk)
    found = _pair(run, pair)
    file = get_file(request.user, found.proposal.reference)
    fitting = candidates(request.user, file, run.due_on)
    form = PairForm(request.POST or None, candidates=fitting)
    if form.is_valid():
        with service_errors(form):
            swap_pair(pair=found, by=request.user, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, _("De verdeling is aangepast."))
        return redirect("evaluations:division_run", slug=slug, pk=pk)
    return render(
        request,
        "evaluations/division/pair.html",
        {"call": call, "run": run, "pair": found, "form": form, "candidates": fitting},
        status=422 if form.errors else 200,
    )


@staff_required
@require_POST
def division_drop(request: SignedInRequest, slug: str, pk: int, pair: int) -> HttpResponse:
    """Leave a pair out."""
    call = _call(request, slug)
    run = get_run(request.user, call, pk)
    try:
        drop_pair(pair=_pair(run, pair), by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("Het paar is weggelaten."))
    return redirect("evaluations:division_run", slug=slug, pk=pk)


def _call(request: SignedInRequest, slug: str) -> Call:
    may_assign.check(request.user)
    return get_object_or_404(Call.objects.visible_to(request.user), slug=slug)


def _pair(run: AssignmentRun, pk: int) -> AssignmentPair:
    found = run.pairs.filter(pk=pk).select_related("run", "proposal", "adviser").first()
    if found is None:
        raise Http404
    return found
