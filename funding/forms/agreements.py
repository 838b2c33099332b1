"""Forms of the agreement: the draft, and who signed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from documents.upload_fields import UploadField
from funding.models import AgreementSignature


class AgreementForm(PortalForm):
    """What the team writes of an agreement; the rest follows from the decision."""

    due_on = DayField(label=_("Te ondertekenen tegen"))
    terms = forms.CharField(
        label=_("Bijzondere voorwaarden"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Komen bij de gewone afspraken, die altijd in de overeenkomst staan."),
    )


class MemberSignatureForm(PortalForm):
    """Who signed for the beneficiary, and the proof."""

    name = forms.CharField(label=_("Naam van wie ondertekende"), max_length=150)
    function = forms.CharField(label=_("Functie"), max_length=150)
    signed_on = DayField(label=_("Ondertekend op"))
    means = forms.ChoiceField(
        label=_("Hoe"), choices=AgreementSignature.Means.choices, widget=forms.RadioSelect
    )
    signed_copy = UploadField(label=_("Ondertekend exemplaar"))


class SignatureForm(MemberSignatureForm):
    """The same for staff, who note it for either party."""

    party = forms.ChoiceField(
        label=_("Voor wie"), choices=AgreementSignature.Party.choices, widget=forms.RadioSelect
    )
    field_order = ["party", "name", "function", "signed_on", "means", "signed_copy"]
