"""The decision letter: what stands in it is named field by field, so nothing else can slip in."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.formatting import format_day
from documents.models import JobState
from documents.registry import (
    ArchiveDocument,
    FileInArchive,
    Legal,
    Params,
    PdfDocument,
    ProgressReport,
    Standing,
)
from evaluations import conf
from evaluations.letter_words import LetterWords, fill
from evaluations.models import Advice, SelectionDecision
from evaluations.policies import may_see_all_files, may_see_decision
from evaluations.selectors import visible_files
from evaluations.selectors.letters import letter_words, undisclosed_decisions
from evaluations.services.decision import LETTER_KIND

LETTERS_KIND = "evaluations.letters"
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


def letter_number(params: Params) -> str:
    """The number of the letter; of a decision that was undone, the reference of its file."""
    found = SelectionDecision.objects.filter(pk=params["decision"]).values_list("letter_number")
    return next((number for (number,) in found if number), str(params["reference"]))


def letter_standing(params: Params, job: UUID) -> Standing:
    """An undone decision withdraws its letter, a letter made again replaces it."""
    decision = SelectionDecision.objects.filter(pk=params["decision"]).first()
    if decision is None:
        return Standing.WITHDRAWN
    if decision.letter_id != job:
        return Standing.SUPERSEDED
    return Standing.CURRENT if decision.is_notified else Standing.PENDING


DECISION_LETTER = PdfDocument(
    kind=LETTER_KIND,
    label=gettext_lazy("Beslissingsbrief"),
    template=LETTER_TEMPLATE,
    context=letter_context,
    filename=lambda params: f"beslissing-{params['reference']}.pdf",
    may_download=may_download_letter,
    legal=Legal(number=letter_number, standing=letter_standing),
)


def letters_in(params: Params) -> list[str]:
    """The files of a call whose letter is made and was not told yet, as the asker sees them."""
    reader = User.objects.get(pk=params["reader"])
    ready = undisclosed_decisions(reader).filter(
        proposal__call=params["call"], letter__state=JobState.DONE
    )
    return list(ready.order_by("proposal__reference").values_list("proposal__reference", flat=True))


def letter_files(params: Params, reference: str) -> Iterator[FileInArchive]:
    """The letter of one file, under its number; nothing when it may not be read any more."""
    reader = User.objects.get(pk=params["reader"])
    decision = (
        undisclosed_decisions(reader)
        .filter(proposal__reference=reference, letter__state=JobState.DONE)
        .select_related("letter__file")
        .first()
    )
    if decision is not None and decision.letter is not None and decision.letter.file is not None:
        yield FileInArchive((f"beslissing-{reference}.pdf",), decision.letter.file)


def may_download_letters(user: Any, job: Any) -> bool:
    """For whom it was made, as long as that person may know every decision in it."""
    if user.pk != job.params.get("reader") or not may_see_all_files.test(user, None):
        return False
    inside = set(job.parts)
    return visible_files(user).filter(reference__in=inside).count() == len(inside)


LETTERS = ArchiveDocument(
    kind=LETTERS_KIND,
    label=gettext_lazy("Beslissingsbrieven van een oproep"),
    parts=letters_in,
    files=letter_files,
    filename=lambda params: "beslissingsbrieven.zip",
    may_download=may_download_letters,
)
