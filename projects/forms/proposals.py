"""Forms around a proposal: starting it, consent, withdrawing it."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from projects.answers import TextAnswerField
from projects.models import Proposal


class StartForm(PortalForm):
    """A title, and the earlier proposal that this one continues."""

    title = TextAnswerField(
        label=_("Titel van uw voorstel"),
        help_text=_("U kunt de titel later nog wijzigen."),
        limit=150,
    )
    previous = forms.ModelChoiceField(
        label=_("Bouwt u voort op een eerder voorstel?"),
        help_text=_("Dan zien we het verband. De teksten neemt u zelf over."),
        queryset=Proposal.objects.none(),
        empty_label=_("Nee, dit is nieuw"),
        required=False,
    )

    def __init__(self, *args: Any, earlier: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["previous"]).queryset = earlier
        if not earlier.exists():
            del self.fields["previous"]


class WithdrawForm(PortalForm):
    """Why, and a tick that says it is meant."""

    reason = TextAnswerField(
        label=_("Waarom trekt u het voorstel in?"),
        limit=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schrijf waarom u het voorstel intrekt.")},
    )
    sure = forms.BooleanField(
        label=_("Ik weet dat dit niet ongedaan kan."),
        error_messages={"required": _("Vink dit aan om in te trekken.")},
    )
