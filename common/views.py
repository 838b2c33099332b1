"""Helpers for the edge: parse, call a service or a selector, answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    ValidationError,
)
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template import loader
from django.utils.translation import gettext_lazy as _

View = Callable[..., HttpResponseBase]

STAFF_ONLY = _("Deze pagina is er voor medewerkers van het programma.")


@contextmanager
def service_errors(form: forms.BaseForm) -> Iterator[None]:
    """Put a service's ValidationError on the form, beside the field that caused it.

    Usage::

        if form.is_valid():
            with service_errors(form):
                submit_proposal(...)
        if form.is_valid():  # False when the service refused
            return redirect(...)
    """
    try:
        yield
    except ValidationError as error:
        add_errors(form, error)


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Add each message to its field, or to the form as a whole when the form has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        target = name if name in form.fields and name != NON_FIELD_ERRORS else None
        form.add_error(target, errors)


def sentences(error: ValidationError) -> str:
    """All sentences of an error in one line, for a message at the top of a page."""
    return " ".join(error.messages)


def staff_required(view: View) -> View:
    """Only people with a staff role; others are told so, visitors are asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not getattr(request.user, "is_programme_staff", False):
            raise PermissionDenied(STAFF_ONLY)
        return view(request, *args, **kwargs)

    return login_required(guarded)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read; one that is too large gets a page that says how to go on.

    Rendered without the request: reading it is what failed.
    """
    is_too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    name, status = ("413.html", 413) if is_too_large else ("400.html", 400)
    return HttpResponse(loader.render_to_string(name), status=status)
