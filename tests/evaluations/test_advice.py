"""Writing the advice, making it final, correcting it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.utils import ProgrammingError

from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from evaluations.models import Advice
from evaluations.services import (
    AdviceText,
    accept_assignment,
    assign_adviser,
    correct_advice,
    decide,
    finalise_advice,
    save_advice,
)
from projects.lifecycle import ProposalState
from tests.evaluations.factories import ADVICE, Case, staff

pytestmark = pytest.mark.django_db


def test_a_draft_may_be_empty_and_changes_nothing_of_the_file() -> None:
    case = Case().scored()
    advice = save_advice(proposal=case.proposal, by=case.adviser, text=AdviceText())
    again = save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    assert (again.pk, again.number, again.strengths) == (advice.pk, 1, ADVICE.strengths)
    assert case.state == ProposalState.ASSESSMENT


def test_the_scores_come_first() -> None:
    case = Case().accepted()
    with pytest.raises(TransitionRefused, match="Maak eerst uw scores definitief"):
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)


def test_only_the_lead_adviser_writes() -> None:
    case = Case().scored()
    second = staff(StaffRole.ADVISER)
    assignment = assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
    accept_assignment(assignment=assignment, by=second)
    for person in (second, case.team, case.leader, staff(StaffRole.ADVISER)):
        with pytest.raises(PermissionDenied, match="die het advies over dit dossier schrijft"):
            save_advice(proposal=case.proposal, by=person, text=ADVICE)


def test_without_a_lead_nobody_writes() -> None:
    case = Case().complete()
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(state=ProposalState.ASSESSMENT)
    with pytest.raises(PermissionDenied, match="die het advies over dit dossier schrijft"):
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)


def test_the_budget_range_is_the_right_way_round() -> None:
    case = Case().scored()
    wrong = replace(ADVICE, budget_from=Decimal(500), budget_to=Decimal(400))
    with pytest.raises(ValidationError) as refused:
        save_advice(proposal=case.proposal, by=case.adviser, text=wrong)
    assert refused.value.message_dict == {
        "budget_to": ["“Budget tot” is kleiner dan “budget vanaf”."]
    }


def test_final_takes_the_file_to_advised() -> None:
    case = Case().advised()
    assert case.state == ProposalState.ADVISED
    assert case.advice().is_final
    assert AuditEvent.objects.filter(action="advice.finalised").count() == 1


@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        (replace(ADVICE, strengths=" "), "strengths", "Beschrijf de sterke punten."),
        (replace(ADVICE, conclusion=""), "conclusion", "Kies een besluit."),
        (
            replace(ADVICE, points_of_attention=""),
            "points_of_attention",
            "Beschrijf de aandachtspunten bij dit besluit.",
        ),
    ],
)
def test_final_needs_the_essentials(text: AdviceText, field: str, sentence: str) -> None:
    case = Case().scored()
    save_advice(proposal=case.proposal, by=case.adviser, text=text)
    with pytest.raises(ValidationError) as refused:
        finalise_advice(proposal=case.proposal, by=case.adviser)
    assert refused.value.message_dict == {field: [sentence]}


def test_final_needs_a_draft() -> None:
    case = Case().scored()
    with pytest.raises(ValidationError, match="geen ontwerp van een advies"):
        finalise_advice(proposal=case.proposal, by=case.adviser)


def test_a_final_advice_stays_in_python_and_in_the_database() -> None:
    case = Case().advised()
    with pytest.raises(TransitionRefused, match="Dit advies is definitief"):
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    with (
        pytest.raises((InternalError, ProgrammingError), match="pgtrigger"),
        transaction.atomic(),
    ):
        Advice.objects.update(internal_note="toch gewijzigd")


def test_a_correction_is_a_new_version() -> None:
    case = Case().advised()
    correction = correct_advice(proposal=case.proposal, by=case.adviser)
    assert (correction.number, correction.strengths) == (2, ADVICE.strengths)
    save_advice(
        proposal=case.proposal,
        by=case.adviser,
        text=replace(ADVICE, strengths="Sterker dan eerst."),
    )
    finalise_advice(proposal=case.proposal, by=case.adviser)
    assert list(Advice.objects.values_list("number", "strengths")) == [
        (1, ADVICE.strengths),
        (2, "Sterker dan eerst."),
    ]
    assert case.state == ProposalState.ADVISED


def test_a_correction_needs_a_final_advice_and_is_begun_once() -> None:
    case = Case().scored()
    with pytest.raises(ValidationError, match="nog geen definitief advies"):
        correct_advice(proposal=case.proposal, by=case.adviser)
    save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
    finalise_advice(proposal=case.proposal, by=case.adviser)
    correct_advice(proposal=case.proposal, by=case.adviser)
    with pytest.raises(ValidationError, match="Er is al een verbetering begonnen"):
        correct_advice(proposal=case.proposal, by=case.adviser)


def test_while_it_is_corrected_nobody_decides_and_once_decided_nobody_corrects() -> None:
    case = Case().advised()
    correct_advice(proposal=case.proposal, by=case.adviser)
    with pytest.raises(ValidationError, match="De adviseur verbetert het advies"):
        decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Goed.")
    finalise_advice(proposal=case.proposal, by=case.adviser)
    decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Goed.")
    with pytest.raises(TransitionRefused, match="Het advies ligt vast"):
        correct_advice(proposal=case.proposal, by=case.adviser)
