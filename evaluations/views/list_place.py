"""The list from which somebody opened a file, carried in the address: `?lijst=werk?tab=laat`.

So the next file is one link away, without a session and without script.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from evaluations.listing import Listing
from evaluations.selectors.lists import Neighbours, neighbours
from projects.models import Proposal

LIST, PLACE = "lijst", "plaats"
MOST_PLACES = 1_000_000


@dataclass(frozen=True)
class ListPlace:
    """Where a file stands in the list it was opened from, with the ways on."""

    around: Neighbours
    list_url: str
    previous_url: str
    next_url: str


def carried_query(request: HttpRequest) -> str:
    """`?lijst=…&plaats=…` when the address carries a list, else nothing.

    A form that posts to an address of its own comes from a page whose address still has it.
    """
    found = {name: request.GET[name] for name in (LIST, PLACE) if name in request.GET}
    if not found and request.method == "POST":
        came_from = parse_qs(urlsplit(request.headers.get("Referer", "")).query)
        found = {name: came_from[name][0] for name in (LIST, PLACE) if name in came_from}
    return f"?{urlencode(found)}" if LIST in found else ""


def address_in_list(reference: str, carried: str, place: int) -> str:
    """The page of a file that knows its neighbours."""
    query = urlencode({LIST: carried, PLACE: place})
    return f"{reverse('evaluations:file', args=[reference])}?{query}"


def list_place(request: HttpRequest, proposal: Proposal) -> ListPlace | None:
    """The neighbours of the file in the list that the address carries; None without a list."""
    carried = request.GET.get(LIST)
    listing = Listing.from_address(request.user, carried) if carried else None
    if listing is None:
        return None
    typed = request.GET.get(PLACE, "")
    place = min(int(typed), MOST_PLACES) if typed.isascii() and typed.isdigit() else 0
    around = neighbours(listing.rows, listing.order, proposal.reference, place)
    here = around.place or place

    def url(reference: str, at: int) -> str:
        return address_in_list(reference, listing.carried, at) if reference else ""

    return ListPlace(
        around,
        listing.url,
        url(around.previous, max(here - 1, 1)),
        url(around.next, here + 1 if around.place else max(here, 1)),
    )


def keep_list(request: HttpRequest, proposal: Any, response: HttpResponse) -> HttpResponse:
    """Let a redirect to another page of the same file carry the list on."""
    target = response.headers.get("Location", "")
    page = reverse("evaluations:file", args=[proposal.reference])
    if target.startswith(page) and "?" not in target and "#" not in target:
        response.headers["Location"] = target + carried_query(request)
    return response
