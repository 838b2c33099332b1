"""More time for one applicant."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import MomentField, PortalForm
from projects.answers import TextAnswerField


class ExtensionForm(PortalForm):
    """Which file, until when, and why. Staff cannot read a draft, so its number is typed."""

    reference = TextAnswerField(
        label=_("Dossiernummer"),
        help_text=_("De aanvrager vindt het bovenaan zijn ontwerp."),
        limit=40,
        error_messages={"required": _("Vul het dossiernummer in.")},
    )
    until = MomentField(
        label=_("Indienen kan tot"),
        help_text=_("Belgische tijd. Kies 00:00 van de volgende dag voor 24.00 uur."),
        error_messages={
            "required": _("Kies tot wanneer."),
            "invalid": _("Schrijf het moment als 15/06/2026 00:00."),
        },
    )
    reason = TextAnswerField(
        label=_("Reden"),
        help_text=_("Alleen medewerkers lezen de reden."),
        limit=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Schrijf waarom deze aanvrager uitstel krijgt.")},
    )
