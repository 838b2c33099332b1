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
        help_text=_("Dan zien we het verband tussen de twee."),
        queryset=Proposal.objects.none(),
        empty_label=_("Nee, dit is nieuw"),
        required=False,
    )

    copy = forms.BooleanField(
        label=_("Neem de teksten van dat voorstel over"),
        help_text=_(
            "Wat past in het nieuwe formulier, nemen we over: antwoorden, partners en kosten. "
            "Bijlagen en verklaringen niet. Daarna ziet u wat is overgenomen en wat niet."
        ),
        required=False,
    )

    def __init__(self, *args: Any, earlier: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["previous"]).queryset = earlier
        if not earlier.exists():
            del self.fields["previous"], self.fields["copy"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("copy") and not values.get("previous") and "previous" not in self.errors:
            self.add_error("previous", _("Kies het voorstel waarvan u de teksten wilt overnemen."))
        return values


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
