"""The form of one section of a draft, by its kind."""

from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import normalise_kbo
from accounts.models import User
from calls.models import FormQuestion, QuestionType, SectionKind, Theme
from projects import services
from projects.answers import (
    KINDS,
    NEEDED,
    TABLE,
    TextAnswerField,
    answer_field,
    columns_of,
)
from projects.draft import FIELD_PREFIX, REQUIRED_GENERAL
from projects.fields import GENERAL_FIELDS, PARTNER_FIELDS
from projects.forms.base import Part, SectionForm
from projects.forms.estimate import EstimateForm
from projects.forms.leftovers import older_texts, stored_texts
from projects.forms.tables import RowForm
from projects.models import SectionAnswers

PARTNERS_PREFIX = "partners"


class GeneralForm(SectionForm):
    title = TextAnswerField(label=_("Titel"), limit=150, required=True)
    acronym = TextAnswerField(label=_("Korte naam"), limit=20, required=False)
    summary = TextAnswerField(
        label=_("Publieke samenvatting"),
        help_text=_("Wordt gepubliceerd als uw voorstel geselecteerd is. Schrijf voor iedereen."),
        limit=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    theme = forms.ModelChoiceField(
        label=_("Thema"),
        queryset=Theme.objects.none(),
        required=False,
        empty_label=_("Kies een thema"),
    )
    contact_name = TextAnswerField(label=_("Contactpersoon"), limit=120, required=False)
    contact_email = forms.EmailField(
        label=_("E-mail van de contactpersoon"),
        help_text=_("Dit adres krijgt ook het ontvangstbewijs."),
        max_length=254,
        required=False,
        error_messages={"invalid": _("Schrijf een e-mailadres, bijvoorbeeld naam@stad.be.")},
    )
    contact_phone = TextAnswerField(
        label=_("Telefoon van de contactpersoon"), limit=40, required=False
    )
    signatory_name = TextAnswerField(
        label=_("Verantwoordelijke ondertekenaar"),
        help_text=_("Wie uw organisatie hiervoor mag verbinden, zoals de algemeen directeur."),
        limit=120,
        required=False,
    )
    signatory_function = TextAnswerField(
        label=_("Functie van de ondertekenaar"), limit=120, required=False
    )

    def build(self) -> None:
        cast(forms.ModelChoiceField, self.fields["theme"]).queryset = Theme.objects.order_by("name")
        for name in GENERAL_FIELDS:
            self.initial[name] = getattr(self.proposal, name)
        self.initial["theme"] = self.proposal.theme_id
        for name in set(REQUIRED_GENERAL) - {"title"}:
            self.fields[name].marker = NEEDED  # type: ignore[attr-defined]

    def stored(self, name: str) -> Any:
        return getattr(self.proposal, name)

    def given(self, name: str) -> Any:
        return self.cleaned_data[name]

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        return services.save_general(
            proposal=self.proposal,
            section=self.section,
            values={name: self.value(name) for name in GENERAL_FIELDS},
            version=self.known_version(),
            by=by,
            is_autosave=is_autosave,
        )


class QuestionsForm(SectionForm):
    """A field per question; a table is a formset; a file is kept as soon as it arrives.

    The page holds the questions that apply, or can come to apply through an answer on that same
    page. `asked` names them, so that a save touches only what the person had before him.
    """

    def build(self) -> None:
        posted = set(str(self.data.get("asked", "")).split()) if self.is_bound else set()
        known = self.draft.questions(self.section)
        self.questions = [question for question in known if self._is_asked(question, posted)]
        self.initial["asked"] = " ".join(question.key for question in self.questions)
        if not self.is_bound:
            self.leftovers = stored_texts(self.draft, self.section)
        elif self.is_from_older_form:
            self._take_over_older_form(posted)
        for question in self.questions:
            name = f"{FIELD_PREFIX}{question.key}"
            stored = self.draft.answer(self.section, question)
            if question.type == QuestionType.TABLE:
                self._add_question_table(name, question, stored)
                continue
            self.fields[name] = answer_field(question, self.draft.marker(question))
            self.initial[name] = KINDS[question.type].initial(stored)

    def parts(self) -> list[Part]:
        return [self._part(question) for question in self.questions]

    def is_valid(self) -> bool:
        fine = super().is_valid()
        if self.was_older_form and (self.has_new_leftovers or not fine):
            if not self.has_error(NON_FIELD_ERRORS, "older_form"):
                self.add_error(None, ValidationError(self._older_form_sentence(), "older_form"))
            return False
        return fine

    def uploads(self) -> list[tuple[FormQuestion, str, Any]]:
        """The files that came with this post: question, field name, file."""
        names = [(q, f"{FIELD_PREFIX}{q.key}") for q in self.questions]
        return [
            (question, name, self.files[name])
            for question, name in names
            if question.type == QuestionType.FILE and self.files.get(name)
        ]

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        saved = self.draft.saved(self.section)
        return services.save_answers(
            proposal=self.proposal,
            section=self.section,
            answers={
                **(saved.answers if saved else {}),
                **{
                    question.key: self.value(f"{FIELD_PREFIX}{question.key}")
                    for question in self.questions
                    if question.type != QuestionType.FILE
                },
            },
            version=self.known_version(),
            by=by,
            is_autosave=is_autosave,
        )

    # --- Which questions -------------------------------------------------------------------------

    was_older_form = False
    has_new_leftovers = False

    def _is_asked(self, question: FormQuestion, posted: set[str]) -> bool:
        if not posted:
            return self.draft.may_be_shown(question)
        if question.key in posted:
            return True
        # Not on the page that was sent: a box appears only where it cannot hide a stored answer.
        stored = self.draft.answer(self.section, question)
        is_empty = not KINDS[question.type].is_given(stored)
        return is_empty and self.draft.may_be_shown(question)

    def _take_over_older_form(self, posted: set[str]) -> None:
        """Show the present form with all that was typed, also what no longer has a box."""
        self.was_older_form = True
        found = older_texts(self.draft, self.section, self.data, posted)
        self.has_new_leftovers = bool(found)
        self.leftovers = [*found, *self.leftovers]
        data = cast(Any, self.data).copy()
        data["form_version"] = str(self.draft.form_version)
        data["asked"] = self.initial["asked"]
        self.data = data

    def _older_form_sentence(self) -> str:
        if self.has_new_leftovers:
            return str(
                _(
                    "Het formulier is gewijzigd terwijl u schreef, en er is nog niets opgeslagen."
                    " Bovenaan staat uw tekst die geen vak meer heeft. Kopieer wat u nodig hebt en"
                    " sla dan opnieuw op."
                )
            )
        return str(
            _(
                "Het formulier is gewijzigd terwijl u schreef, en er is nog niets opgeslagen. Kijk"
                " de vakken hieronder na."
            )
        )

    # --- Fields ----------------------------------------------------------------------------------

    def stored(self, name: str) -> Any:
        return self.draft.answer(self.section, self._question(name))

    def given(self, name: str) -> Any:
        question = self._question(name)
        if question.type == QuestionType.TABLE:
            table = self.tables[name]
            if not table.is_bound:
                return self.draft.answer(self.section, question)
            return TABLE.rows_to_json(question, table.rows)
        return KINDS[question.type].to_json(self.cleaned_data[name])

    def _question(self, name: str) -> FormQuestion:
        return next(q for q in self.questions if f"{FIELD_PREFIX}{q.key}" == name)

    def _part(self, question: FormQuestion) -> Part:
        name = f"{FIELD_PREFIX}{question.key}"
        part = Part(question=question)
        if question.type == QuestionType.TABLE:
            part.table = self.tables[name]
        else:
            part.field = self[name]
        if question.type == QuestionType.FILE:
            part.files = self.draft.files_of(question)
        other = question.visible_if
        if other is not None and other.section_id == self.section.pk:
            part.condition = question.condition
            part.depends_on = f"{FIELD_PREFIX}{other.key}"
            part.value = KINDS[other.type].condition_input(question.visible_if_value)
        return part

    def _add_question_table(self, name: str, question: FormQuestion, stored: Any) -> None:
        columns = {column.key: KINDS[column.type].field(column) for column in columns_of(question)}
        self.add_table(
            name,
            type("QuestionRowForm", (RowForm,), columns),
            TABLE.initial_rows(question, stored),
            is_new=self.was_older_form and f"{name}-TOTAL_FORMS" not in self.data,
            title=question.label,
            help_text=question.help_text,
            marker=self.draft.marker(question),
        )


class PartnerForm(RowForm):
    tells = ("name", "kbo", "role", "contribution")
    id = forms.CharField(widget=forms.HiddenInput, required=False)
    name = TextAnswerField(label=_("Organisatie"), limit=200, required=False)
    kbo = forms.CharField(
        label=_("Ondernemingsnummer"),
        max_length=20,
        required=False,
        help_text=_("Tien cijfers, met of zonder punten."),
    )
    role = TextAnswerField(label=_("Rol in het project"), limit=200, required=False)
    contribution = TextAnswerField(
        label=_("Bijdrage"), limit=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    has_letter_of_intent = forms.BooleanField(
        label=_("Ik voeg een intentieverklaring toe bij de bijlagen"), required=False
    )

    def clean_id(self) -> int | None:
        """The row that this one continues; what is no number is a new row."""
        typed = self.cleaned_data["id"]
        return int(typed) if typed.isdecimal() and len(typed) < 19 else None

    def clean_kbo(self) -> str:
        return normalise_kbo(self.cleaned_data["kbo"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        written = [values.get(name) for name in ("kbo", "role", "contribution")]
        if any(written) and not values.get("name") and "name" not in self.errors:
            self.add_error("name", _("Schrijf de naam van de partner, of maak de rij leeg."))
        return values


class PartnersForm(SectionForm):
    def build(self) -> None:
        rows = self.stored(PARTNERS_PREFIX)
        self.add_table(PARTNERS_PREFIX, PartnerForm, rows, title=_("Partners"))

    def stored(self, name: str) -> Any:
        return [
            {field: getattr(partner, field) for field in PARTNER_FIELDS} | {"id": partner.pk}
            for partner in self.proposal.partners.all()
        ]

    def given(self, name: str) -> Any:
        return [{f: row[f] for f in (*PARTNER_FIELDS, "id")} for row in self.tables[name].rows]

    def sign_of(self, name: str, value: Any) -> str:
        """Whether a partner has a number already says nothing about the text."""
        return super().sign_of(name, [{f: row[f] for f in PARTNER_FIELDS} for row in value])

    def numbers_of_rows(self) -> dict[str, str]:
        if PARTNERS_PREFIX in self.left:
            return {}
        rows = [row for row in self.tables[PARTNERS_PREFIX].kept if not row.is_blank]
        numbers = self.proposal.partners.order_by("position").values_list("pk", flat=True)
        return {row.add_prefix("id"): str(pk) for row, pk in zip(rows, numbers, strict=False)}

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        return services.save_partners(
            proposal=self.proposal,
            section=self.section,
            rows=self.value(PARTNERS_PREFIX),
            version=self.known_version(),
            by=by,
            is_autosave=is_autosave,
        )


SECTION_FORMS: dict[str, type[SectionForm]] = {
    SectionKind.GENERAL: GeneralForm,
    SectionKind.QUESTIONS: QuestionsForm,
    SectionKind.PARTNERS: PartnersForm,
    SectionKind.BUDGET: EstimateForm,
}
