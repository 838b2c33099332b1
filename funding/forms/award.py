"""The form of an award."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import normalise_kbo, validate_kbo
from common.forms import DayField, PortalForm
from common.money import MoneyFormField
from projects.models import ContractorRegion, ProcurementProcedure


class AwardForm(PortalForm):
    """To whom, for how much and how a contract was awarded."""

    contractor_name = forms.CharField(label=_("Opdrachtnemer"), max_length=200)
    contractor_kbo = forms.CharField(
        label=_("Ondernemingsnummer van de opdrachtnemer"),
        required=False,
        max_length=20,
        help_text=_("Leeg voor een opdrachtnemer zonder Belgisch ondernemingsnummer."),
    )
    contractor_is_sme = forms.TypedChoiceField(
        label=_("Opdrachtnemer is een kmo"),
        required=False,
        choices=[("", _("Niet bekend")), ("True", _("Ja")), ("False", _("Nee"))],
        coerce=lambda value: value == "True",
        empty_value=None,
    )
    contractor_is_startup = forms.TypedChoiceField(
        label=_("Opdrachtnemer is een start-up"),
        required=False,
        choices=[("", _("Niet bekend")), ("True", _("Ja")), ("False", _("Nee"))],
        coerce=lambda value: value == "True",
        empty_value=None,
    )
    contractor_region = forms.ChoiceField(
        label=_("Vestiging van de opdrachtnemer"),
        required=False,
        choices=[("", _("Niet bekend")), *ContractorRegion.choices],
    )
    award_amount = MoneyFormField(label=_("Gunningsbedrag exclusief btw"))
    eligible_amount = MoneyFormField(
        label=_("Deel dat meetelt voor de cofinanciering"),
        required=False,
        help_text=_(
            "Leeg: het hele gunningsbedrag. Telt btw mee voor deze oproep, schrijf dan het bedrag "
            "met de btw die uw organisatie niet terugkrijgt."
        ),
    )
    awarded_on = DayField(label=_("Gegund op"))
    procedure = forms.ChoiceField(
        label=_("Plaatsingsprocedure"), choices=[("", _("Kies een procedure"))]
    )
    published_on = DayField(label=_("Bekendgemaakt op"), required=False)
    notice_number = forms.CharField(
        label=_("Nummer van de aankondiging"), required=False, max_length=60
    )
    award_notice_number = forms.CharField(
        label=_("Nummer van de aankondiging van de gunning"), required=False, max_length=60
    )
    tenders_received = forms.IntegerField(
        label=_("Aantal offertes"), required=False, min_value=1, max_value=1000
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["procedure"].choices = [  # type: ignore[attr-defined]
            ("", _("Kies een procedure")),
            *ProcurementProcedure.choices,
        ]

    def clean_contractor_kbo(self) -> str:
        number = normalise_kbo(self.cleaned_data["contractor_kbo"])
        if number:
            validate_kbo(number)
        return number
