"""Forms of requests and commitments."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm, PortalFormSet
from common.money import MoneyFormField
from documents.upload_fields import UploadField
from funding.lifecycle import RequestState
from funding.models import CommitteeDecision


class RequestFilterForm(PortalForm):
    """The list of requests."""

    q = forms.CharField(label=_("Project, opdracht of organisatie"), required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Alle")),
            *RequestState.choices,
            ("to_commit", _("Goedgekeurd, nog vast te leggen")),
        ],
    )


class RequestForm(PortalForm):
    """What is asked for a procurement."""

    eligible_base = MoneyFormField(
        label=_("In aanmerking komende kost"),
        help_text=_("De kost van de opdracht die meetelt voor cofinanciering."),
    )
    requested_amount = MoneyFormField(label=_("Gevraagd bedrag"))
    override_reason = forms.CharField(
        label=_("Reden om van de regel af te wijken"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nodig als u meer vraagt dan de regel geeft."),
    )
    tender_document = UploadField(
        label=_("Opdrachtdocument"),
        hint=_(
            "Het comité beslist over dit document. Kies het als laatste: na een fout kiest u het "
            "opnieuw."
        ),
    )


class TenderDocumentForm(PortalForm):
    """A next version of the tender document."""

    tender_document = UploadField(label=_("Opdrachtdocument"))
    note = forms.CharField(label=_("Wat is er gewijzigd?"), required=False, max_length=300)


class DecisionForm(PortalForm):
    """What the committee decided."""

    outcome = forms.ChoiceField(
        label=_("Beslissing"),
        choices=CommitteeDecision.Outcome.choices,
        widget=forms.RadioSelect,
    )
    granted_amount = MoneyFormField(
        label=_("Toegekend bedrag"),
        required=False,
        help_text=_("Alleen bij een goedkeuring."),
    )
    decided_on = DayField(
        label=_("Beslist op"),
        help_text=_("De vastlegging krijgt deze datum en gebruikt het VAK van dat jaar."),
    )
    reference = forms.CharField(label=_("Kenmerk van de beslissing"), required=False, max_length=60)
    grounds = forms.CharField(
        label=_("Motivering"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Nodig bij een weigering, een uitstel of een ander bedrag dan gevraagd."),
    )


class ReleaseForm(PortalForm):
    """Giving back what is not needed."""

    amount = MoneyFormField(label=_("Vrij te geven bedrag"))
    reason = forms.CharField(
        label=_("Reden"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class RecoveryForm(PortalForm):
    """What a beneficiary paid back."""

    amount = MoneyFormField(label=_("Ontvangen bedrag"))
    received_on = DayField(label=_("Ontvangen op"))
    reason = forms.CharField(
        label=_("Reden"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class PreparationForm(PortalForm):
    """A share of the costs before the tender, by agreement."""

    amount = MoneyFormField(label=_("Bedrag"))
    on = DayField(label=_("Datum van de afspraak"))
    agreement = forms.CharField(
        label=_("Kenmerk van de afspraak"),
        max_length=200,
        help_text=_("Waar staat wat is afgesproken? Bijvoorbeeld het nummer van de brief."),
    )


class InstalmentForm(forms.Form):
    """One row of the plan; an empty row does not count."""

    share = forms.DecimalField(
        label=_("Aandeel (%)"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=100,
        localize=True,
    )
    condition = forms.CharField(label=_("Voorwaarde"), max_length=300)
    expected_on = DayField(label=_("Verwacht op"), required=False)


MAX_INSTALMENTS = 12

PlanFormSet = forms.formset_factory(
    InstalmentForm,
    formset=PortalFormSet,
    extra=0,
    max_num=MAX_INSTALMENTS,
    validate_max=True,
)
