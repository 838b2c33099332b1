"""Forms as the portal shows them: crispy, without a form tag of their own, errors in a summary."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


class PortalFormMixin:
    """Gives a form `helper`; templates write the <form> tag, the buttons and the CSRF token."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.include_media = False
        return helper


class PortalForm(PortalFormMixin, forms.Form):
    """Base of every plain form."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """Base of every form on a model."""


class DayField(forms.DateField):
    """A calendar day: native picker, and 14/06/2026, 14-06-2026 or 2026-06-14 when typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        super().__init__(**kwargs)


class MomentField(forms.DateTimeField):
    """A moment in Brussels time, one labelled native input (no split field: it has no label)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        )
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"])
        super().__init__(**kwargs)
