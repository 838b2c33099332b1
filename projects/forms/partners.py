"""Inviting a person of a partner, and what that person fills in."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from documents.upload_fields import LaterCheckedField
from projects.answers import TextAnswerField
from projects.models import Partner


class InviteForm(PortalForm):
    partner = forms.ModelChoiceField(
        label=_("Voor welke partner?"),
        queryset=Partner.objects.none(),
        empty_label=_("Kies een partner"),
        error_messages={
            "required": _("Kies een partner."),
            "invalid_choice": _("Kies een partner uit de lijst."),
        },
    )
    email = forms.EmailField(
        label=_("E-mailadres"),
        max_length=254,
        error_messages={
            "required": _("Schrijf het e-mailadres van de persoon."),
            "invalid": _("Schrijf een e-mailadres, bijvoorbeeld naam@stad.be."),
        },
    )
    first_name = TextAnswerField(label=_("Voornaam"), limit=150, required=False)
    last_name = TextAnswerField(label=_("Familienaam"), limit=150, required=False)

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["partner"]).queryset = partners


class PartForm(PortalForm):
    """The own part of a partner, under its version number."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    role = TextAnswerField(label=_("Uw rol in het project"), limit=200, required=False)
    contribution = TextAnswerField(
        label=_("Uw bijdrage"),
        help_text=_("Wat brengt uw organisatie in: mensen, middelen, een plek om te testen?"),
        limit=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    letter = LaterCheckedField(
        label=_("Intentieverklaring"),
        help_text=_(
            "PDF, DOCX, XLSX, ODT, PNG of JPG, hoogstens 20 MB. Een nieuw bestand vervangt het "
            "vorige."
        ),
        required=False,
    )

    def restart_from(self, version: int) -> None:
        """The next press saves over `version`: the person has now seen that text."""
        data = cast(Any, self.data).copy()
        data["version"] = str(version)
        self.data = data
