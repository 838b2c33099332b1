"""Budget years: overview, one year with its lines, ledger and pipeline."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.money import format_eur
from common.views import service_errors
from documents.csv_files import csv_response
from funding import services
from funding.forms.budget import LedgerFilterForm, OpenYearForm, TransferForm, VersionForm
from funding.models import BudgetLine, BudgetYear
from funding.policies import is_second_for_reopening, may_manage_budget
from funding.selectors import budget as selectors
from funding.selectors.closing import asked_reopening, closings_of
from funding.views.access import money_view
from projects.views.acts import act_page, posted

PAGE_SIZE = 50


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def budget_years(request: SignedInRequest) -> HttpResponse:
    """Every year with its credits and their use; the manager opens a new one."""
    rows = selectors.year_rows()
    may_manage = may_manage_budget.test(request.user)
    following = rows[0].year.year + 1 if rows else None
    if request.method == "POST":
        may_manage_budget.check(request.user)
    form = posted(request, OpenYearForm, initial={"year": following})
    if request.method == "POST" and form.is_valid():
        with service_errors(form):
            opened = services.open_budget_year(by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request,
                _("Het begrotingsjaar %(year)s is geopend. Vul nu de kredieten in.")
                % {"year": opened.year},
            )
            return redirect(opened)
    return render(
        request,
        "funding/budget_years.html",
        {"rows": rows, "form": form, "may_manage": may_manage},
    )


@money_view
@require_safe
def budget_year(request: SignedInRequest, year: int) -> HttpResponse:
    """Lines with versions, the ledger of the year, and the pipeline beside it."""
    found = get_object_or_404(BudgetYear, year=year)
    form = LedgerFilterForm(request.GET)
    entries = selectors.ledger(year, **_ledger_filters(form))
    pipeline, pipeline_total, pipeline_count = selectors.pipeline()
    reopening = asked_reopening(found) if found.is_closed else None
    return render(
        request,
        "funding/budget_year.html",
        {
            "year": found,
            "lines": selectors.lines_of(found),
            "encours_start": selectors.encours(year - 1),
            "encours_end": selectors.encours(year),
            "form": form,
            "page_obj": Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page")),
            "totals": selectors.ledger_totals(entries),
            "query": request.GET.urlencode(),
            "pipeline": pipeline,
            "pipeline_total": pipeline_total,
            "pipeline_count": pipeline_count,
            "may_manage": may_manage_budget.test(request.user) and not found.is_closed,
            "closings": closings_of(found),
            "reopening": reopening,
            "may_ask": found.is_closed
            and reopening is None
            and may_manage_budget.test(request.user),
            "may_answer": reopening is not None
            and is_second_for_reopening.test(request.user, reopening),
        },
    )


@money_view
@require_safe
def ledger_csv(request: SignedInRequest, year: int) -> HttpResponseBase:
    """The entries of the page, with the same filters, as CSV."""
    get_object_or_404(BudgetYear, year=year)
    entries = selectors.ledger(year, **_ledger_filters(LedgerFilterForm(request.GET)))
    return csv_response(selectors.ledger_sheet(entries, year=year), f"boekingen-{year}.csv")


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def version_add(request: SignedInRequest, year: int, stream: str) -> HttpResponse:
    """Credits as voted (BO), adjusted (BA) or transferred."""
    may_manage_budget.check(request.user)
    line = get_object_or_404(
        BudgetLine.objects.select_related("budget_year"), budget_year__year=year, stream=stream
    )
    first = not line.versions.exists()
    label = "BO" if first else "BA"
    initial: dict[str, Any] = {"label": label, "effective_on": date(year, 1, 1) if first else None}
    if not first:
        initial |= {"vak": line.vak, "vek": line.vek}
    return act_page(
        request,
        title=_("Begrotingsversie toevoegen"),
        form=posted(request, VersionForm, initial=initial),
        act=lambda data: services.add_budget_version(line=line, by=request.user, **data),
        submit=_("Versie toevoegen"),
        done=_("De nieuwe kredieten gelden."),
        explanation=_("Een versie wordt toegevoegd en nooit gewijzigd. De laatste versie geldt."),
        facts=[
            (_("VAK nu"), format_eur(line.vak)),
            (_("Al vastgelegd"), format_eur(line.committed)),
            (_("VEK nu"), format_eur(line.vek)),
            (_("Al vereffend"), format_eur(line.paid)),
        ],
        back=reverse("funding:budget_year", args=[year]),
        about=str(line),
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: SignedInRequest, year: int, stream: str) -> HttpResponse:
    """Credits of this line that go to the other line of the year."""
    may_manage_budget.check(request.user)
    lines = BudgetLine.objects.select_related("budget_year").filter(budget_year__year=year)
    giving = get_object_or_404(lines, stream=stream)
    receiving = get_object_or_404(lines.exclude(stream=stream))
    return act_page(
        request,
        title=_("Krediet herverdelen"),
        form=posted(request, TransferForm),
        act=lambda data: services.transfer_credits(
            giving=giving, receiving=receiving, by=request.user, **data
        ),
        submit=_("Herverdelen"),
        done=_("Het krediet is herverdeeld."),
        explanation=_("Beide lijnen krijgen een nieuwe begrotingsversie die naar elkaar verwijst."),
        facts=[
            (_("Van"), str(giving)),
            (_("VAK beschikbaar"), format_eur(giving.vak_available)),
            (_("VEK beschikbaar"), format_eur(giving.vek_available)),
            (_("Naar"), str(receiving)),
        ],
        back=reverse("funding:budget_year", args=[year]),
        about=str(giving),
    )


def _ledger_filters(form: LedgerFilterForm) -> dict[str, str]:
    chosen = form.cleaned_data if form.is_valid() else {}
    return {
        "kind": chosen.get("kind", ""),
        "stream": chosen.get("stream", ""),
        "search": chosen.get("q", ""),
    }
