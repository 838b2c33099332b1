"""A proposal as it stands now, read once: answers, progress, and what is missing to submit."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.models import (
    FormQuestion,
    FormSection,
    FormVersion,
    QuestionType,
    RequiredFrom,
    SectionKind,
)
from calls.required import MOMENTS, Stage
from common.money import format_eur
from projects.answers import KINDS, NEEDED, Json, text_over
from projects.estimate import Estimate, calculate
from projects.lifecycle import ProposalState
from projects.models import Attachment, Proposal, SectionAnswers

REQUIRED_GENERAL = {
    "title": "Titel",
    "summary": "Publieke samenvatting",
    "contact_name": "Contactpersoon",
    "contact_email": "E-mail van de contactpersoon",
    "signatory_name": "Verantwoordelijke ondertekenaar",
    "signatory_function": "Functie van de ondertekenaar",
}
FIELD_PREFIX = "q_"
ESTIMATE_PREFIX = "raming"

_RELATED = (
    "call__sections__questions",
    "call__rounds",
    "call__cofinancing_rules",
    "sections__updated_by",
    "partners",
    "cost_lines",
    "attachments__file",
)


@dataclass(frozen=True)
class Missing:
    """Something to do before the proposal can be submitted; `anchor` is the id of its field."""

    section: FormSection
    sentence: str
    anchor: str


@dataclass(frozen=True)
class Progress:
    """How many of the required answers were given."""

    answered: int
    total: int

    @property
    def is_complete(self) -> bool:
        return self.answered == self.total

    @property
    def percent(self) -> int:
        return 100 if not self.total else self.answered * 100 // self.total


def load_draft(proposal: Proposal) -> "Draft":
    """Everything of one proposal in a fixed number of queries."""
    return load_drafts([proposal])[0]


def load_drafts(proposals: Iterable[Proposal] | QuerySet[Proposal]) -> list["Draft"]:
    """The same for several, in that same number of queries."""
    found = list(proposals)
    prefetch_related_objects(found, *_RELATED)
    return [Draft(proposal) for proposal in found]


_OF_KIND = {
    SectionKind.GENERAL: (),
    SectionKind.QUESTIONS: ("call__sections__questions", "sections", "attachments__file"),
    SectionKind.PARTNERS: ("partners", "attachments__file"),
    SectionKind.BUDGET: ("call__cofinancing_rules", "cost_lines"),
    SectionKind.ATTACHMENTS: ("attachments__file",),
}


def load_section(proposal: Proposal, section: FormSection) -> "Draft":
    """The draft with only what `section` shows, as the database has it now; for each save.

    `proposal` lends its form (`call`), which no save changes.
    """
    fresh = Proposal.objects.select_related("theme").get(pk=proposal.pk)
    fresh.call = proposal.call
    prefetch_related_objects([fresh], *_OF_KIND[SectionKind(section.kind)])
    return Draft(fresh)


def _demand_shorter(question: FormQuestion, over: int) -> str:
    return ngettext(
        "Kort in met %(over)d teken: %(label)s",
        "Kort in met %(over)d tekens: %(label)s",
        over,
    ) % {"over": over, "label": question.label}


class Draft:
    """The working text of a proposal. Make it with `load_draft`; it does not see later changes."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.call = proposal.call

    @cached_property
    def sections(self) -> list[FormSection]:
        return sorted(self.call.sections.all(), key=lambda s: (s.position, s.pk))

    @cached_property
    def _saved(self) -> dict[int, SectionAnswers]:
        return {saved.section_id: saved for saved in self.proposal.sections.all()}

    @cached_property
    def attachments(self) -> list[Attachment]:
        return list(self.proposal.attachments.all())

    @cached_property
    def estimate(self) -> Estimate:
        return calculate(
            self.proposal.cost_lines.all(),
            self.call.cofinancing_rules.all(),
            vat_is_eligible=self.call.vat_is_eligible,
            other_subsidies=self.proposal.other_subsidies,
            ceiling_reason=self.proposal.ceiling_reason,
        )

    def section(self, code: str) -> FormSection | None:
        return next((section for section in self.sections if section.code == code), None)

    def saved(self, section: FormSection) -> SectionAnswers | None:
        """Who saved the section last, when, and its version; None while nobody did."""
        return self._saved.get(section.pk)

    def version(self, section: FormSection) -> int:
        """The number that a save must name to prove that it knows the latest text; 0 is new."""
        saved = self.saved(section)
        return saved.version if saved else 0

    def questions(self, section: FormSection) -> list[FormQuestion]:
        """All questions of a section in order, also those whose condition does not hold."""
        own = self._questions
        return sorted(
            (own[question.pk] for question in section.questions.all()),
            key=lambda q: (q.position, q.pk),
        )

    def answer(self, section: FormSection, question: FormQuestion) -> Json:
        saved = self.saved(section)
        kind = KINDS[question.type]
        return saved.answers.get(question.key, kind.nothing) if saved else kind.nothing

    def files_of(self, question: FormQuestion | None) -> list[Attachment]:
        """The attachments of a question, or those that belong to none and to no partner."""
        wanted = question.pk if question else None
        return [file for file in self.own_attachments if file.question_id == wanted]

    @property
    def own_attachments(self) -> list[Attachment]:
        """What the applicant added; these count for the limit."""
        return [attachment for attachment in self.attachments if attachment.partner_id is None]

    @property
    def letters(self) -> list[Attachment]:
        """Letters of intent that people of partners added to their part."""
        return [attachment for attachment in self.attachments if attachment.partner_id is not None]

    @cached_property
    def attachments_to_hand_in(self) -> list[Attachment]:
        """All files but those of questions whose condition does not hold."""
        questions = self._questions
        return [
            attachment
            for attachment in self.attachments
            if attachment.question_id not in questions
            or self.is_shown(questions[attachment.question_id])
        ]

    # --- Conditions ----------------------------------------------------------------------------

    @cached_property
    def _questions(self) -> dict[int, FormQuestion]:
        """Every question by number, each knowing the one it depends on without a query."""
        found = {q.pk: q for section in self.sections for q in section.questions.all()}
        for question in found.values():
            question.visible_if = found.get(question.visible_if_id or 0)
        return found

    @cached_property
    def _homes(self) -> dict[int, FormSection]:
        return {section.pk: section for section in self.sections}

    def is_shown(self, question: FormQuestion) -> bool:
        """Whether its condition holds, and those of the questions on which that one depends."""
        return all(self._holds(link) for link in self._chain(question))

    def may_be_shown(self, question: FormQuestion) -> bool:
        """Whether an answer in the section itself can still make it appear (or it is there)."""
        return all(
            link.visible_if is not None
            and (link.visible_if.section_id == question.section_id or self._holds(link))
            for link in self._chain(question)
        )

    def _chain(self, question: FormQuestion) -> list[FormQuestion]:
        """The question and those it depends on, as far as each has a condition."""
        chain: list[FormQuestion] = []
        link: FormQuestion | None = self._questions.get(question.pk, question)
        while link is not None and link.visible_if is not None and link not in chain:
            chain.append(link)
            link = link.visible_if
        return chain

    def _holds(self, question: FormQuestion) -> bool:
        other = question.visible_if
        if other is None:
            return True
        stored = self.answer(self._homes[other.section_id], other)
        value = KINDS[other.type].condition_value(stored)
        return value != "" and value == question.visible_if_value

    # --- The form it was written in ------------------------------------------------------------

    @cached_property
    def form_versions(self) -> list[FormVersion]:
        """Every version of the form that applied, oldest first; one query."""
        return list(
            self.call.form_versions.filter(published_at__isnull=False)
            .defer("definition")
            .order_by("number")
        )

    @property
    def form_version(self) -> int:
        """The number of the form that applies; 1 for a call from before versions were kept."""
        return max((version.number for version in self.form_versions), default=1)

    @property
    def form_changes(self) -> list[FormVersion]:
        """The changes that nobody of the organisation said to have read."""
        known = self.proposal.known_form_version
        return [version for version in self.form_versions if version.number > known]

    # --- What is missing -----------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        is_completing = self.proposal.state == ProposalState.INCOMPLETE
        return Stage.COMPLETING if is_completing else Stage.FIRST

    def is_needed(self, question: FormQuestion) -> bool:
        """Whether handing in now is refused without an answer."""
        return self.stage in question.moment.blocks and self.is_shown(question)

    def marker(self, question: FormQuestion) -> Any:
        """When it is needed, in words, as things stand for this proposal."""
        return NEEDED if self.stage in question.moment.blocks else question.moment.marker

    def unanswered_from(self, moment: RequiredFrom) -> list[FormQuestion]:
        """The questions that are needed from `moment`, apply to this proposal and stand empty."""
        return [
            question
            for section in self.sections
            for question in self.questions(section)
            if question.required_from == moment
            and self.is_shown(question)
            and not self.is_answered(section, question)
        ]

    @cached_property
    def later(self) -> list[Missing]:
        """What need not be there yet, and must come before the proposal is complete."""
        return [
            Missing(
                self._homes[question.section_id], self._demand(question), self._anchor(question)
            )
            for moment in RequiredFrom
            if self.stage in MOMENTS[moment].announced
            for question in self.unanswered_from(moment)
        ]

    @cached_property
    def missing(self) -> list[Missing]:
        """Everything that a submission needs and that is not there, in the order of the form."""
        return [
            gap
            for section in self.sections
            for gap in [*self.missing_in(section), *self.too_long(section)]
        ]

    def missing_in(self, section: FormSection) -> list[Missing]:
        finders: dict[str, Any] = {
            SectionKind.GENERAL: self._missing_general,
            SectionKind.QUESTIONS: self._missing_answers,
            SectionKind.BUDGET: self._missing_estimate,
        }
        find = finders.get(section.kind)
        return [Missing(section, *gap) for gap in find(section)] if find else []

    def too_long(self, section: FormSection) -> list[Missing]:
        """Texts over the limit of their question, as a copy or a change of the form can bring."""
        return [
            Missing(section, _demand_shorter(question, over), self._anchor(question))
            for question in self.questions(section)
            if self.is_shown(question)
            and (over := text_over(question, self.answer(section, question)))
        ]

    def progress(self, section: FormSection) -> Progress:
        totals = {
            SectionKind.GENERAL: len(REQUIRED_GENERAL),
            SectionKind.BUDGET: 2,
        }
        if section.kind == SectionKind.QUESTIONS:
            needed = [q for q in self.questions(section) if self.is_needed(q)]
            gaps = sum(bool(self._gap(section, question)) for question in needed)
            return Progress(len(needed) - gaps, len(needed))
        total = totals.get(SectionKind(section.kind), 0)
        return Progress(total - len(self.missing_in(section)), total)

    @cached_property
    def overall(self) -> Progress:
        parts = [self.progress(section) for section in self.sections]
        return Progress(sum(p.answered for p in parts), sum(p.total for p in parts))

    def _missing_general(self, section: FormSection) -> list[tuple[str, str]]:
        return [
            (_("Vul in: %(label)s.") % {"label": label}, f"id_{name}")
            for name, label in REQUIRED_GENERAL.items()
            if not str(getattr(self.proposal, name)).strip()
        ]

    def _missing_answers(self, section: FormSection) -> list[tuple[str, str]]:
        return [
            (sentence, self._anchor(question))
            for question in self.questions(section)
            if (sentence := self._gap(section, question))
        ]

    def _gap(self, section: FormSection, question: FormQuestion) -> str:
        """What keeps this question from being handed in; "" when nothing does."""
        if not self.is_shown(question):
            return ""
        if sentence := KINDS[question.type].outdated(question, self.answer(section, question)):
            return sentence
        if self.is_needed(question) and not self.is_answered(section, question):
            return self._demand(question)
        return ""

    def is_answered(self, section: FormSection, question: FormQuestion) -> bool:
        if question.type == QuestionType.FILE:
            return bool(self.files_of(question))
        return KINDS[question.type].is_given(self.answer(section, question))

    def _demand(self, question: FormQuestion) -> str:
        templates = {
            QuestionType.DECLARATION: _("Vink aan: %(label)s"),
            QuestionType.FILE: _("Voeg een bestand toe: %(label)s"),
            QuestionType.TABLE: _("Vul minstens één rij in: %(label)s"),
        }
        template = templates.get(QuestionType(question.type), _("Beantwoord: %(label)s"))
        return template % {"label": question.label}

    def _anchor(self, question: FormQuestion) -> str:
        name = f"id_{FIELD_PREFIX}{question.key}"
        if question.type == QuestionType.YES_NO:
            return f"{name}_0"
        return f"tabel-{question.key}" if question.type == QuestionType.TABLE else name

    def _missing_estimate(self, section: FormSection) -> list[tuple[str, str]]:
        gaps = []
        if not self.proposal.cost_lines.all():
            gaps.append((_("Vul minstens één lijn van de raming in."), f"tabel-{ESTIMATE_PREFIX}"))
        if self.proposal.own_budget_secured is None:
            gaps.append((_("Zeg of uw eigen budget vastligt."), "id_own_budget_secured_0"))
        return gaps

    # --- What may be wrong, and does not block ---------------------------------------------------

    @cached_property
    def warnings(self) -> list[Missing]:
        """Remarks beside the list of what is missing: an answer that is not handed in, indicative
        ceilings, more money than cost.
        """
        return [*self._hidden_answers(), *self._estimate_warnings()]

    def _hidden_answers(self) -> list[Missing]:
        return [
            Missing(
                section,
                _(
                    "“%(label)s”: uw antwoord blijft bewaard maar wordt niet ingediend."
                    " %(condition)s"
                )
                % {"label": question.label, "condition": question.condition},
                self._anchor(question) if self.may_be_shown(question) else "",
            )
            for section in self.sections
            for question in self.questions(section)
            if not self.is_shown(question) and self.is_answered(section, question)
        ]

    def _estimate_warnings(self) -> list[Missing]:
        section = next((s for s in self.sections if s.kind == SectionKind.BUDGET), None)
        if section is None:
            return []
        found = [
            Missing(section, f"{phase.label}: {phase.explanation}", "id_ceiling_reason")
            for phase in self.estimate.phases
            if phase.exceeds_ceiling
        ]
        if self.estimate.own_share < 0:
            sentence = _(
                "De gevraagde cofinanciering en de andere subsidies zijn samen %(amount)s meer dan "
                "de totale kost."
            ) % {"amount": format_eur(-self.estimate.own_share)}
            found.append(Missing(section, sentence, "id_other_subsidies"))
        return found
