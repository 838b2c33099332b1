"""What staff type in the guide of the set-up; the parts of a call stand in calls.forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType
from accounts.roles import StaffRole
from calls.forms import CriterionForm, closing_moment_field, last_day_field, typed_closing
from calls.models import Call, CallDocument, ConsensusRule, Criterion
from common.forms import PortalForm, PortalModelForm, PortalModelFormSet
from common.views import add_errors
from documents.upload_fields import UploadField


class NewCallForm(PortalForm):
    reference = forms.CharField(
        label=_("Kenmerk"),
        max_length=30,
        help_text=_("Bijvoorbeeld PIO-2027-1. Het komt in elk dossiernummer en blijft vast."),
    )
    title = forms.CharField(label=_("Titel"), max_length=150)
    copy_of = forms.ModelChoiceField(
        Call.objects.none(),
        label=_("Vertrekken van"),
        required=False,
        empty_label=_("Het standaardsjabloon"),
        help_text=_(
            "Van een eerdere oproep komen de teksten, het formulier, de criteria, de regels, de"
            " zelftest, de herinneringen en de documenten mee. De rondes en mijlpalen niet: die"
            " hebben andere data."
        ),
    )

    def __init__(self, *args: Any, calls: "QuerySet[Call]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["copy_of"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = calls


class CallTextsForm(PortalModelForm):
    """The service validates the model; the form reads what was typed."""

    class Meta:
        model = Call
        fields = ("title", "summary", "description", "title_en", "summary_en", "effort_hours")
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 5, "data-maxlength": 1000}),
            "summary_en": forms.Textarea(attrs={"rows": 5, "data-maxlength": 1000, "lang": "en"}),
            "title_en": forms.TextInput(attrs={"lang": "en"}),
            "description": forms.Textarea(attrs={"rows": 8}),
        }


class ApplicantsForm(PortalModelForm):
    """Who may apply: in words, and by kind of organisation."""

    eligible_types = forms.MultipleChoiceField(
        label=_("Soorten organisaties"),
        choices=OrganisationType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Kiest u niets, dan kan elke soort indienen."),
    )

    class Meta:
        model = Call
        fields = ("eligibility", "eligible_types")
        widgets = {"eligibility": forms.Textarea(attrs={"rows": 12})}


class ContactForm(PortalModelForm):
    class Meta:
        model = Call
        fields = ("contact_email",)


class AssessmentForm(PortalModelForm):
    """How files are checked, scored and decided."""

    class Meta:
        model = Call
        fields = (
            "correction_days",
            "reader_count",
            "score_step",
            "motivation_length",
            "motivation_length_below",
            "overall_threshold",
            "consensus_rule",
            "divergence_limit",
            "decision_role",
        )
        localized_fields = ["overall_threshold", "divergence_limit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["overall_threshold"].widget.input_suffix = "%"
        self.fields["correction_days"].widget.input_suffix = _("dagen")
        for name in ("motivation_length", "motivation_length_below"):
            self.fields[name].widget.input_suffix = _("tekens")
        self.fields["decision_role"].widget.choices = [
            (role, label) for role, label in StaffRole.choices if role != StaffRole.ADVISER
        ]

    def clean(self) -> dict[str, Any]:
        """Readers can only agree when there are two; a text has room for the shortest one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rule, readers = cleaned.get("consensus_rule"), cleaned.get("reader_count")
        if readers == 1 and rule and rule != ConsensusRule.NONE:
            self.add_error("consensus_rule", _("Voor consensus zijn minstens twee lezers nodig."))
        return cleaned


class VatForm(PortalModelForm):
    class Meta:
        model = Call
        fields = ("vat_is_eligible",)


class ExplanationForm(PortalForm):
    explanation = forms.CharField(
        label=_("Waarom is dit bij deze oproep niet nodig?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "data-maxlength": 1000}),
        help_text=_("Collega's lezen dit in de opmaak en in de geschiedenis van de oproep."),
        error_messages={"required": _("Schrijf waarom dit niet nodig is.")},
    )


class DocumentTitleForm(PortalModelForm):
    class Meta:
        model = CallDocument
        fields = ("title",)
        help_texts = {"title": _("Zo staat het document op de pagina van de oproep.")}


class DocumentForm(DocumentTitleForm):
    file = UploadField(
        label=_("Bestand"),
        help_text=_("PDF, DOCX, XLSX, ODT, PNG of JPG, hoogstens 20 MB."),
    )
    field_order = ["title", "file"]


CriteriaFormSet = forms.modelformset_factory(
    Criterion, form=CriterionForm, formset=PortalModelFormSet, extra=0
)
"""All criteria of a call on one page, what applicants and evaluators read side by side."""


class MoveClosingForm(PortalForm):
    """Another closing for a round of a published call, and why."""

    last_day = last_day_field()
    closes_at = closing_moment_field()
    reason = forms.CharField(
        label=_("Reden"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "data-maxlength": 1000}),
        help_text=_("Iedereen leest deze reden: op de pagina van de oproep en in de mail."),
        error_messages={"required": _("Schrijf waarom de sluiting verandert.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.closing = typed_closing(self, cleaned)
        return cleaned

    def add_refusal(self, refusal: ValidationError) -> None:
        """Put what the service refused beside the field that was typed in."""
        errors = dict(refusal.error_dict) if hasattr(refusal, "error_dict") else {}
        if self.cleaned_data.get("last_day") and "closes_at" in errors:
            errors["last_day"] = errors.pop("closes_at")
        add_errors(self, ValidationError(errors) if errors else refusal)
