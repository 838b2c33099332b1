"""Forms of claims: asking, checking, rejecting, paying."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from common.money import MoneyFormField
from documents.uploads import ALLOWED_LABEL


class ClaimFilterForm(PortalForm):
    """The list of claims."""

    q = forms.CharField(label=_("Project, organisatie of vastlegging"), required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Alle")),
            ("claimed", _("Te controleren")),
            ("checked", _("Goed te keuren")),
            ("approved", _("Te betalen")),
            ("paid", _("Betaald")),
            ("rejected", _("Afgewezen")),
        ],
    )


class ClaimForm(PortalForm):
    """A claim by the beneficiary."""

    amount = MoneyFormField(label=_("Gevraagd bedrag"))
    statement = forms.CharField(
        label=_("Verantwoording"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Leg uit welke kosten u maakte en hoe de voorwaarde is vervuld."),
    )
    evidence = forms.FileField(label=_("Bewijsstuk"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["evidence"].help_text = _("Toegelaten: %(allowed)s.") % {
            "allowed": ALLOWED_LABEL
        }


class CheckForm(PortalForm):
    """What of a claim is accepted."""

    accepted_amount = MoneyFormField(label=_("Aanvaard bedrag"))
    note = forms.CharField(
        label=_("Bevindingen"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Nodig als u minder aanvaardt dan gevraagd. De begunstigde leest deze tekst dan ook; "
            "aanvaardt u het hele bedrag, dan blijft ze intern."
        ),
    )


class RejectForm(PortalForm):
    """Why a claim is sent back."""

    reason = forms.CharField(
        label=_("Reden van afwijzing"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("De begunstigde leest deze tekst en kan daarna opnieuw aanvragen."),
    )


class PayForm(PortalForm):
    """That a claim was paid."""

    paid_on = DayField(
        label=_("Betaald op"), help_text=_("De betaling gebruikt het VEK van dat jaar.")
    )
    reference = forms.CharField(label=_("Kenmerk van de betaling"), required=False, max_length=60)


class ReturnForm(PortalForm):
    """A payment that the bank sent back."""

    on = DayField(label=_("Teruggekeerd op"))
    reason = forms.CharField(
        label=_("Reden"),
        max_length=300,
        help_text=_("Zoals de bank het meldt, bijvoorbeeld: rekening afgesloten."),
    )
