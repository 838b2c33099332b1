"""The checklist of a submitted version, and what the applicant is asked to correct."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.models import ChecklistItem
from common.forms import DayField, PortalForm
from evaluations.models import CorrectionKind
from evaluations.services.completeness import MAX_CORRECTIONS, Correction, PointAnswer
from projects.answers import TextAnswerField
from projects.forms.tables import AllErrors, RowForm, RowFormSet
from projects.frozen import Content

CORRECTIONS = "aanpassing"
LONGEST_REASON = 2000
WHOLE_FILE = ""


def _is_yes(value: str) -> bool:
    return value == "yes"


def targets(content: Content) -> list[tuple[str, Any]]:
    """What a correction may be about: the proposal, a section ("D") or a question ("D.key")."""
    choices: list[tuple[str, Any]] = [(WHOLE_FILE, _("Het hele voorstel"))]
    for section in content.get("sections", []):
        code = section["code"]
        choices.append(
            (
                f"{code}. {section['title']}",
                [
                    (code, _("Het hele deel %(code)s") % {"code": code}),
                    *((f"{code}.{item['key']}", item["label"]) for item in section["items"]),
                ],
            )
        )
    return choices


class CorrectionForm(RowForm):
    """One thing to correct; a row without text does not count."""

    tells = ("what",)
    target = forms.ChoiceField(label=_("Waarover gaat het?"), required=False)
    kind = forms.ChoiceField(
        label=_("Wat is er?"), choices=CorrectionKind.choices, initial=CorrectionKind.MISSING
    )
    what = TextAnswerField(
        label=_("Wat moet er veranderen?"),
        required=False,
        limit=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["target"]).choices = choices

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("target") and not values.get("what") and "what" not in self.errors:
            self.add_error("what", _("Schrijf wat de aanvrager hier moet aanpassen."))
        return values

    @property
    def correction(self) -> Correction:
        code, _dot, key = self.cleaned_data["target"].partition(".")
        return Correction(
            what=self.cleaned_data["what"],
            kind=self.cleaned_data["kind"],
            section_code=code,
            key=key,
        )


class CompletenessForm(PortalForm):
    """Yes or no per point, the corrections, until when, and complete or not."""

    use_required_attribute = False
    is_complete = forms.TypedChoiceField(
        label=_("Is het voorstel volledig?"),
        choices=[("yes", _("Ja, volledig")), ("no", _("Nee, de aanvrager moet iets aanpassen"))],
        coerce=_is_yes,
        widget=forms.RadioSelect,
        error_messages={"required": _("Zeg of het voorstel volledig is.")},
    )
    correct_until = DayField(
        label=_("Aanvullen kan tot en met"),
        required=False,
        help_text=_("Tot 24.00 uur. Een latere dag dan de oproep belooft, mag; een vroegere niet."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        points: Sequence[ChecklistItem],
        content: Content,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.points = points
        for point in points:
            self.fields[f"point_{point.pk}"] = forms.TypedChoiceField(
                label=point.label,
                help_text=point.guidance,
                choices=[("yes", _("Ja, in orde")), ("no", _("Nee"))],
                coerce=_is_yes,
                widget=forms.RadioSelect,
                error_messages={"required": _("Antwoord ja of nee.")},
            )
            self.fields[f"reason_{point.pk}"] = TextAnswerField(
                label=_("Reden"),
                required=False,
                limit=LONGEST_REASON,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"reason_{point.pk}"].marker = _("verplicht bij “nee”")  # type: ignore[attr-defined]
        factory = forms.formset_factory(
            CorrectionForm,
            formset=RowFormSet,
            extra=1,
            can_delete=True,
            max_num=MAX_CORRECTIONS,
            absolute_max=MAX_CORRECTIONS + 20,
            validate_max=True,
        )
        self.corrections = cast(
            RowFormSet,
            factory(
                data,
                prefix=CORRECTIONS,
                form_kwargs={"use_required_attribute": False, "choices": targets(content)},
                error_messages={
                    "missing_management_form": str(
                        _("De aanpassingen kwamen niet goed aan. Herlaad de pagina.")
                    ),
                    "too_many_forms": str(
                        _("Vraag hoogstens %(n)d aanpassingen.") % {"n": MAX_CORRECTIONS}
                    ),
                },
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.corrections.is_valid():
            self.add_error(None, _("Kijk de gevraagde aanpassingen na."))
        return cleaned

    def rows(self) -> list[dict[str, Any]]:
        """Each point with its two fields, for the page."""
        return [
            {
                "point": point,
                "answer": self[f"point_{point.pk}"],
                "reason": self[f"reason_{point.pk}"],
            }
            for point in self.points
        ]

    @property
    def everything(self) -> AllErrors:
        return AllErrors(self, [self.corrections])

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "is_complete": self.cleaned_data["is_complete"],
            "answers": {
                point.pk: PointAnswer(
                    self.cleaned_data[f"point_{point.pk}"],
                    self.cleaned_data[f"reason_{point.pk}"],
                )
                for point in self.points
            },
            "corrections": [row.correction for row in self.corrections.kept if not row.is_blank],
            "correct_until": self.cleaned_data.get("correct_until"),
        }

    def show_without_judging(self) -> None:
        """Show what was typed, unchecked: the person only asked for another row."""
        for form in [self, *self.corrections.forms]:
            form._errors = forms.utils.ErrorDict()
            form.cleaned_data = {}
        self.corrections.forget_errors()
