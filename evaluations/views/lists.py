"""The work list, the list of all files, and both as a file to download."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.policies import is_adviser
from accounts.requests import SignedInRequest
from audit import readings
from common import clock
from common.moments import local_day
from common.views import staff_required
from documents.csv_files import csv_response
from evaluations.bulk import actions_for
from evaluations.exports import list_sheet, list_workbook
from evaluations.lifecycle import FileStep
from evaluations.listing import FILES, PAGES, TAB_LABELS, WORK, Listing
from evaluations.models import SavedView
from evaluations.selectors.lists import rights_of
from evaluations.selectors.work import act_of, waits_on
from evaluations.views.list_place import LIST, PLACE

PAGE_SIZE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CountedPaginator(Paginator):
    """Of a list whose length was counted with something else already."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count  # in place of the cached property of its parent


@dataclass(frozen=True)
class ListRow:
    """A file as a list shows it: what to do and where, and on whom it waits."""

    row: Any
    url: str
    act: str
    act_url: str
    step: str
    waits_on: str


def _rows(listing: Listing, page: Page) -> Iterable[ListRow]:
    """Addresses that carry the list and the place of each file in it."""
    overview = rights_of(listing.user).overview
    carried = quote(listing.carried, safe="")
    for place, row in enumerate(page.object_list, page.start_index()):
        query = f"?{LIST}={carried}&{PLACE}={place}"
        act, act_url = act_of(row)
        yield ListRow(
            row,
            reverse("evaluations:file", args=[row.proposal.reference]) + query,
            act,
            act_url + query if act_url else "",
            str(FileStep(row.shown_step).label),
            waits_on(row, overview=overview),
        )


def _shared_context(listing: Listing, page: Page) -> dict[str, Any]:
    rights = rights_of(listing.user)
    return {
        "listing": listing,
        "page_obj": page,
        "rows": list(_rows(listing, page)),
        "default_order": listing.default_order,
        "sees_all": rights.overview,
        "search_words": rights.words(),
        "actions": actions_for(listing.user),
    }


@staff_required
@require_safe
def work(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, what is late and what waits for others."""
    listing = Listing(request.user, WORK, request.GET)
    paginator = CountedPaginator(listing.shown, PAGE_SIZE, listing.counts[listing.tab])
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "evaluations/work.html",
        {
            **_shared_context(listing, page),
            "tabs": _tabs(listing),
            "views": SavedView.objects.visible_to(request.user).select_related("owner"),
        },
    )


def _tabs(listing: Listing) -> list[dict[str, Any]]:
    kept = listing.data.copy()
    kept.pop("page", None)
    tabs = []
    for name, label in TAB_LABELS.items():
        kept["tab"] = name
        tabs.append(
            {
                "label": label,
                "url": f"?{kept.urlencode()}",
                "active": name == listing.tab,
                "count": listing.counts[name],
            }
        )
    return tabs


@staff_required
@require_safe
def files(request: SignedInRequest) -> HttpResponse:
    """All files that one works with."""
    listing = Listing(request.user, FILES, request.GET)
    page = Paginator(listing.shown, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "evaluations/files.html",
        {
            **_shared_context(listing, page),
            "filter": listing.filter,
            "has_own_files": is_adviser.test(request.user, None),
        },
    )


@staff_required
@require_safe
def list_export(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
    """The list exactly as it is filtered and sorted on the screen."""
    if name not in PAGES or extension not in {"csv", "xlsx"}:
        raise Http404
    listing = Listing(request.user, name, request.GET)
    if not listing.is_readable:  # the page says what is wrong with the words
        return redirect(listing.url)
    readings.note(request, "list")
    now = clock.now()
    filename = f"{name}-{local_day(now).isoformat()}.{extension}"
    if extension == "csv":
        return csv_response(list_sheet(listing), filename)
    response = HttpResponse(list_workbook(listing, at=now), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, filename) or ""
    return response
