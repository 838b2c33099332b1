"""What a person types when answering an outage."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import MomentField, PortalForm


class OutageForm(PortalForm):
    """Until when, and why; the portal proposes both."""

    closes_at = MomentField(
        label=_("Nieuwe sluiting"),
        required=False,
        help_text=_("Het voorstel van het portaal; u kunt een ander moment kiezen."),
    )
    reason = forms.CharField(
        label=_("Reden"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "data-maxlength": 1000}),
        help_text=_("Kent u extra tijd toe, dan leest iedereen deze reden, ook in de mail."),
        error_messages={"required": _("Schrijf waarom.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closes_at"].marker = _("nodig om toe te kennen")  # type: ignore[attr-defined]

    def closing_when(self, *, granted: bool) -> Any:
        """The chosen moment when time is granted, else None; an empty one is an error then."""
        closing = self.cleaned_data.get("closes_at")
        if granted and closing is None and "closes_at" not in self.errors:
            self.add_error("closes_at", _("Kies wanneer de ronde sluit."))
        return closing if granted else None
