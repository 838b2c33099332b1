"""Closing a budget year and opening it again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from common.money import ZERO, MoneyFormField
from funding.models import BudgetLine
from funding.selectors.closing import ClosingCheck
from funding.services import CarryOver


class CloseYearForm(PortalForm):
    """What a person accepts as it is, and what of each line goes to the next year."""

    def __init__(
        self,
        *args: Any,
        checks: Sequence[ClosingCheck],
        lines: Sequence[BudgetLine],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.checks = [check for check in checks if check.to_accept]
        self.lines = lines
        for check in self.checks:
            self.fields[check.key] = forms.BooleanField(
                label=_("Ik sluit toch af: %(label)s") % {"label": check.label},
                help_text=check.found,
                error_messages={"required": _("Vink aan dat u dit zo aanvaardt, of werk het af.")},
            )
        for line in lines:
            stream = line.get_stream_display()
            self.fields[f"vak_{line.pk}"] = MoneyFormField(
                label=_("Over te dragen VAK – %(stream)s") % {"stream": stream},
                required=False,
                min_value=ZERO,
            )
            self.fields[f"vek_{line.pk}"] = MoneyFormField(
                label=_("Over te dragen VEK – %(stream)s") % {"stream": stream},
                required=False,
                min_value=ZERO,
            )
            self.fields[f"basis_{line.pk}"] = forms.CharField(
                label=_("Rechtsgrond van de overdracht – %(stream)s") % {"stream": stream},
                required=False,
                max_length=300,
            )

    def decision(self) -> dict[str, Any]:
        """The arguments of `close_year`."""
        data = self.cleaned_data
        return {
            "accepted": {check.key for check in self.checks if data.get(check.key)},
            "carried": {
                line.pk: CarryOver(
                    vak=data[f"vak_{line.pk}"] or ZERO,
                    vek=data[f"vek_{line.pk}"] or ZERO,
                    legal_basis=data[f"basis_{line.pk}"],
                )
                for line in self.lines
            },
        }


class ReasonForm(PortalForm):
    """Why."""

    reason = forms.CharField(
        label=_("Reden"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReopeningAnswerForm(PortalForm):
    """What the second person says."""

    is_granted = forms.TypedChoiceField(
        label=_("Uw antwoord"),
        choices=[("ja", _("Het jaar mag weer open")), ("nee", _("Het jaar blijft dicht"))],
        coerce=lambda value: value == "ja",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Toelichting"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nodig als het jaar dicht blijft."),
    )
