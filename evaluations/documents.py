"""The decision letter: what stands in it is named field by field, so nothing else can slip in."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formatting import format_day
from documents.registry import Params, PdfDocument, ProgressReport
from evaluations import conf
from evaluations.letter_words import LetterWords, fill
from evaluations.models import Advice, SelectionDecision
from evaluations.policies import may_see_decision
from evaluations.selectors import visible_files
from evaluations.selectors.letters import letter_words
from evaluations.services.decision import LETTER_KIND

LETTER_TEMPLATE = "evaluations/documents/decision_letter.html"


def published_advice(advice: Advice) -> dict[str, Any]:
    """The parts of an advice that the applicant reads; never the internal note, never scores."""
    return {
        "conclusion": advice.get_conclusion_display(),
        "strengths": advice.strengths,
        "points_of_attention": advice.points_of_attention,
        "conditions": advice.conditions,
        "budget_from": advice.budget_from,
        "budget_to": advice.budget_to,
    }


def letter_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The letter of decision `params["decision"]`, with version `params["text"]` of the texts.

    Raises:
        ValidationError: when the decision was undone meanwhile.
    """
    decision = (
        SelectionDecision.objects.select_related(
            "proposal__call", "proposal__organisation", "advice", "decided_by"
        )
        .filter(pk=params["decision"])
        .first()
    )
    if decision is None:
        raise ValidationError(_("Deze beslissing is teruggenomen."))
    progress(50)
    return with_words(letter_content(decision), letter_words(decision.outcome, params.get("text")))


def letter_content(decision: SelectionDecision) -> dict[str, Any]:
    """What stands in the letter beside the texts of staff."""
    proposal = decision.proposal
    return {
        "decision": {
            "is_selected": decision.outcome == SelectionDecision.Outcome.SELECTED,
            "outcome": decision.get_outcome_display(),
            "grounds": decision.grounds,
            "deviation_reason": decision.deviation_reason,
            "number": decision.letter_number,
            "date": decision.decided_at,
        },
        "proposal": {
            "reference": proposal.reference,
            "title": proposal.title,
            "call": proposal.call.title,
            "contact_name": proposal.contact_name,
            "is_fictional": proposal.is_fictional,
        },
        "organisation": proposal.organisation,
        "advice": published_advice(decision.advice),
        "signed_by": {
            "name": str(decision.decided_by),
            "function": decision.decided_by.job_title or proposal.call.get_decision_role_display(),
        },
    }


def with_words(content: dict[str, Any], words: LetterWords) -> dict[str, Any]:
    """The whole letter: the texts of staff, filled in with what the letter is about."""
    proposal, decision = content["proposal"], content["decision"]
    applicant = content["organisation"].name
    values = {
        "aanvrager": applicant,
        "titel": proposal["title"],
        "dossiernummer": proposal["reference"],
        "oproep": proposal["call"],
        "contactpersoon": proposal["contact_name"] or applicant,
        "beslissing": decision["outcome"].lower(),
        "beslissingsdatum": format_day(decision["date"]),
        "briefnummer": decision["number"] or "",
        "ondertekenaar": content["signed_by"]["name"],
        "functie": content["signed_by"]["function"],
        "beroepstermijn": str(conf.appeal_days()),
    }
    return {**content, "text": {name: fill(text, values) for name, text in asdict(words).items()}}


def may_download_letter(user: Any, job: Any) -> bool:
    """Staff who may know the decision; the applicant's members from the notification on."""
    decision = (
        SelectionDecision.objects.select_related("proposal__call")
        .filter(pk=job.params.get("decision"), letter=job.pk)
        .first()
    )
    if decision is None:
        return False
    proposal = decision.proposal
    if decision.is_notified and proposal.organisation_id in user.member_roles:
        return True
    return (decision.is_notified or may_see_decision.test(user, proposal)) and visible_files(
        user
    ).filter(pk=proposal.pk).exists()


DECISION_LETTER = PdfDocument(
    kind=LETTER_KIND,
    label=gettext_lazy("Beslissingsbrief"),
    template=LETTER_TEMPLATE,
    context=letter_context,
    filename=lambda params: f"beslissing-{params['reference']}.pdf",
    may_download=may_download_letter,
)
