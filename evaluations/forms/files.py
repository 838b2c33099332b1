"""The forms on one file, from its check to the decision."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import Criterion
from common.formatting import format_number
from common.forms import PortalForm
from common.money import MoneyFormField
from evaluations import conf
from evaluations.models import Advice, Conclusion, Score, SelectionDecision
from evaluations.scoring import possible_scores
from evaluations.services import AdviceText, ScoreEntry


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


class ScoreForm(PortalForm):
    """A score and a motivation per criterion, own notes, and the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    own_notes = forms.CharField(
        label=_("Eigen notities"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Alleen u ziet deze notities."),
    )

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        stored: Mapping[int, Score] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        choices = [("", _("Nog geen score"))] + [
            (str(score), _score_label(score)) for score in possible_scores(conf.score_step())
        ]
        for criterion in criteria:
            score = (stored or {}).get(criterion.pk)
            value = score.value if score is not None else None
            self.fields[f"score_{criterion.pk}"] = forms.TypedChoiceField(
                label=_("Score"),
                choices=choices,
                coerce=Decimal,
                empty_value=None,
                required=False,
                initial="" if value is None else _nearest(value, choices),
            )
            self.fields[f"motivation_{criterion.pk}"] = forms.CharField(
                label=_("Motivering"),
                required=False,
                max_length=4000,
                widget=_text(4000, rows=5),
                initial=score.motivation if score is not None else "",
            )
            for name in ("score", "motivation"):
                self.fields[f"{name}_{criterion.pk}"].marker = _("nodig om af te ronden")  # type: ignore[attr-defined]

    @property
    def entries(self) -> dict[int, ScoreEntry]:
        """What was filled in, by criterion id."""
        return {
            criterion.pk: ScoreEntry(
                value=self.cleaned_data[f"score_{criterion.pk}"],
                motivation=self.cleaned_data[f"motivation_{criterion.pk}"],
            )
            for criterion in self.criteria
        }

    @property
    def values(self) -> dict[int, Decimal | None]:
        """The scores that can be read, for the running total; call `is_valid` first."""
        return {
            criterion.pk: self.cleaned_data.get(f"score_{criterion.pk}")
            for criterion in self.criteria
        }


def _score_label(score: Decimal) -> str:
    words = {
        Decimal(0): _("niet behandeld"),
        Decimal(1): _("zwak"),
        Decimal(2): _("matig"),
        Decimal(3): _("voldoende"),
        Decimal(4): _("goed"),
        Decimal(5): _("uitstekend"),
    }
    number = format_number(score, 1).removesuffix(",0")
    return f"{number} – {words[score]}" if score in words else number


def _nearest(value: Decimal, choices: Sequence[tuple[str, Any]]) -> str:
    """The choice that equals the stored value, however its decimals are written."""
    return next((key for key, _label in choices if key and Decimal(key) == value), "")


class AdviceForm(PortalForm):
    """The advice; a draft may leave everything empty."""

    strengths = forms.CharField(
        label=_("Sterke punten"), required=False, max_length=6000, widget=_text(6000)
    )
    points_of_attention = forms.CharField(
        label=_("Aandachtspunten"), required=False, max_length=6000, widget=_text(6000)
    )
    conditions = forms.CharField(
        label=_("Voorwaarden en aanbevelingen voor de begeleiding"),
        required=False,
        max_length=6000,
        widget=_text(6000, rows=4),
    )
    budget_from = MoneyFormField(label=_("Richtbudget vanaf"), required=False, min_value=0)
    budget_to = MoneyFormField(label=_("Richtbudget tot"), required=False, min_value=0)
    conclusion = forms.ChoiceField(
        label=_("Besluit"),
        required=False,
        choices=[("", _("Nog geen besluit")), *Conclusion.choices],
    )
    internal_note = forms.CharField(
        label=_("Interne nota"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Alleen voor medewerkers. Komt nooit in de brief of bij de aanvrager."),
    )

    def __init__(self, *args: Any, advice: Advice | None = None, **kwargs: Any) -> None:
        if advice is not None:
            kwargs["initial"] = {
                name: getattr(advice, name) for name in AdviceText.__dataclass_fields__
            }
        super().__init__(*args, **kwargs)
        for name in ("strengths", "conclusion"):
            self.fields[name].marker = _("nodig om definitief te maken")  # type: ignore[attr-defined]

    @property
    def text(self) -> AdviceText:
        return AdviceText(
            **{name: self.cleaned_data[name] for name in AdviceText.__dataclass_fields__}
        )


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
