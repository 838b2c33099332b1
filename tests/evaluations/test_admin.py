"""The tables in /admin/: to look at; only the texts of the letter are edited."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import StaffRole
from evaluations.models import LetterText
from evaluations.services import save_scores
from tests.evaluations.factories import Case, staff

pytestmark = pytest.mark.django_db
MODELS = [
    *("completenesscheck", "assignment", "conflictdeclaration", "evaluation", "score"),
    *("advice", "selectiondecision", "lettercounter", "lettertext"),
]


def administrator() -> Client:
    client = Client()
    client.force_login(staff(StaffRole.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("model", MODELS)
def test_each_table_can_be_listed_and_searched(model: str) -> None:
    Case().notified()
    page = administrator().get(reverse(f"admin:evaluations_{model}_changelist"), {"q": "PIO"})
    assert page.status_code == 200


def test_nobody_adds_or_changes_a_decision_here() -> None:
    case = Case().decided()
    client = administrator()
    assert client.get(reverse("admin:evaluations_selectiondecision_add")).status_code == 403
    change = reverse("admin:evaluations_selectiondecision_change", args=[case.decision.pk])
    assert client.post(change, {"grounds": "anders"}).status_code == 403


def test_nobody_edits_the_letter_here() -> None:
    client = administrator()
    text = LetterText.objects.get(outcome="selected")
    change = reverse("admin:evaluations_lettertext_change", args=[text.pk])
    assert client.post(change, {"opening": "Dag,"}).status_code == 403
    assert client.get(reverse("admin:evaluations_lettertext_add")).status_code == 403
    delete = reverse("admin:evaluations_lettertext_delete", args=[text.pk])
    assert client.get(delete).status_code == 403


def test_own_notes_are_not_shown() -> None:
    case = Case().accepted()
    save_scores(
        evaluation=case.evaluation, by=case.adviser, version=1, entries={}, own_notes="HEEL-EIGEN"
    )
    page = reverse("admin:evaluations_evaluation_change", args=[case.evaluation.pk])
    answer = administrator().get(page)
    assert answer.status_code == 200
    assert "HEEL-EIGEN" not in answer.content.decode()
