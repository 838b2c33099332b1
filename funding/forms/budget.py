"""Forms of budget years and their ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from common.money import ZERO, MoneyFormField
from funding.models import BudgetLine, BudgetVersion, LedgerEntry


class OpenYearForm(PortalForm):
    """A new budget year."""

    year = forms.IntegerField(label=_("Jaar"), min_value=2008, max_value=2100)


class VersionForm(PortalForm):
    """The credits of a line as voted, adjusted or transferred."""

    label = forms.ChoiceField(label=_("Soort"), choices=BudgetVersion.Label.choices)
    vak = MoneyFormField(
        label=_("Vastleggingskrediet (VAK)"),
        help_text=_("Het nieuwe totaal voor het jaar, niet het verschil."),
    )
    vek = MoneyFormField(
        label=_("Vereffeningskrediet (VEK)"),
        help_text=_("Het nieuwe totaal voor het jaar, niet het verschil."),
    )
    effective_on = DayField(label=_("Geldig vanaf"))
    legal_basis = forms.CharField(
        label=_("Rechtsgrond of toelichting"), required=False, max_length=300
    )


class TransferForm(PortalForm):
    """What goes from one line to the other."""

    vak = MoneyFormField(label=_("Over te hevelen VAK"), required=False, min_value=ZERO)
    vek = MoneyFormField(label=_("Over te hevelen VEK"), required=False, min_value=ZERO)
    effective_on = DayField(label=_("Geldig vanaf"))
    legal_basis = forms.CharField(label=_("Rechtsgrond"), max_length=300)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("vak", "vek"):
            if data.get(name) is None and name not in self.errors:
                data[name] = ZERO
        return data


class LedgerFilterForm(PortalForm):
    """Which entries of a year."""

    q = forms.CharField(label=_("Project, organisatie of nummer"), required=False)
    kind = forms.ChoiceField(
        label=_("Soort"), required=False, choices=[("", _("Alle")), *LedgerEntry.Kind.choices]
    )
    stream = forms.ChoiceField(
        label=_("Geldstroom"),
        required=False,
        choices=[("", _("Alle")), *BudgetLine.Stream.choices],
    )
