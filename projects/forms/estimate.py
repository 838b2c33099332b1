"""The estimate: cost lines, and what goes with them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from calls.models import CostPhase, QuestionType
from common.money import ZERO
from projects import services
from projects.answers import (
    KINDS,
    NEEDED,
    NO,
    YES,
    TextAnswerField,
    amount_field,
)
from projects.draft import ESTIMATE_PREFIX
from projects.estimate import Estimate, calculate
from projects.fields import LINE_FIELDS
from projects.forms.base import SectionForm
from projects.forms.tables import RowForm
from projects.models import CostLine, SectionAnswers


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
        rows = self.stored(ESTIMATE_PREFIX)
        phases = self._phases_of_the_call()
        phase = forms.ChoiceField(label=_("Fase"), choices=phases, required=False)
        attributes = {"phase": phase, "first_phase": phases[0][0]}
        row = type("CallCostLineForm", (CostLineForm,), attributes)
        self.add_table(ESTIMATE_PREFIX, row, rows, title=_("Kosten"), marker=NEEDED)

    def stored(self, name: str) -> Any:
        if name == ESTIMATE_PREFIX:
            lines = self.proposal.cost_lines.all()
            return [{field: getattr(line, field) for field in LINE_FIELDS} for line in lines]
        return getattr(self.proposal, name)

    def given(self, name: str) -> Any:
        if name == ESTIMATE_PREFIX:
            return [{f: row[f] for f in LINE_FIELDS} for row in self.tables[name].rows]
        if name == "other_subsidies":
            return self.cleaned_data[name] or ZERO
        if name == "own_budget_secured":
            return KINDS[QuestionType.YES_NO].to_json(self.cleaned_data[name])
        return self.cleaned_data[name]

    def save(self, by: User, *, is_autosave: bool = False) -> SectionAnswers:
        return services.save_estimate(
            proposal=self.proposal,
            section=self.section,
            lines=self.value(ESTIMATE_PREFIX),
            other_subsidies=self.value("other_subsidies"),
            own_budget_secured=self.value("own_budget_secured"),
            ceiling_reason=self.value("ceiling_reason"),
            version=self.known_version(),
            by=by,
            is_autosave=is_autosave,
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
