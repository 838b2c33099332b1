"""Forms of a change: one per kind, and the decision on it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from common.money import MoneyFormField
from funding.models import ChangeKind


class ReasonedForm(PortalForm):
    """Every change has its reasons."""

    reason = forms.CharField(
        label=_("Waarom vraagt u deze wijziging?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AmountChangeForm(ReasonedForm):
    """Another cost, and the grant that goes with it."""

    new_base = MoneyFormField(
        label=_("Nieuwe kost die in aanmerking komt"),
        help_text=_("De hele kost van de opdracht die meetelt, niet het verschil."),
    )
    new_amount = MoneyFormField(
        label=_("Nieuw bedrag van de cofinanciering"),
        help_text=_("Het hele bedrag, niet het verschil. Over meer geld beslist het comité."),
    )
    field_order = ["new_base", "new_amount", "reason"]


class PeriodChangeForm(ReasonedForm):
    """Another end."""

    new_end = DayField(
        label=_("Nieuwe einddatum"),
        help_text=_("De verwachte dagen van de schijven en de latere fasen schuiven mee."),
    )
    field_order = ["new_end", "reason"]


class ScopeChangeForm(ReasonedForm):
    """Other content."""

    description = forms.CharField(
        label=_("Wat verandert er aan de inhoud?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    field_order = ["description", "reason"]


class PartnerChangeForm(ReasonedForm):
    """Other partners."""

    description = forms.CharField(
        label=_("Welke partner komt erbij, verandert of valt weg?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    field_order = ["description", "reason"]


CHANGE_FORMS: dict[str, type[ReasonedForm]] = {
    ChangeKind.AMOUNT.value: AmountChangeForm,
    ChangeKind.PERIOD.value: PeriodChangeForm,
    ChangeKind.SCOPE.value: ScopeChangeForm,
    ChangeKind.PARTNER.value: PartnerChangeForm,
}


class ChangeDecisionForm(PortalForm):
    """The decision on a change."""

    accept = forms.TypedChoiceField(
        label=_("Beslissing"),
        choices=[("ja", _("Aanvaarden")), ("nee", _("Weigeren"))],
        coerce=lambda value: value == "ja",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Motivering"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Nodig bij een weigering. De begunstigde leest deze tekst."),
    )
