"""Views that somebody keeps: the words under a name."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.views import service_errors, staff_required
from evaluations.forms.lists import SavedViewForm
from evaluations.models import SavedView
from evaluations.selectors.lists import rights_of
from evaluations.services.saved_views import delete_view, save_view


def _found(request: SignedInRequest, pk: int, *, own: bool = False) -> SavedView:
    views = SavedView.objects.visible_to(request.user).filter(pk=pk)
    view = (views.filter(owner=request.user) if own else views).first()
    if view is None:
        raise Http404
    return view


@staff_required
@require_safe
def saved_views(request: SignedInRequest) -> HttpResponse:
    """One's own views, and what colleagues share."""
    views = SavedView.objects.visible_to(request.user).select_related("owner")
    return render(request, "evaluations/saved_views.html", {"views": views})


@staff_required
@require_safe
def saved_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list of a view; words that the reader may not use are refused there."""
    view = _found(request, pk)
    query = {"tab": "alles", "q": view.words, "sort": view.sort}
    chosen = {name: value for name, value in query.items() if value}
    return redirect(f"{reverse('evaluations:work')}?{urlencode(chosen)}")


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_new(request: SignedInRequest) -> HttpResponse:
    """Keep the list of the screen under a name."""
    initial = {name: request.GET.get(name, "") for name in ("words", "sort")}
    return _form(request, None, initial)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a view of one's own."""
    view = _found(request, pk, own=True)
    fields = ("name", "words", "sort", "mailing", "is_shared")
    return _form(request, view, {name: getattr(view, name) for name in fields})


def _form(
    request: SignedInRequest, view: SavedView | None, initial: dict[str, Any]
) -> HttpResponse:
    bound = request.POST if request.method == "POST" else None
    form = SavedViewForm(bound, initial=initial, user=request.user)
    if bound is not None and form.is_valid():
        with service_errors(form):
            view = save_view(by=request.user, view=view, **form.settings())
        if form.is_valid() and view is not None:
            messages.success(request, _("De weergave is opgeslagen."))
            return redirect("evaluations:saved_view", pk=view.pk)
    return render(
        request,
        "evaluations/saved_view_form.html",
        {"form": form, "view": view, "search_words": rights_of(request.user).words()},
        status=422 if form.is_bound else 200,
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a view of one's own away, after a question."""
    view = _found(request, pk, own=True)
    if request.method == "POST":
        delete_view(view=view, by=request.user)
        messages.success(request, _("De weergave is verwijderd."))
        return redirect("evaluations:saved_views")
    return render(request, "evaluations/saved_view_delete.html", {"view": view})
