"""What staff type when they set up a call."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from calls.columns import columns_as_text, key_for, parse_columns
from calls.models import (
    Call,
    CofinancingRule,
    Criterion,
    FormQuestion,
    FormSection,
    Milestone,
    ReminderMoment,
    SectionKind,
    SelfTestQuestion,
    SubmissionRound,
)
from common.formatting import is_midnight
from common.forms import DayField, MomentField, PortalModelForm
from common.moments import end_of_day, last_day_before

MAX_GRACE_MINUTES = 24 * 60
"""More than a day is another closing date, not a grace."""


def last_day_field() -> DayField:
    """The closing of a round as people say it: "uiterlijk 14 juni, 24.00 uur"."""
    return DayField(
        label=_("Laatste dag om in te dienen"),
        required=False,
        help_text=_("Indienen kan dan tot die dag om 24.00 uur, Belgische tijd."),
    )


def closing_moment_field() -> MomentField:
    return MomentField(
        label=_("Of: sluit op een uur"),
        required=False,
        help_text=_("Alleen als de ronde niet om 24.00 uur sluit. Belgische tijd."),
    )


def typed_closing(form: forms.BaseForm, cleaned: dict[str, Any]) -> datetime | None:
    """The one closing that was typed, as an exclusive instant; None after telling what is wrong."""
    day, moment = cleaned.get("last_day"), cleaned.get("closes_at")
    if day and moment:
        form.add_error("closes_at", _("Kies een laatste dag of een uur, niet allebei."))
        return None
    if not (day or moment):
        if not {"last_day", "closes_at"} & set(form.errors):
            form.add_error("last_day", _("Zeg wanneer de ronde sluit."))
        return None
    return end_of_day(day) if day else moment


class RoundForm(PortalModelForm):
    """Closing is typed as a last day or as a moment."""

    opens_at = MomentField(label=_("Opent op"), help_text=_("Belgische tijd."))
    last_day = last_day_field()
    closes_at = closing_moment_field()
    grace_minutes = forms.IntegerField(
        label=_("Uitloop na de sluiting"),
        min_value=0,
        max_value=MAX_GRACE_MINUTES,
        initial=0,
        required=False,
        help_text=_(
            "Wat binnen de uitloop aankomt, telt nog mee. Zo verliest niemand door een trage"
            " verbinding. 0 of leeg: geen uitloop."
        ),
    )

    class Meta:
        model = SubmissionRound
        fields = ["opens_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grace_minutes"].widget.input_suffix = _("minuten")
        self.initial["grace_minutes"] = self.instance.grace_minutes
        closing = self.instance.closes_at
        if closing is not None and is_midnight(closing):
            self.initial["last_day"] = last_day_before(closing)
        elif closing is not None:
            self.initial["closes_at"] = closing

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        closing = typed_closing(self, cleaned)
        if closing is not None:
            self.instance.closes_at = closing
        self.instance.grace_minutes = cleaned.get("grace_minutes") or 0
        return cleaned

    def _post_clean(self) -> None:
        """Leave the model's own check to the service, which has the closing moment too."""
        if "opens_at" in self.cleaned_data:
            self.instance.opens_at = self.cleaned_data["opens_at"]


class ReminderMomentForm(PortalModelForm):
    class Meta:
        model = ReminderMoment
        fields = ["days", "hours"]
        help_texts = {
            "hours": _("Samen met de dagen: 1 dag en 3 uur is 27 uur voor de sluiting."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, highest in (("days", 365), ("hours", 72)):
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
                min_value=0,
                max_value=highest,
                initial=0,
            )


class MilestoneForm(PortalModelForm):
    at = MomentField(label=_("Tijdstip"))

    class Meta:
        model = Milestone
        fields = ["label", "at", "is_public"]


class CriterionForm(PortalModelForm):
    class Meta:
        model = Criterion
        fields = ["title", "guidance_applicant", "guidance_evaluator", "weight", "threshold"]
        localized_fields = ["weight", "threshold"]
        widgets = {
            "guidance_applicant": forms.Textarea(attrs={"rows": 5}),
            "guidance_evaluator": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("weight", "threshold"):
            self.fields[name].widget.input_suffix = "%"


class RuleForm(PortalModelForm):
    percentage = forms.DecimalField(
        label=_("Aandeel"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
    )
    field_order = ["phase", "percentage"]

    class Meta:
        model = CofinancingRule
        fields = ["phase", "ceiling", "floor", "ceiling_is_indicative", "legal_basis"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percentage"].widget.input_suffix = "%"
        if self.instance.rate is not None:
            self.initial["percentage"] = self.instance.rate * 100

    def clean_percentage(self) -> Decimal:
        percentage: Decimal = self.cleaned_data["percentage"]
        self.instance.rate = percentage / 100
        return percentage


class SelfTestQuestionForm(PortalModelForm):
    good_answer = forms.TypedChoiceField(
        label=_("Goed antwoord"),
        choices=[("True", _("Ja")), ("False", _("Nee"))],
        coerce=lambda value: value == "True",
    )

    class Meta:
        model = SelfTestQuestion
        fields = ["question", "help_text", "good_answer", "weight", "reason"]
        widgets = {
            "help_text": forms.Textarea(attrs={"rows": 3}),
            "reason": forms.Textarea(attrs={"rows": 4}),
        }


class SectionForm(PortalModelForm):
    class Meta:
        model = FormSection
        fields = ["code", "title", "intro", "kind"]
        widgets = {"intro": forms.Textarea(attrs={"rows": 4})}


class QuestionForm(PortalModelForm):
    """Choices and columns are typed one a line; the key follows from the label and stays."""

    choices = forms.CharField(
        label=_("Keuzes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Alleen voor een keuze uit een lijst. Eén keuze per lijn."),
    )
    columns = forms.CharField(
        label=_("Kolommen"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Alleen voor een tabel. Eén kolom per lijn: “Risico”, “Datum | datum”,"
            " “Prijs | bedrag”, “Aantal | getal” of “Kans | keuze: Laag, Hoog”."
        ),
    )
    field_order = [
        "section",
        "label",
        "help_text",
        "type",
        "required_from",
        "max_length",
        "choices",
        "columns",
    ]

    class Meta:
        model = FormQuestion
        fields = ["section", "label", "help_text", "type", "required_from", "max_length"]
        widgets = {"help_text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = call.sections.filter(kind=SectionKind.QUESTIONS).order_by("position", "pk")
        field = self.fields["section"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sections
        self.initial["choices"] = "\n".join(self.instance.choices)
        self.initial["columns"] = columns_as_text(self.instance.columns)

    def clean_choices(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["choices"].splitlines())
        choices = list(filter(None, lines))
        if len(set(choices)) != len(choices):
            raise ValidationError(_g("Elke keuze staat maar één keer in de lijst."))
        return choices

    def clean_columns(self) -> list[dict[str, Any]]:
        return parse_columns(self.cleaned_data["columns"], self.instance.columns)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.choices = cleaned.get("choices", [])
        self.instance.columns = cleaned.get("columns", [])
        section, label = cleaned.get("section"), cleaned.get("label")
        if section and label and not self.instance.key:
            taken = set(section.questions.values_list("key", flat=True))
            self.instance.key = key_for(label, taken)
        return cleaned
