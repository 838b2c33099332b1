"""The field for a file that is kept; what it may be, the documents engine says."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from documents.uploads import ALLOWED_LABEL, check_upload


class KeptFileField(forms.FileField):
    """Says beside the field what is wrong with a file, also when other fields are wrong.

    The service checks again: it is the only door to what is kept.
    """

    def __init__(self, *, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(validators=[check_upload], **kwargs)
        self.hint = hint

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """In the language of the page, not in that of the first import."""
        allowed = _("Toegelaten: %(allowed)s.") % {"allowed": ALLOWED_LABEL}
        self.help_text = f"{self.hint} {allowed}".strip()
        return super().get_bound_field(form, field_name)
