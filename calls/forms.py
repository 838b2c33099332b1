"""What staff type when they set up a call."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from calls.columns import columns_as_text, key_for, parse_columns
from calls.conditions import ordered, possible_values
from calls.definition import Holder, keys_taken, sections_of
from calls.models import (
    ChecklistItem,
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
from common.forms import DayField, MomentField, PortalForm, PortalModelForm
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


class WholeCriterionForm(CriterionForm):
    """A criterion with the parts of the form by which it is judged: whole sections or questions."""

    about = forms.MultipleChoiceField(
        label=_("Waarover gaat dit criterium?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Wie beoordeelt, springt van het criterium naar deze antwoorden. Kiest u niets, dan"
            " leest hij het hele voorstel."
        ),
    )

    class Meta(CriterionForm.Meta):
        fields = [*CriterionForm.Meta.fields, "about"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["about"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (
                f"{section.code}. {section.title}",
                [
                    (section.code, _("Het hele deel %(code)s") % {"code": section.code}),
                    *((f"{section.code}.{q.key}", q.label) for q in section.questions.all()),
                ],
            )
            for section in sections_of(self.instance.call)
        ]
        # What the form no longer asks is forgotten with the next save.
        known = {code for _group, options in field.choices for code, _label in options}
        self.initial["about"] = [code for code in self.instance.about if code in known]


class ChecklistItemForm(PortalModelForm):
    class Meta:
        model = ChecklistItem
        fields = ["label", "guidance"]
        labels = {"label": _("Wat is in orde?"), "guidance": _("Toelichting")}
        help_texts = {
            "label": _(
                "Een zin die waar is als alles in orde is: wie nakijkt, antwoordt ja of nee."
            ),
            "guidance": _("Hoe kijkt men dit na, en waar komt het vandaan?"),
        }
        widgets = {"guidance": forms.Textarea(attrs={"rows": 4, "data-maxlength": 2000})}


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.origin_id is not None:
            _fix(self, "code", _("Blijft: er wordt naar verwezen."))
            _fix(self, "kind", _("Blijft: er zijn misschien al antwoorden op."))


class QuestionForm(PortalModelForm):
    """Choices and columns are typed one a line; the key follows from the label and stays.

    The condition is one list: each answer of each earlier question, as "number:answer".
    """

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
    visible_if = forms.CharField(
        label=_("Alleen tonen als"),
        required=False,
        widget=forms.Select(),
        help_text=_(
            "Een antwoord op een vraag die eerder in het formulier staat: een lijst, een"
            " ja/nee-vraag of een verklaring."
        ),
    )
    field_order = [
        "section",
        "label",
        "help_text",
        "type",
        "required_from",
        "visible_if",
        "max_length",
        "choices",
        "columns",
    ]

    class Meta:
        model = FormQuestion
        fields = ["section", "label", "help_text", "type", "required_from", "max_length"]
        widgets = {"help_text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, holder: Holder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["section"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = holder.sections.filter(kind=SectionKind.QUESTIONS).order_by(
            "position", "pk"
        )
        self.initial["choices"] = "\n".join(self.instance.choices)
        self.initial["columns"] = columns_as_text(self.instance.columns)
        if self.instance.visible_if_id:
            self.initial["visible_if"] = (
                f"{self.instance.visible_if_id}:{self.instance.visible_if_value}"
            )
        if self.instance.origin_id is not None:
            _fix(self, "section", _("Blijft: daar staan de antwoorden."))
            _fix(self, "type", _("Blijft: er zijn misschien al antwoorden op."))
        self._questions = ordered(sections_of(holder))
        self.fields["visible_if"].widget.choices = self._conditions()

    def clean_choices(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["choices"].splitlines())
        choices = list(filter(None, lines))
        if len(set(choices)) != len(choices):
            raise ValidationError(_g("Elke keuze staat maar één keer in de lijst."))
        return choices

    def clean_columns(self) -> list[dict[str, Any]]:
        return parse_columns(self.cleaned_data["columns"], self.instance.columns)

    def clean_visible_if(self) -> tuple[FormQuestion | None, str]:
        number, _colon, value = self.cleaned_data["visible_if"].partition(":")
        if not number:
            return None, ""
        for question in self._questions:
            if str(question.pk) == number:
                return question, value
        raise ValidationError(_g("Kies een vraag uit dit formulier."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.choices = cleaned.get("choices", [])
        self.instance.columns = cleaned.get("columns", [])
        if "visible_if" in cleaned:
            self.instance.visible_if, self.instance.visible_if_value = cleaned["visible_if"]
        section, label = cleaned.get("section"), cleaned.get("label")
        if section and label and not self.instance.key:
            self.instance.key = key_for(label, keys_taken(section))
        return cleaned

    def _conditions(self) -> list[tuple[str, Any]]:
        """Every answer of the questions before this one, in groups; and what is chosen now."""
        chosen = str(self["visible_if"].value() or "")
        options: list[tuple[str, Any]] = [("", _("Altijd tonen"))]
        for question in self._before():
            answers = [
                (
                    f"{question.pk}:{value}",
                    _("“%(label)s” is “%(value)s”") % {"label": question.label, "value": words},
                )
                for value, words in possible_values(question)
            ]
            if answers:
                options.append((question.label, answers))
        known = {value for _label, group in options[1:] for value, _words in group}
        if chosen and chosen not in known:
            options.append((chosen, _("De huidige voorwaarde: die kan niet meer")))
        return options

    def _before(self) -> list[FormQuestion]:
        """The questions before this one, where it stands or is about to stand."""
        home = str(self["section"].value() or "")
        sections = [str(question.section_id) for question in self._questions]
        own = [question.pk for question in self._questions]
        if self.instance.pk in own and sections[own.index(self.instance.pk)] == home:
            return self._questions[: own.index(self.instance.pk)]
        if home in sections:
            end = len(sections) - sections[::-1].index(home)
            return [q for q in self._questions[:end] if q.pk != self.instance.pk]
        return [q for q in self._questions if q.pk != self.instance.pk]


class FormChangeForm(PortalForm):
    reason = forms.CharField(
        label=_("Reden van de wijziging"),
        help_text=_("Iedereen die aan een ontwerp werkt, leest dit in de mail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "data-maxlength": 2000}),
        error_messages={"required": _("Schrijf waarom u het formulier wijzigt.")},
    )


def _fix(form: "forms.ModelForm[Any]", name: str, why: Any) -> None:
    """A field that a change of the form may not alter."""
    form.fields[name].disabled = True
    form.fields[name].help_text = why
