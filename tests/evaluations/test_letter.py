"""The decision letter: what stands in it, and what never does."""

import subprocess
from typing import Any

import pytest

from documents.models import Job
from documents.services import run_job
from evaluations.services.letter_texts import APPEAL, DEFAULT_TEXTS
from notifications.models import OutboxMail
from tests.evaluations.factories import ADVICE, INTERNAL, Case

pytestmark = pytest.mark.django_db


def text_of(case: Case) -> str:
    return pdf_text(case.decision.letter)


def pdf_text(job: Job | None) -> str:
    assert job is not None
    stored = job.file
    assert stored is not None
    done = subprocess.run(
        ["pdftotext", "-layout", str(stored.path), "-"], capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("outcome", ["selected", "not_selected"])
def test_the_letter_holds_outcome_grounds_advice_and_appeal(outcome: str) -> None:
    case = Case().lettered(outcome)
    text = text_of(case)
    texts = DEFAULT_TEXTS[outcome]  # type: ignore[index]
    for told in (
        case.proposal.reference,
        case.proposal.title,
        case.proposal.organisation.name,
        case.decision.letter_number,
        case.decision.get_outcome_display().lower(),
        case.decision.grounds,
        ADVICE.strengths,
        ADVICE.points_of_attention,
        ADVICE.conditions,
        "positief met aandachtspunten",
        str(case.leader),
        texts["opening"],
        texts["closing"],
        APPEAL,
    ):
        assert words(str(told)) in text
    assert ("wijkt af van het advies" in text) is (outcome == "not_selected")


@pytest.mark.parametrize("outcome", ["selected", "not_selected"])
def test_the_letter_holds_no_internal_note_no_adviser_and_no_scores(outcome: str) -> None:
    case = Case().lettered(outcome)
    text = text_of(case)
    assert INTERNAL not in text
    assert str(case.adviser) not in text
    assert "Motivering bij" not in text
    assert "80 %" not in text


def test_no_mail_of_the_whole_way_holds_the_internal_note() -> None:
    Case().notified("selected")
    Case().notified("not_selected")
    assert OutboxMail.objects.count() >= 4
    for mail in OutboxMail.objects.all():
        assert INTERNAL not in mail.subject + mail.text + mail.html


def test_markup_in_a_text_is_shown_as_it_was_typed(settings: Any) -> None:
    case = Case().decided(grounds="Kost < 5 & <b>baat</b> > 3.")
    run_job(job_id=case.decision.letter_id)
    assert "Kost < 5 & <b>baat</b> > 3." in text_of(case)
