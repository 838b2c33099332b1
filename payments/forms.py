"""Forms of accounts, orders and confirmations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from common.money import MoneyFormField, format_eur
from documents.upload_fields import ReadFileField, UploadField
from funding.models import Claim
from payments.lifecycle import OrderState


class AccountForm(PortalForm):
    """An account of an organisation."""

    iban = forms.CharField(
        label=_("Rekeningnummer (IBAN)"),
        max_length=50,
        help_text=_("Bijvoorbeeld BE68 5390 0754 7034; met of zonder spaties."),
    )
    holder = forms.CharField(
        label=_("Naam van de houder"),
        max_length=70,
        help_text=_("Zoals de bank ze kent, meestal de naam van uw organisatie."),
    )
    proof = UploadField(label=_("Bewijs van de bank"), required=False)


class ReasonForm(PortalForm):
    """Why something ends."""

    reason = forms.CharField(
        label=_("Reden"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class AccountFilterForm(PortalForm):
    """The list of accounts."""

    q = forms.CharField(label=_("Organisatie"), required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Alle")),
            ("waiting", _("Te bevestigen")),
            ("current", _("In gebruik")),
            ("ended", _("Beëindigd")),
        ],
    )


class OrderFilterForm(PortalForm):
    """The list of orders."""

    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Alle")), *OrderState.choices]
    )


class ClaimChoice(forms.ModelMultipleChoiceField):
    """Claims to pay, each with its organisation and amount."""

    def label_from_instance(self, obj: Any) -> str:
        claim: Claim = obj
        project = claim.instalment.commitment.project
        return f"{project.organisation} – {claim.instalment} – {format_eur(claim.accepted_amount)}"


class OrderForm(PortalForm):
    """A new payment order."""

    execute_on = DayField(
        label=_("Uit te voeren op"), help_text=_("De betaling gebruikt het VEK van dat jaar.")
    )
    claims = ClaimChoice(
        label=_("Schuldvorderingen"),
        queryset=Claim.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Kies minstens één schuldvordering.")},
    )

    def __init__(self, *args: Any, payable: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claims"].queryset = payable  # type: ignore[attr-defined]


class SettlementForm(PortalForm):
    """The final cost of a commitment."""

    accepted_cost = MoneyFormField(
        label=_("Aanvaarde kosten, in totaal"),
        help_text=_("Alle kosten van de opdracht die u aanvaardt, ook van vroegere schijven."),
    )
    note = forms.CharField(
        label=_("Toelichting"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Waarop steunen deze kosten? De begunstigde leest dit bij een terugvordering."),
    )


class ReceiveForm(PortalForm):
    """That money came back, all of it or a part."""

    amount = MoneyFormField(
        label=_("Ontvangen bedrag"),
        help_text=_("Komt het bedrag in delen? Boek elk deel zoals het op de rekening kwam."),
    )
    received_on = DayField(label=_("Ontvangen op"))
    reference = forms.CharField(
        label=_("Referentie van de bank"),
        max_length=50,
        required=False,
        help_text=_("Dezelfde referentie wordt maar één keer geboekt."),
    )


class BankFileForm(PortalForm):
    """A file of the bank or the accounting."""

    file = ReadFileField(
        extension="csv",
        label=_("Bestand (CSV)"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("UTF-8, met puntkomma, met de kolommen die hieronder staan."),
    )
