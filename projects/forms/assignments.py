"""Asking a colleague to complete a section."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import DayField, PortalForm
from projects.answers import TextAnswerField


class AssignForm(PortalForm):
    assignee = forms.ModelChoiceField(
        label=_("Wie vult dit deel in?"),
        help_text=_("Alleen collega's die mogen schrijven staan in de lijst."),
        queryset=User.objects.none(),
        empty_label=_("Kies een collega"),
        error_messages={
            "required": _("Kies een collega."),
            "invalid_choice": _("Kies een collega uit de lijst."),
        },
    )
    due_on = DayField(
        label=_("Klaar tegen"),
        error_messages={
            "required": _("Kies een dag."),
            "invalid": _("Schrijf een datum, bijvoorbeeld 14/06/2026."),
        },
    )
    note = TextAnswerField(
        label=_("Boodschap"),
        help_text=_("Staat in de mail. Zet er geen vertrouwelijke gegevens in."),
        limit=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["assignee"]).queryset = colleagues
