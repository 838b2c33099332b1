"""One page of a list, in the order that was asked for."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50


def page_of(
    request: HttpRequest, rows: QuerySet[Any], orders: list[str], default: str
) -> Page[Any]:
    """The asked page in the asked order, with the key last so that no row shows twice."""
    order = request.GET.get("sort", default)
    if order not in orders:
        order = default
    tie = "-pk" if order.startswith("-") else "pk"
    return Paginator(rows.order_by(order, tie), PAGE_SIZE).get_page(request.GET.get("page"))
