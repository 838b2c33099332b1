"""One page per act: what will happen, a form, one button; the service's "no" on the form."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.forms import PortalForm
from common.views import service_errors

Facts = Sequence[tuple[Any, Any]]


class ConfirmForm(PortalForm):
    """Nothing to fill in: only the button."""


def posted(request: HttpRequest, form: type[Any], **kwargs: Any) -> Any:
    """The form, bound when the request is a POST, also when it posts no field at all."""
    if request.method == "POST":
        return form(request.POST, request.FILES, **kwargs)
    return form(**kwargs)


def act_page(
    request: HttpRequest,
    *,
    title: Any,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], Any],
    submit: Any,
    done: Any,
    back: str,
    about: str,
    explanation: Any = "",
    facts: Facts = (),
    tone: str = "",
    template: str = "projects/project_act.html",
    **context: Any,
) -> HttpResponse:
    """Show the form; on a good POST run `act` with the cleaned data and go `back`.

    `about` names what the act is about; `facts` are label and value pairs beside the form.
    """
    if request.method == "POST" and form.is_valid():
        with service_errors(form):
            act(form.cleaned_data)
        if form.is_valid():
            messages.success(request, str(done))
            return redirect(back)
    return render(
        request,
        template,
        {
            "title": title,
            "form": form,
            "submit": submit,
            "back": back,
            "about": about,
            "explanation": explanation,
            "facts": facts,
            "tone": tone,
            "is_multipart": form.is_multipart(),
            **context,
        },
    )
