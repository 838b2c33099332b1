"""What a person types about rules, lists, holds and questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import DayField, PortalForm, PortalModelForm
from projects.models import Proposal
from retention.models import HoldReason, RequestKind, RetentionRule


def _text(label: Any, required: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4, "data-maxlength": 3000}),
        error_messages={"required": required},
        **kwargs,
    )


class RuleForm(PortalModelForm):
    """Another term, and why."""

    reason = _text(_("Waarom wijzigt u dit?"), _("Schrijf waarom u de regel wijzigt."))

    class Meta:
        model = RetentionRule
        fields = ["months", "warning_days", "basis", "destination"]


class ReasonForm(PortalForm):
    reason = forms.CharField(
        label=_("Reden"),
        max_length=300,
        error_messages={"required": _("Schrijf een reden.")},
    )


class HoldForm(PortalForm):
    """Which file is kept, and for what."""

    reference = forms.CharField(label=_("Dossiernummer"), max_length=40)
    reason = forms.ChoiceField(label=_("Waarom"), choices=HoldReason.choices)
    explanation = _text(_("Toelichting"), _("Schrijf waarom het dossier blijft."))

    def clean_reference(self) -> Proposal:
        found = Proposal.objects.filter(
            reference__iexact=self.cleaned_data["reference"].strip(), submitted_at__isnull=False
        ).first()
        if found is None:
            raise forms.ValidationError(_("Er is geen ingediend dossier met dit nummer."))
        return found


class AskForm(PortalForm):
    """What a person asks about the own data."""

    kind = forms.ChoiceField(
        label=_("Uw vraag"),
        choices=[choice for choice in RequestKind.choices if choice[0] != RequestKind.ACCESS],
    )
    text = _text(
        _("Wat klopt niet, of wat moet weg?"),
        _("Schrijf wat u vraagt."),
        help_text=_("Schrijf welk gegeven het is, en wat het moet worden."),
    )


class RegisterForm(PortalForm):
    """What a person asked by letter or mail."""

    email = forms.EmailField(label=_("E-mailadres van het account"))
    kind = forms.ChoiceField(label=_("Vraag"), choices=RequestKind.choices)
    text = _text(_("Wat de persoon vraagt"), _("Schrijf wat gevraagd wordt."))
    received_on = DayField(label=_("Ontvangen op"))

    def clean_email(self) -> User:
        found = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if found is None:
            raise forms.ValidationError(_("Er is geen account met dit adres."))
        return found


class AnswerForm(PortalForm):
    answer = _text(
        _("Antwoord"),
        _("Schrijf het antwoord."),
        help_text=_("De persoon leest dit. Schrijf wat u verbeterde, of waarom het niet kan."),
    )
