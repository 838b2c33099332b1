"""The minutes of one file: a draft that saves by itself while somebody writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.forms.assessing import StaffDraft, text_field
from evaluations.models import AgendaItem, SelectionDecision

MINUTES_LIMIT = 6000


class MinutesForm(StaffDraft):
    """The minutes, and what the meeting proposes."""

    minutes = text_field(
        _("Verslag"),
        MINUTES_LIMIT,
        10,
        help_text=_(
            "Dit verslag staat straks klaar als motivering van de beslissing. "
            "De aanvrager kan het dan lezen."
        ),
    )
    leaning = forms.ChoiceField(
        label=_("Voorstel van de vergadering"),
        required=False,
        choices=[("", _("Nog geen voorstel")), *SelectionDecision.Outcome.choices],
    )

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.initial = {name: self.stored(name) for name in self.names} | {"version": item.version}
        self.remember_base()

    @property
    def names(self) -> list[str]:
        return ["minutes", "leaning"]

    def stored(self, name: str) -> Any:
        return getattr(self.item, name)

    def given(self, name: str) -> Any:
        return self.cleaned_data[name]

    def as_item(self, name: str) -> dict[str, Any]:
        shown = self.item.get_leaning_display() if name == "leaning" else self.item.minutes
        return {"type": "text", "text": shown}
