"""How each kind of message comes: one choice per kind."""

from typing import Any

from django import forms

from common.forms import PortalForm
from notifications.kinds import Channel
from notifications.selectors import choices_of


class ChoicesForm(PortalForm):
    """A field per kind that this person may get, under the heading of its group."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups: dict[str, list[str]] = {}
        for kind, channel in choices_of(user):
            self.fields[kind.code] = forms.ChoiceField(
                label=str(kind.label),
                choices=Channel.choices,
                initial=channel,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self._groups.setdefault(str(kind.group), []).append(kind.code)

    @property
    def channels(self) -> dict[str, str]:
        """The chosen channel per kind."""
        return {str(code): channel for code, channel in self.cleaned_data.items()}

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by heading."""
        return [(name, [self[code] for code in codes]) for name, codes in self._groups.items()]
