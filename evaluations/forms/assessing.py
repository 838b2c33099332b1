"""The forms that save by themselves: scores, common scores, and the advice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calls.models import Call, ChecklistItem, Criterion
from common.drafting import DraftForm
from common.formatting import format_number
from common.forms import PortalForm
from common.money import MoneyFormField, format_eur
from evaluations.models import Advice, Conclusion, Consensus, Evaluation
from evaluations.scoring import needed_length, possible_scores
from evaluations.services.advice import AdviceText, text_of
from evaluations.services.scores import (
    NO_ANSWER,
    NO_SCORE,
    ExclusionEntry,
    ScoreEntry,
    stored_scores,
)
from projects.answers import TextAnswerField
from projects.forms.base import Leftover
from projects.forms.unsaved import words

TO_FINISH = _("nodig om definitief te maken")
MOTIVATION_LIMIT, REASON_LIMIT, ADVICE_LIMIT, NOTES_LIMIT = 4000, 2000, 6000, 20000


def text_field(label: Any, limit: int, rows: int, **kwargs: Any) -> TextAnswerField:
    """A text that may stay empty in a draft."""
    return TextAnswerField(
        label=label,
        limit=limit,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        **kwargs,
    )


class StaffDraft(DraftForm):
    """A draft of staff; `leftovers` is what was typed and can no longer be saved."""

    def leftovers(self) -> list[Leftover]:
        """Every text of a bound form that this person changed and that is not stored, to copy."""
        self.is_valid()
        return [
            Leftover(
                self.label_of(name)
                if self.boxes_of(name) == [box]
                else f"{self.label_of(name)}: {self[box].label}",
                text,
            )
            for name in self.names
            if self.who_changed(name)[0]
            for box in self.boxes_of(name)
            if (text := words(self[box]))
        ]

    def as_item(self, name: str) -> dict[str, Any]:
        """What is stored for an answer, as a reader sees it (`projects.content`)."""
        raise NotImplementedError


@dataclass(frozen=True)
class CriterionRow:
    """A criterion on the page, with its boxes and how long its motivation must be."""

    criterion: Criterion
    score: Any
    motivation: Any
    needed: int
    typed: int
    lengths: str

    @property
    def missing(self) -> int:
        """How many characters the motivation that stands there is too short."""
        return max(0, self.needed - self.typed)

    @property
    def sentence(self) -> str:
        """What is missing, in words; "" when it is long enough."""
        if not self.missing:
            return ""
        if not self.typed and self.needed == 1:
            return _g("Nog een motivering nodig om definitief te maken.")
        return ngettext(
            "Nog %(n)d teken nodig om definitief te maken.",
            "Nog %(n)d tekens nodig om definitief te maken.",
            self.missing,
        ) % {"n": self.missing}


class CriteriaForm(StaffDraft):
    """A score and a motivation per criterion: one answer in two boxes."""

    def __init__(
        self,
        *args: Any,
        call: Call,
        criteria: Sequence[Criterion],
        scores: Mapping[int, ScoreEntry],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.call, self.criteria, self.scores = call, criteria, scores
        self._by_name = {f"criterion_{one.pk}": one for one in criteria}
        choices = [("", _("Nog geen score"))] + [
            (str(score), _score_label(score)) for score in possible_scores(call.score_step)
        ]
        self._scores = [key for key, _label in choices]
        for criterion in criteria:
            entry = scores.get(criterion.pk, NO_SCORE)
            self.fields[f"score_{criterion.pk}"] = forms.TypedChoiceField(
                label=_("Score"),
                choices=choices,
                coerce=Decimal,
                empty_value=None,
                required=False,
                initial="" if entry.value is None else _nearest(entry.value, choices),
            )
            self.fields[f"motivation_{criterion.pk}"] = text_field(
                _("Motivering"),
                MOTIVATION_LIMIT,
                5,
                initial=entry.motivation,
                help_text=_length_rule(call),
            )
            for name in ("score", "motivation"):
                self.fields[f"{name}_{criterion.pk}"].marker = TO_FINISH  # type: ignore[attr-defined]

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def boxes_of(self, name: str) -> list[str]:
        key = self._by_name[name].pk
        return [f"score_{key}", f"motivation_{key}"]

    def label_of(self, name: str) -> str:
        return self._by_name[name].title

    def stored(self, name: str) -> Any:
        entry = self.scores.get(self._by_name[name].pk, NO_SCORE)
        return [entry.value, entry.motivation]

    def given(self, name: str) -> Any:
        return [self.cleaned_data[box] for box in self.boxes_of(name)]

    @property
    def entries(self) -> dict[int, ScoreEntry]:
        """What a save writes, by criterion id."""
        return {one.pk: ScoreEntry(*self.value(name)) for name, one in self._by_name.items()}

    @property
    def values(self) -> dict[int, Decimal | None]:
        """The scores that can be read, for the running total; call `is_valid` first."""
        return {
            criterion.pk: self.cleaned_data.get(f"score_{criterion.pk}")
            for criterion in self.criteria
        }

    def as_item(self, name: str) -> dict[str, Any]:
        value, motivation = self.stored(name)
        score = _score_label(value) if value is not None else _g("Nog geen score")
        return {"type": "text", "text": f"{score}\n\n{motivation}".strip()}

    def rows(self) -> list[CriterionRow]:
        """The criteria with their boxes, for the page."""
        return [self._row(criterion) for criterion in self.criteria]

    def _row(self, criterion: Criterion) -> CriterionRow:
        score, motivation = self[f"score_{criterion.pk}"], self[f"motivation_{criterion.pk}"]
        lengths = {
            key: needed_length(self.call, criterion.threshold, Decimal(key) if key else None)
            for key in self._scores
        }
        text = str(motivation.value() or "").replace("\r\n", "\n").strip()
        return CriterionRow(
            criterion=criterion,
            score=score,
            motivation=motivation,
            needed=lengths.get(str(score.value() or ""), self.call.motivation_length),
            typed=len(text),
            lengths=json.dumps(lengths),
        )


class ScoreForm(CriteriaForm):
    """The scores of one reader, the exclusion criteria, and own notes."""

    own_notes = text_field(
        _("Eigen notities"), NOTES_LIMIT, 3, help_text=_("Alleen u ziet deze notities.")
    )
    confirmed = forms.BooleanField(label=_("Ik heb alles nagekeken."), required=False)

    def __init__(
        self,
        *args: Any,
        evaluation: Evaluation,
        call: Call,
        criteria: Sequence[Criterion],
        items: Sequence[ChecklistItem] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(
            *args, call=call, criteria=criteria, scores=stored_scores(evaluation), **kwargs
        )
        self.evaluation = evaluation
        self._items = {f"exclusion_{item.pk}": item for item in items}
        self.answers = {
            answer.item_id: ExclusionEntry(answer.is_met, answer.reason)
            for answer in evaluation.exclusion_answers.all()
        }
        for item in items:
            entry = self.answers.get(item.pk, NO_ANSWER)
            self.fields[f"met_{item.pk}"] = forms.TypedChoiceField(
                label=item.label,
                choices=[("yes", _("Ja, voldaan")), ("no", _("Nee, niet voldaan"))],
                coerce=lambda value: value == "yes",
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                help_text=item.guidance,
                initial={True: "yes", False: "no"}.get(entry.is_met),  # type: ignore[arg-type]
            )
            self.fields[f"reason_{item.pk}"] = text_field(
                _("Reden"), REASON_LIMIT, 2, initial=entry.reason
            )
            self.fields[f"met_{item.pk}"].marker = TO_FINISH  # type: ignore[attr-defined]
            self.fields[f"reason_{item.pk}"].marker = _("nodig als niet voldaan is")  # type: ignore[attr-defined]
        for name in ("own_notes", "confirmed"):  # last on the page, so last in a list of mistakes
            self.fields[name] = self.fields.pop(name)
        self.initial["version"] = evaluation.version
        self.initial["own_notes"] = evaluation.own_notes
        self.remember_base()

    @property
    def names(self) -> list[str]:
        return [*super().names, *self._items, "own_notes"]

    def boxes_of(self, name: str) -> list[str]:
        if name in self._items:
            key = self._items[name].pk
            return [f"met_{key}", f"reason_{key}"]
        return ["own_notes"] if name == "own_notes" else super().boxes_of(name)

    def label_of(self, name: str) -> str:
        if name in self._items:
            return self._items[name].label
        return str(self[name].label) if name == "own_notes" else super().label_of(name)

    def stored(self, name: str) -> Any:
        if name in self._items:
            entry = self.answers.get(self._items[name].pk, NO_ANSWER)
            return [entry.is_met, entry.reason]
        return self.evaluation.own_notes if name == "own_notes" else super().stored(name)

    def given(self, name: str) -> Any:
        return self.cleaned_data[name] if name == "own_notes" else super().given(name)

    def as_item(self, name: str) -> dict[str, Any]:
        if name in self._items:
            is_met, reason = self.stored(name)
            answer = {True: _g("Ja, voldaan"), False: _g("Nee, niet voldaan")}.get(is_met, "")
            return {"type": "text", "text": f"{answer}\n\n{reason}".strip()}
        if name == "own_notes":
            return {"type": "text", "text": self.evaluation.own_notes}
        return super().as_item(name)

    @property
    def exclusions(self) -> dict[int, ExclusionEntry]:
        """What a save writes, by id of the item."""
        return {item.pk: ExclusionEntry(*self.value(name)) for name, item in self._items.items()}

    @property
    def exclusion_rows(self) -> list[tuple[ChecklistItem, Any, Any]]:
        return [
            (item, self[f"met_{item.pk}"], self[f"reason_{item.pk}"])
            for item in self._items.values()
        ]


class ConsensusForm(CriteriaForm):
    """The common scores of all readers, with what the lead explains."""

    remarks = text_field(
        _("Toelichting voor de andere lezers"), MOTIVATION_LIMIT, 3, help_text=_("Niet verplicht.")
    )

    def __init__(
        self,
        *args: Any,
        consensus: Consensus | None,
        call: Call,
        criteria: Sequence[Criterion],
        **kwargs: Any,
    ) -> None:
        scores = stored_scores(consensus) if consensus is not None else {}
        super().__init__(*args, call=call, criteria=criteria, scores=scores, **kwargs)
        self.consensus = consensus
        self.initial["version"] = consensus.version if consensus is not None else 0
        self.initial["remarks"] = self.stored("remarks")
        self.remember_base()

    @property
    def names(self) -> list[str]:
        return [*super().names, "remarks"]

    def boxes_of(self, name: str) -> list[str]:
        return ["remarks"] if name == "remarks" else super().boxes_of(name)

    def label_of(self, name: str) -> str:
        return str(self[name].label) if name == "remarks" else super().label_of(name)

    def stored(self, name: str) -> Any:
        if name == "remarks":
            return self.consensus.remarks if self.consensus is not None else ""
        return super().stored(name)

    def given(self, name: str) -> Any:
        return self.cleaned_data[name] if name == "remarks" else super().given(name)

    def as_item(self, name: str) -> dict[str, Any]:
        if name == "remarks":
            return {"type": "text", "text": self.stored(name)}
        return super().as_item(name)


class ConsensusReplyForm(PortalForm):
    """Agreeing with the common scores, or not and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    agrees = forms.TypedChoiceField(
        label=_("Gaat u akkoord met deze scores?"),
        choices=[("yes", _("Ja, ik ga akkoord")), ("no", _("Nee, ik ga niet akkoord"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies of u akkoord gaat.")},
    )
    remark = text_field(
        _("Opmerking"),
        REASON_LIMIT,
        3,
        help_text=_("Verplicht als u niet akkoord gaat. De andere lezers lezen ze ook."),
    )


class AdviceForm(StaffDraft):
    """The advice; a draft may leave everything empty."""

    strengths = text_field(_("Sterke punten"), ADVICE_LIMIT, 6)
    points_of_attention = text_field(_("Aandachtspunten"), ADVICE_LIMIT, 6)
    conditions = text_field(_("Voorwaarden en aanbevelingen voor de begeleiding"), ADVICE_LIMIT, 4)
    budget_from = MoneyFormField(label=_("Richtbudget vanaf"), required=False, min_value=0)
    budget_to = MoneyFormField(label=_("Richtbudget tot"), required=False, min_value=0)
    conclusion = forms.ChoiceField(
        label=_("Besluit"),
        required=False,
        choices=[("", _("Nog geen besluit")), *Conclusion.choices],
    )
    internal_note = text_field(
        _("Interne nota"),
        NOTES_LIMIT,
        4,
        help_text=_("Alleen voor medewerkers. Komt nooit in de brief of bij de aanvrager."),
    )
    confirmed = forms.BooleanField(label=_("Ik heb alles nagekeken."), required=False)

    def __init__(self, *args: Any, advice: Advice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = text_of(advice) if advice is not None else AdviceText()
        self.initial = {
            **vars(self._stored),
            "version": advice.version if advice is not None else 0,
        }
        for name in ("strengths", "conclusion"):
            self.fields[name].marker = _("nodig om definitief te maken")  # type: ignore[attr-defined]
        self.remember_base()

    @property
    def names(self) -> list[str]:
        return list(AdviceText.__dataclass_fields__)

    def stored(self, name: str) -> Any:
        return getattr(self._stored, name)

    def given(self, name: str) -> Any:
        return self.cleaned_data[name]

    def as_item(self, name: str) -> dict[str, Any]:
        value = self.stored(name)
        if name == "conclusion":
            value = str(Conclusion(value).label) if value else ""
        elif isinstance(value, Decimal):
            value = format_eur(value)
        return {"type": "text", "text": value or ""}

    @property
    def text(self) -> AdviceText:
        """What a save writes."""
        return AdviceText(**{name: self.value(name) for name in self.names})


def _length_rule(call: Call) -> str:
    low, below = call.motivation_length, call.motivation_length_below
    if below <= low:
        return ngettext("Minstens %(n)d teken.", "Minstens %(n)d tekens.", low) % {"n": low}
    return _g("Onder de drempel minstens %(n)d tekens.") % {"n": below}


def _score_label(score: Decimal) -> str:
    labels = {
        Decimal(0): _("niet behandeld"),
        Decimal(1): _("zwak"),
        Decimal(2): _("matig"),
        Decimal(3): _("voldoende"),
        Decimal(4): _("goed"),
        Decimal(5): _("uitstekend"),
    }
    number = format_number(score, 1).removesuffix(",0")
    return f"{number} – {labels[score]}" if score in labels else number


def _nearest(value: Decimal, choices: Sequence[tuple[str, Any]]) -> str:
    """The choice that equals the stored value, however its decimals are written."""
    return next((key for key, _label in choices if key and Decimal(key) == value), "")
