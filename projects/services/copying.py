"""Starting from an earlier proposal: what fits in the new form is taken over, the rest is named.

Nothing is cut: a text that is longer than the new limit comes over whole, and the section says so.
Declarations are given anew, and files are listed but not copied.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.services import record
from calls.models import FormQuestion, FormSection, QuestionType, SectionKind
from projects.answers import KINDS, Json
from projects.draft import Draft, load_draft
from projects.fields import GENERAL_FIELDS, LINE_FIELDS, PARTNER_FIELDS
from projects.fitting import fits
from projects.models import Proposal
from projects.services.drafting import save_answers, save_estimate, save_general
from projects.services.partners import save_partners

COPIED = "proposal.copied"
_GENERAL = {
    "acronym": "Korte naam",
    "summary": "Publieke samenvatting",
    "theme": "Thema",
    "signatory_name": "Verantwoordelijke ondertekenaar",
    "signatory_function": "Functie van de ondertekenaar",
}


class _Report:
    """Labels of the form, never what somebody wrote: it stands in the record."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.left: list[dict[str, str]] = []

    def leave(self, label: str, why: str) -> None:
        self.left.append({"label": label, "why": why})


def copy_texts(*, source: Proposal, target: Proposal, by: User) -> None:
    """Fill the new draft `target` from `source`; part of `start_proposal`, in its transaction."""
    old, new = load_draft(source), load_draft(target)
    report = _Report()
    answers = _Answers(old)
    for section in new.sections:
        common: dict[str, Any] = {"proposal": target, "section": section, "version": 0, "by": by}
        match section.kind:
            case SectionKind.GENERAL:
                _copy_general(source, target, common, report)
            case SectionKind.QUESTIONS:
                _copy_answers(answers, new, common, report)
            case SectionKind.PARTNERS:
                _copy_partners(source, common, report)
            case SectionKind.BUDGET:
                _copy_lines(source, target, common, report)
    for question in answers.unused():
        report.leave(question.label, _("staat niet in het nieuwe formulier"))
    if count := len(old.attachments):
        label = ngettext("%(n)d bijlage", "%(n)d bijlagen", count) % {"n": count}
        report.leave(label, _("bestanden worden niet gekopieerd; voeg toe wat nog geldt"))
    record(
        actor=by,
        action=COPIED,
        label=_("Teksten overgenomen uit %(reference)s") % {"reference": source.reference},
        about=target,
        data={"source": source.pk, "taken": report.taken, "left": report.left},
    )


class _Answers:
    """The answers of the earlier proposal, found by section and key, else by key alone."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._found: dict[tuple[str, str], tuple[FormSection, FormQuestion]] = {
            (section.code, question.key): (section, question)
            for section in draft.sections
            for question in draft.questions(section)
        }
        self._used: set[int] = set()

    def find(self, section: FormSection, question: FormQuestion) -> tuple[str, Json] | None:
        """The type of the earlier question and what was answered; None when nothing was."""
        found = self._found.get((section.code, question.key))
        if found is None:
            same = [one for (_code, key), one in self._found.items() if key == question.key]
            found = same[0] if len(same) == 1 else None
        if found is None:
            return None
        old_section, old = found
        self._used.add(old.pk)
        answer = self._draft.answer(old_section, old)
        return (old.type, answer) if KINDS[old.type].is_given(answer) else None

    def unused(self) -> Iterator[FormQuestion]:
        """Questions with an answer that the new form does not ask."""
        for section, question in self._found.values():
            answer = self._draft.answer(section, question)
            if question.pk not in self._used and KINDS[question.type].is_given(answer):
                yield question


def _copy_general(
    source: Proposal, target: Proposal, common: dict[str, Any], report: _Report
) -> None:
    values = {name: getattr(target, name) for name in GENERAL_FIELDS}
    for name, label in _GENERAL.items():
        if value := getattr(source, name):
            values[name] = value
            report.taken.append(label)
    save_general(values=values, **common)
    report.leave(
        _("Titel en contactpersoon"), _("de nieuwe titel geldt, en u bent de contactpersoon")
    )


def _copy_answers(answers: _Answers, new: Draft, common: dict[str, Any], report: _Report) -> None:
    copied = {}
    for question in new.questions(common["section"]):
        if question.type == QuestionType.FILE:
            continue
        copied[question.key] = KINDS[question.type].nothing
        found = answers.find(common["section"], question)
        if found is None:
            continue
        was, value = found
        if question.type == QuestionType.DECLARATION:
            report.leave(question.label, _("een verklaring geeft u opnieuw"))
        elif not fits(question, value, was=was):
            report.leave(question.label, _("past niet meer bij de vraag"))
        else:
            copied[question.key] = value
            report.taken.append(question.label)
    if any(value not in (None, "", [], False) for value in copied.values()):
        save_answers(answers=copied, **common)


def _copy_partners(source: Proposal, common: dict[str, Any], report: _Report) -> None:
    rows = [
        {name: getattr(partner, name) for name in PARTNER_FIELDS} | {"has_letter_of_intent": False}
        for partner in source.partners.all()
    ]
    if not rows:
        return
    save_partners(rows=rows, **common)
    report.taken.append(_("Partners"))
    report.leave(
        _("Mensen en intentieverklaringen van partners"), _("vraag ze opnieuw voor dit voorstel")
    )


def _copy_lines(
    source: Proposal, target: Proposal, common: dict[str, Any], report: _Report
) -> None:
    phases = {rule.phase for rule in target.call.cofinancing_rules.all()}
    lines = list(source.cost_lines.all())
    fitting = [line for line in lines if line.phase in phases or not phases]
    if fitting:
        save_estimate(
            lines=[{name: getattr(line, name) for name in LINE_FIELDS} for line in fitting],
            other_subsidies=None,
            own_budget_secured=None,
            ceiling_reason="",
            **common,
        )
        report.taken.append(_("Kosten"))
        report.leave(
            _("Andere subsidies, eigen budget en reden"),
            _("kijk na wat nu geldt en vul opnieuw in"),
        )
    if count := len(lines) - len(fitting):
        label = ngettext("%(n)d kostenlijn", "%(n)d kostenlijnen", count) % {"n": count}
        report.leave(label, _("deze oproep cofinanciert die fase niet"))
