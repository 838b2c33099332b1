"""Forms as the portal shows them: crispy, without a form tag of their own, errors in a summary."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

YEARS = range(1900, 2200)
"""Outside these a day is a slip of the keyboard, and at the ends of the calendar sums overflow."""


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


MESSAGES = {
    **forms.BaseFormSet.default_error_messages,
    "missing_management_form": gettext_lazy("De tabel kwam niet goed aan. Herlaad de pagina."),
}
"""Of a table whose hidden numbers did not arrive, in words."""


class PortalFormSet(forms.BaseFormSet):
    """Base of every table of plain forms."""

    default_error_messages = MESSAGES


class PortalModelFormSet(forms.BaseModelFormSet):
    """Base of every table of forms on a model."""

    default_error_messages = MESSAGES


class DayField(forms.DateField):
    """A calendar day: native picker, and 14/06/2026, 14-06-2026 or 2026-06-14 when typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"])
        super().__init__(**kwargs)
        self.validators.append(_likely_year)


class MomentField(forms.DateTimeField):
    """A moment in Brussels time, one labelled native input (no split field: it has no label)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        )
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"])
        super().__init__(**kwargs)
        self.validators.append(_likely_year)

    def to_python(self, value: Any) -> Any:
        """The moment; refused in the hour that the clock skips or repeats."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            if getattr(error, "code", "") != "ambiguous_timezone":
                raise
            raise ValidationError(
                _("Die nacht verspringt de klok: dit uur is er niet, of twee keer. Kies een ander.")
            ) from error


def _likely_year(day: date) -> None:
    if day.year not in YEARS:
        raise ValidationError(_("Kijk het jaar na: %(year)s kan niet.") % {"year": day.year})
