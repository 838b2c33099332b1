""" "Is dit iets voor mij?": what the answers of a visitor say, in words. Nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OrganisationType
from calls.models import Call, SelfTestQuestion


class Answer(models.TextChoices):
    YES = "ja", gettext_lazy("Ja")
    NO = "nee", gettext_lazy("Nee")
    UNKNOWN = "onbekend", gettext_lazy("Weet ik niet")


class Verdict(models.TextChoices):
    """From good to bad: the whole is as good as its worst part."""

    YES = "yes", gettext_lazy("Waarschijnlijk ja")
    DOUBT = "doubt", gettext_lazy("Twijfel, neem contact op")
    NO = "no", gettext_lazy("Nee, waarschijnlijk niet")

    @property
    def tone(self) -> str:
        return {"yes": "success", "doubt": "warning", "no": "danger"}[self.value]


@dataclass(frozen=True)
class Finding:
    """What one answer says: the question, the answer in words, and why it matters."""

    question: str
    answer: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    findings: Sequence[Finding]

    @property
    def verdict(self) -> Verdict:
        order = list(Verdict)
        return max((finding.verdict for finding in self.findings), key=order.index)

    @property
    def reasons(self) -> list[Finding]:
        """What stands in the way, the worst first."""
        return [
            finding
            for verdict in (Verdict.NO, Verdict.DOUBT)
            for finding in self.findings
            if finding.verdict == verdict
        ]


def judge(call: Call, *, kind: str, answers: Mapping[SelfTestQuestion, str]) -> Outcome:
    """What the answers say about this call.

    kind: an OrganisationType, or Answer.UNKNOWN. answers: of `Answer`, one for each question.
    """
    return Outcome(
        [_of_kind(call, kind), *(_of_question(q, Answer(a)) for q, a in answers.items())]
    )


def _of_kind(call: Call, kind: str) -> Finding:
    question = _("Wat voor organisatie bent u?")
    if kind == Answer.UNKNOWN:
        return Finding(
            question,
            _("Weet ik niet"),
            Verdict.DOUBT,
            _("Of u kunt indienen, hangt af van de soort organisatie. Wij helpen u uitzoeken."),
        )
    label = str(OrganisationType(kind).label)
    if call.is_for_kind(kind):
        return Finding(question, label, Verdict.YES)
    return Finding(
        question,
        label,
        Verdict.NO,
        _("Deze oproep is er alleen voor: %(kinds)s. U kunt misschien wel partner zijn.")
        % {"kinds": ", ".join(call.eligible_labels)},
    )


def _of_question(question: SelfTestQuestion, answer: Answer) -> Finding:
    label = str(answer.label)
    if answer == Answer.UNKNOWN:
        return Finding(
            question.question,
            label,
            Verdict.DOUBT,
            _("Dit is nodig om te weten of u kunt indienen. Wij bekijken het graag samen met u."),
        )
    if (answer == Answer.YES) == question.good_answer:
        return Finding(question.question, label, Verdict.YES)
    excludes = question.weight == SelfTestQuestion.Weight.EXCLUDES
    return Finding(
        question.question, label, Verdict.NO if excludes else Verdict.DOUBT, question.reason
    )
