"""The fields of every form in which a file is chosen; nowhere else is one made.

What a file may be, `documents.uploads` says. `UploadField` says it beside the field at once;
`LaterCheckedField` is for a page that keeps what is good of several files or of half a form, and
hears it from the service (`documents.services.store_upload`); `ReadFileField` is for a file that is
read and not kept.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.uploads import ALLOWED_LABEL, check_upload, extension_of

_MISSING = {
    "required": gettext_lazy("Kies een bestand."),
    "empty": gettext_lazy("Dit bestand is leeg. Kies een ander bestand."),
    "invalid": gettext_lazy("Het bestand kwam niet aan. Kies het opnieuw."),
    "max_length": gettext_lazy(
        "De naam van dit bestand is te lang. Geef het een kortere naam en kies het opnieuw."
    ),
}


class LaterCheckedField(forms.FileField):
    """A file that the service checks, one by one, with its own refusal."""

    def __init__(self, *, error_messages: Any = None, **kwargs: Any) -> None:
        super().__init__(error_messages={**_MISSING, **(error_messages or {})}, **kwargs)


class UploadField(LaterCheckedField):
    """Says beside the field what is wrong with a file, also when other fields are wrong.

    The service checks again: it is the only door to what is kept.
    """

    def __init__(self, *, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(validators=[check_upload], **kwargs)
        self.hint = hint

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """In the language of the page, not in that of the first import."""
        if not self.help_text or self.hint:
            allowed = _("Toegelaten: %(allowed)s.") % {"allowed": ALLOWED_LABEL}
            self.help_text = f"{self.hint} {allowed}".strip()
        return super().get_bound_field(form, field_name)


class ReadFileField(LaterCheckedField):
    """A text in columns that is read and not kept: what is in it, its reader says."""

    def __init__(self, *, extension: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.extension = extension

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value and extension_of(value.name or "") != self.extension:
            raise ValidationError(
                _("Kies een bestand van het type .%(extension)s.") % {"extension": self.extension},
                code="type",
            )
