"""The form of one section of a draft, whatever its kind.

Each `SectionForm` is a form plus its tables (formsets), reads the hidden `version`, and knows which
service saves it. Nothing is required here: what is missing is said on the check page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import normalise_kbo
from accounts.models import User
from calls.models import CostPhase, FormQuestion, FormSection, QuestionType, SectionKind, Theme
from common.forms import PortalForm
from common.money import ZERO
from projects import services
from projects.answers import (
    KINDS,
    MAX_ROWS,
    NEEDED,
    NO,
    TABLE,
    YES,
    TextAnswerField,
    amount_field,
    answer_field,
    columns_of,
)
from projects.draft import ESTIMATE_PREFIX, FIELD_PREFIX, REQUIRED_GENERAL, Draft
from projects.estimate import Estimate, calculate
from projects.models import CostLine, SectionAnswers
from projects.services.drafting import GENERAL_FIELDS, LINE_FIELDS, PARTNER_FIELDS

PARTNERS_PREFIX = "partners"


class RowForm(PortalForm):
    """A row of a table. A row in which nothing is written does not count."""

    use_required_attribute = False
    tells: Sequence[str] = ()
    """The cells that make it a row; a tick or a preset choice alone does not."""

    @property
    def is_blank(self) -> bool:
        written = (self.cleaned_data.get(name) for name in self.tells or self.fields)
        return all(value in (None, "", False) for value in written)


class RowFormSet(forms.BaseFormSet):
    """Rows that can be added and removed, by script or by a plain post."""

    deletion_widget = forms.HiddenInput
    title: str = ""
    help_text: str = ""
    needed = False

    @property
    def anchor(self) -> str:
        return f"tabel-{(self.prefix or '').removeprefix(FIELD_PREFIX)}"

    def forget_errors(self) -> None:
        """Show the rows unchecked."""
        self._errors: list[Any] = []
        self._non_form_errors = self.error_class()

    @property
    def kept(self) -> list[Any]:
        gone = forms.formsets.DELETION_FIELD_NAME
        return [form for form in self.forms if not getattr(form, "cleaned_data", {}).get(gone)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The cleaned rows that say something, in order."""
        return [form.cleaned_data for form in self.kept if not form.is_blank]


class AllErrors:
    """A form with its tables as one source for `{% error_summary %}`."""

    management_form = None

    def __init__(self, form: Any, tables: Sequence[RowFormSet]) -> None:
        self.forms = [form, *(row for table in tables for row in table.kept)]
        self._tables = tables

    def non_form_errors(self) -> list[str]:
        return [str(text) for table in self._tables for text in table.non_form_errors()]


@dataclass
class Part:
    """What the template shows in order: a field, a table, or the files of a question."""

    field: Any = None
    table: Any = None
    files: Any = None
    question: FormQuestion | None = None


class SectionForm(PortalForm):
    """Base: the optimistic lock, the tables, and posts that add or remove a row."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        draft: Draft,
        section: FormSection,
    ) -> None:
        self.draft, self.section, self.proposal = draft, section, draft.proposal
        self.tables: dict[str, RowFormSet] = {}
        super().__init__(data, files)
        self.initial["version"] = draft.version(section)
        self.build()

    def build(self) -> None:
        """Add fields and tables."""

    def parts(self) -> list[Part]:
        """The visible parts, in order."""
        fields = [Part(field=field) for field in self.visible_fields()]
        return [*(Part(table=table) for table in self.tables.values()), *fields]

    def save(self, by: User) -> SectionAnswers:
        """Hand the cleaned values to the service of this kind of section."""
        raise NotImplementedError

    @property
    def everything(self) -> AllErrors:
        return AllErrors(self, list(self.tables.values()))

    def is_valid(self) -> bool:
        own = super().is_valid()
        return all([own, *(table.is_valid() for table in self.tables.values())])

    def known_version(self) -> int:
        return self.cleaned_data.get("version") or 0

    def show_without_judging(self) -> None:
        """Show what was typed, unchecked: the person only asked for another row."""
        for form in [self, *(row for table in self.tables.values() for row in table.forms)]:
            form._errors = ErrorDict()
            form.cleaned_data = {}
        for table in self.tables.values():
            table.forget_errors()

    def restart_from(self, version: int) -> None:
        """The next press saves over `version`: the person has now seen that text."""
        data = cast(Any, self.data).copy()
        data["version"] = str(version)
        self.data = data

    def add_table(
        self, prefix: str, row: type[RowForm], initial: list[dict[str, Any]], **attributes: Any
    ) -> None:
        factory = forms.formset_factory(
            row,
            formset=RowFormSet,
            extra=0 if initial else 1,
            can_delete=True,
            max_num=MAX_ROWS,
            absolute_max=MAX_ROWS + 50,
            validate_max=True,
        )
        table = factory(
            self.data if self.is_bound else None,
            prefix=prefix,
            initial=None if self.is_bound else initial,
            form_kwargs={"use_required_attribute": False},
            error_messages={
                "missing_management_form": str(
                    _("De tabel kwam niet goed aan. Herlaad de pagina.")
                ),
                "too_many_forms": str(
                    _("Een tabel heeft hoogstens %(n)d rijen.") % {"n": MAX_ROWS}
                ),
            },
        )
        for name, value in attributes.items():
            setattr(table, name, value)
        self.tables[prefix] = cast(RowFormSet, table)


def with_row_changed(data: Any) -> Any | None:
    """The posted data after "Rij toevoegen" or "Verwijderen" without script; None for a real save.

    `add` names the table; `remove` names the row ("raming-2").
    """
    changed = data.copy()
    if prefix := data.get("add"):
        total = str(data.get(f"{prefix}-TOTAL_FORMS", ""))
        if not total.isdigit():
            return None
        changed[f"{prefix}-TOTAL_FORMS"] = str(min(int(total) + 1, MAX_ROWS))
        return changed
    if row := data.get("remove"):
        changed[f"{row}-DELETE"] = "on"
        return changed
    return None


# --- Title, summary and contact ------------------------------------------------------------------


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

    def save(self, by: User) -> SectionAnswers:
        return services.save_general(
            proposal=self.proposal,
            section=self.section,
            values={name: self.cleaned_data[name] for name in GENERAL_FIELDS},
            version=self.known_version(),
            by=by,
        )


# --- Questions -----------------------------------------------------------------------------------


class QuestionsForm(SectionForm):
    """A field per question; a table is a formset; a file is kept as soon as it arrives."""

    def build(self) -> None:
        self.questions = self.draft.questions(self.section)
        for question in self.questions:
            name = f"{FIELD_PREFIX}{question.key}"
            stored = self.draft.answer(self.section, question)
            if question.type == QuestionType.TABLE:
                self._add_question_table(name, question, stored)
                continue
            self.fields[name] = answer_field(question)
            self.initial[name] = KINDS[question.type].initial(stored)

    def parts(self) -> list[Part]:
        return [self._part(question) for question in self.questions]

    def uploads(self) -> list[tuple[FormQuestion, str, Any]]:
        """The files that came with this post: question, field name, file."""
        names = [(q, f"{FIELD_PREFIX}{q.key}") for q in self.questions]
        return [
            (question, name, self.files[name])
            for question, name in names
            if question.type == QuestionType.FILE and self.files.get(name)
        ]

    def save(self, by: User) -> SectionAnswers:
        return services.save_answers(
            proposal=self.proposal,
            section=self.section,
            answers={
                question.key: self._to_json(question)
                for question in self.questions
                if question.type != QuestionType.FILE
            },
            version=self.known_version(),
            by=by,
        )

    def _to_json(self, question: FormQuestion) -> Any:
        name = f"{FIELD_PREFIX}{question.key}"
        if question.type == QuestionType.TABLE:
            return TABLE.rows_to_json(question, self.tables[name].rows)
        return KINDS[question.type].to_json(self.cleaned_data[name])

    def _part(self, question: FormQuestion) -> Part:
        name = f"{FIELD_PREFIX}{question.key}"
        if question.type == QuestionType.TABLE:
            return Part(table=self.tables[name], question=question)
        files = self.draft.files_of(question) if question.type == QuestionType.FILE else None
        return Part(field=self[name], files=files, question=question)

    def _add_question_table(self, name: str, question: FormQuestion, stored: Any) -> None:
        columns = {column.key: KINDS[column.type].field(column) for column in columns_of(question)}
        self.add_table(
            name,
            type("QuestionRowForm", (RowForm,), columns),
            TABLE.initial_rows(question, stored),
            title=question.label,
            help_text=question.help_text,
            needed=question.is_required,
        )


# --- Partners ------------------------------------------------------------------------------------


class PartnerForm(RowForm):
    tells = ("name", "kbo", "role", "contribution")
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
        rows = [
            {name: getattr(partner, name) for name in PARTNER_FIELDS}
            for partner in self.proposal.partners.all()
        ]
        self.add_table(PARTNERS_PREFIX, PartnerForm, rows, title=_("Partners"))

    def save(self, by: User) -> SectionAnswers:
        return services.save_partners(
            proposal=self.proposal,
            section=self.section,
            rows=self.tables[PARTNERS_PREFIX].rows,
            version=self.known_version(),
            by=by,
        )


# --- Estimate ------------------------------------------------------------------------------------


class CostLineForm(RowForm):
    tells = ("description", "amount")
    first_phase: str = CostPhase.PREPARATION
    phase = forms.ChoiceField(label=_("Fase"), choices=CostPhase.choices, required=False)
    description = TextAnswerField(label=_("Omschrijving"), limit=200, required=False)
    amount = amount_field(label=_("Bedrag exclusief btw"))
    vat_rate = forms.ChoiceField(
        label=_("Btw-tarief"),
        choices=CostLine.VatRate.choices,
        initial=CostLine.VatRate.STANDARD,
        required=False,
    )
    vat_recoverable = forms.BooleanField(label=_("De btw is terugvorderbaar"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        has_text, amount = bool(values.get("description")), values.get("amount")
        if has_text and amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Schrijf een bedrag, of maak de omschrijving leeg."))
        if amount is not None and not has_text and "description" not in self.errors:
            self.add_error("description", _("Schrijf waarvoor dit bedrag dient."))
        values["phase"] = values.get("phase") or self.first_phase
        values["vat_rate"] = values.get("vat_rate") or CostLine.VatRate.STANDARD
        return values


class EstimateForm(SectionForm):
    other_subsidies = amount_field(
        label=_("Andere subsidies voor hetzelfde project"),
        help_text=_("Gevraagd of gekregen. Geen? Laat 0,00 staan."),
    )
    own_budget_secured = forms.ChoiceField(
        label=_("Ligt uw eigen budget vast?"),
        choices=[(YES, _("Ja")), (NO, _("Nee, nog niet"))],
        widget=forms.RadioSelect,
        required=False,
    )
    ceiling_reason = TextAnswerField(
        label=_("Waarom vraagt u meer dan het richtbedrag?"),
        help_text=_(
            "Alleen nodig als de berekening zegt dat u boven het richtbedrag komt. Zonder reden "
            "vraagt u het richtbedrag."
        ),
        limit=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def build(self) -> None:
        self.fields["own_budget_secured"].marker = NEEDED  # type: ignore[attr-defined]
        self.initial.update(
            other_subsidies=self.proposal.other_subsidies,
            own_budget_secured=KINDS[QuestionType.YES_NO].initial(self.proposal.own_budget_secured),
            ceiling_reason=self.proposal.ceiling_reason,
        )
        rows = [
            {name: getattr(line, name) for name in LINE_FIELDS}
            for line in self.proposal.cost_lines.all()
        ]
        phases = self._phases_of_the_call()
        phase = forms.ChoiceField(label=_("Fase"), choices=phases, required=False)
        attributes = {"phase": phase, "first_phase": phases[0][0]}
        row = type("CallCostLineForm", (CostLineForm,), attributes)
        self.add_table(ESTIMATE_PREFIX, row, rows, title=_("Kosten"), needed=True)

    def save(self, by: User) -> SectionAnswers:
        return services.save_estimate(
            proposal=self.proposal,
            section=self.section,
            lines=self.tables[ESTIMATE_PREFIX].rows,
            other_subsidies=self.cleaned_data["other_subsidies"],
            own_budget_secured=KINDS[QuestionType.YES_NO].to_json(
                self.cleaned_data["own_budget_secured"]
            ),
            ceiling_reason=self.cleaned_data["ceiling_reason"],
            version=self.known_version(),
            by=by,
        )

    def estimate(self) -> Estimate:
        """What the form says now, saved or not; rows that cannot be read do not count."""
        if not self.is_bound:
            return self.draft.estimate
        self.is_valid()
        table = self.tables[ESTIMATE_PREFIX]
        readable = [row.cleaned_data for row in table.forms if not row.errors and row in table.kept]
        return calculate(
            [
                CostLine(**{name: row[name] for name in LINE_FIELDS})
                for row in readable
                if row.get("amount") is not None
            ],
            self.draft.call.cofinancing_rules.all(),
            vat_is_eligible=self.draft.call.vat_is_eligible,
            other_subsidies=self.cleaned_data.get("other_subsidies") or ZERO,
            ceiling_reason=self.cleaned_data.get("ceiling_reason", ""),
        )

    def _phases_of_the_call(self) -> list[tuple[str, str]]:
        """The phases that this call co-finances, and those already used."""
        used = {rule.phase for rule in self.draft.call.cofinancing_rules.all()}
        used |= {line.phase for line in self.proposal.cost_lines.all()}
        return [(phase.value, str(phase.label)) for phase in CostPhase if phase in used or not used]


# --- Attachments ---------------------------------------------------------------------------------


class DescribeForm(PortalForm):
    """What is said about a file."""

    description = TextAnswerField(label=_("Omschrijving"), limit=200, required=False)
    is_confidential = forms.BooleanField(
        label=_("Dit bestand bevat vertrouwelijke gegevens"), required=False
    )


class AttachmentForm(DescribeForm):
    """One file to add."""

    file = forms.FileField(
        label=_("Bestand"),
        help_text=_("PDF, DOCX, XLSX, ODT, PNG of JPG, hoogstens 20 MB."),
        error_messages={
            "required": _("Kies een bestand."),
            "empty": _("Dit bestand is leeg. Kies een ander bestand."),
            "invalid": _("Het bestand kwam niet aan. Kies het opnieuw."),
        },
    )
    field_order = ["file", "description", "is_confidential"]


SECTION_FORMS: dict[str, type[SectionForm]] = {
    SectionKind.GENERAL: GeneralForm,
    SectionKind.QUESTIONS: QuestionsForm,
    SectionKind.PARTNERS: PartnersForm,
    SectionKind.BUDGET: EstimateForm,
}
