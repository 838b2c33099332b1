"""The forms on one file, from its check to the decision."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from evaluations.models import SelectionDecision


def _text(limit: int, rows: int = 6) -> forms.Textarea:
    return forms.Textarea(attrs={"data-maxlength": limit, "rows": rows})


class ReasonForm(PortalForm):
    """A reason, such as that of a refusal."""

    reason = forms.CharField(label=_("Reden"), max_length=2000, widget=_text(2000, rows=3))


class ConflictForm(PortalForm):
    """Which conflict of interest somebody has."""

    explanation = forms.CharField(
        label=_("Welk belangenconflict hebt u?"), max_length=2000, widget=_text(2000, rows=3)
    )


class DeclarationForm(PortalForm):
    """The adviser's declaration before reading."""

    no_conflict = forms.BooleanField(
        label=_(
            "Ik verklaar dat ik geen belangenconflict heb met de aanvrager, de partners of dit "
            "project."
        )
    )


class ConfirmForm(PortalForm):
    """A box to tick before a step that cannot be undone."""

    confirmed = forms.BooleanField(label=_("Ik heb alles nagekeken."))


class DecisionForm(PortalForm):
    """Selected or not, and why."""

    outcome = forms.ChoiceField(
        label=_("Beslissing"),
        choices=SelectionDecision.Outcome.choices,
        widget=forms.RadioSelect,
    )
    grounds = forms.CharField(
        label=_("Motivering"),
        max_length=6000,
        widget=_text(6000),
        help_text=_("De aanvrager leest deze tekst in de brief, samen met het advies."),
    )
    deviation_reason = forms.CharField(
        label=_("Reden om van het advies af te wijken"),
        required=False,
        max_length=6000,
        widget=_text(6000, rows=4),
        help_text=_("Verplicht als uw beslissing niet overeenkomt met het advies."),
    )
    confirmed = forms.BooleanField(
        label=_("Ik heb het dossier en het advies gelezen en beslis in eigen naam.")
    )
