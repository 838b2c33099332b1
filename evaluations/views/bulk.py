"""An action on many files: settings, the dry run, the confirmation and the report."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from common.views import sentences, service_errors, staff_required
from evaluations.bulk import BulkAction, find
from evaluations.listing import WORK, Listing
from evaluations.models import BulkRun
from evaluations.selectors import visible_files
from evaluations.services.bulk import GONE, perform_bulk, prepare_bulk

RUNS_PER_PAGE = 25


@keeps_typed_text
@staff_required
@require_POST
def bulk_new(request: SignedInRequest) -> HttpResponse:
    """Files and an action were chosen in a list: ask for its settings, then plan it."""
    listing = Listing.from_address(request.user, request.POST.get("lijst", "")) or Listing(
        request.user, WORK, QueryDict()
    )
    action = find(request.POST.get("action", ""))
    if action is None or not action.who.test(request.user, None):
        messages.error(request, _("Kies een actie."))
        return redirect(listing.url)
    chosen = _chosen(request, listing)
    if not chosen:
        messages.error(request, _("Kies minstens één dossier."))
        return redirect(listing.url)
    form = None
    if action.form is not None:
        form = action.form(request.POST if "settings" in request.POST else None)
        if not (form.is_bound and form.is_valid()):
            return _settings(request, listing, action, chosen, form)
    return _plan(request, listing, action, chosen, form)


def _chosen(request: SignedInRequest, listing: Listing) -> list[int]:
    """The ticked files, or all of the list as it is now."""
    if request.POST.get("all"):
        return list(listing.rows.values_list("proposal_id", flat=True))
    references = [one for one in request.POST.getlist("files") if "\0" not in one]
    return list(
        visible_files(request.user).filter(reference__in=references).values_list("pk", flat=True)
    )


def _plan(
    request: SignedInRequest, listing: Listing, action: BulkAction, chosen: list[int], form: Any
) -> HttpResponse:
    typed = {name: form[name].value() for name in form.fields} if form is not None else {}
    given: dict[str, Any] = {
        "action": action,
        "by": request.user,
        "proposal_ids": chosen,
        "typed": typed,
    }
    if form is None:
        try:
            run = prepare_bulk(**given)
        except ValidationError as refusal:
            messages.error(request, sentences(refusal))
            return redirect(listing.url)
        return redirect("evaluations:bulk_run", pk=run.pk)
    with service_errors(form):
        run = prepare_bulk(**given)
    if not form.is_valid():
        return _settings(request, listing, action, chosen, form)
    return redirect("evaluations:bulk_run", pk=run.pk)


def _settings(
    request: SignedInRequest, listing: Listing, action: BulkAction, chosen: list[int], form: Any
) -> HttpResponse:
    return render(
        request,
        "evaluations/bulk_new.html",
        {
            "listing": listing,
            "action": action,
            "form": form,
            "count": len(chosen),
            "files": [] if request.POST.get("all") else request.POST.getlist("files"),
            "all": bool(request.POST.get("all")),
        },
        status=422 if form.is_bound else 200,
    )


@staff_required
@require_safe
def bulk_runs(request: SignedInRequest) -> HttpResponse:
    """What one did, or prepared, on many files."""
    runs = Paginator(BulkRun.objects.visible_to(request.user), RUNS_PER_PAGE)
    page = runs.get_page(request.GET.get("page"))
    labelled = [(run, _label(run)) for run in page.object_list]
    return render(request, "evaluations/bulk_runs.html", {"page_obj": page, "runs": labelled})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dry run with its confirmation; afterwards the report."""
    run = BulkRun.objects.visible_to(request.user).filter(pk=pk).first()
    if run is None:
        raise Http404
    if request.method == "POST":
        try:
            run = perform_bulk(run=run, by=request.user)
        except ValidationError as refusal:
            messages.error(request, sentences(refusal))
        else:
            done = sum(bool(row["done"]) for row in run.rows)
            messages.success(
                request,
                ngettext("Uitgevoerd op %(n)s dossier.", "Uitgevoerd op %(n)s dossiers.", done)
                % {"n": done},
            )
        return redirect("evaluations:bulk_run", pk=run.pk)
    rows = _visible_rows(request, run)
    return render(
        request,
        "evaluations/bulk_run.html",
        {
            "run": run,
            "label": _label(run),
            "rows": rows,
            "will": sum(row["will"] for row in rows),
            "done": sum(bool(row["done"]) for row in rows),
        },
    )


def _label(run: BulkRun) -> str:
    action = find(run.action)
    return str(action.label) if action is not None else run.action


def _visible_rows(request: SignedInRequest, run: BulkRun) -> list[dict[str, Any]]:
    """Of the files that the person still sees: a run outlives what one may know."""
    ids = [row["proposal"] for row in run.rows]
    visible = set(visible_files(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    rows = [row for row in run.rows if row["proposal"] in visible]
    for row in rows:
        if row["outcome"] == GONE:
            row["outcome"] = _("Dit dossier was er op dat ogenblik niet meer voor u.")
    return rows
