"""The default template: what a new call starts with."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.lifecycle import CallState
from calls.models import CostPhase, FormQuestion, QuestionType
from calls.services import create_call
from calls.setup import open_items
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team_member() -> object:
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


def test_a_new_call_is_a_draft_with_the_whole_default_form(team_member):
    call = create_call(reference="PIO-2027-1", title="Voorjaarsoproep 2027", by=team_member)

    assert (call.state, call.slug) == (CallState.CONCEPT, "pio-2027-1")
    assert "".join(call.sections.values_list("code", flat=True)) == "ACDEFGHIJKL"
    assert list(call.criteria.values_list("weight", "threshold")) == [
        (Decimal(20), Decimal(50)),
        (Decimal(40), Decimal(50)),
        (Decimal(40), Decimal(50)),
    ]
    assert dict(call.cofinancing_rules.values_list("phase", "ceiling")) == {
        CostPhase.PREPARATION: Decimal(30000),
        CostPhase.FEASIBILITY: None,
        CostPhase.DEVELOPMENT: Decimal(1000000),
        CostPhase.VALIDATION: Decimal(1000000),
        CostPhase.PILOT: Decimal(1000000),
    }
    assert set(call.cofinancing_rules.values_list("rate", "ceiling_is_indicative")) == {
        (Decimal("0.5"), True)
    }


def test_limits_of_the_form_are_those_of_the_dossier(team_member):
    call = create_call(reference="PIO-2027-1", title="Oproep", by=team_member)

    texts = FormQuestion.objects.filter(section__call=call, type=QuestionType.TEXT)
    assert dict(texts.values_list("key", "max_length")) == {
        "probleem": 4000,
        "huidige_werkwijze": 2000,
        "betrokkenen": 1500,
        "doelen": 3000,
        "markt": 3000,
        "onzekerheid": 2000,
        "impact": 4000,
        "aanpak": 4000,
    }


def test_a_new_call_says_what_staff_must_still_add(team_member):
    call = create_call(reference="PIO-2027-1", title="Oproep", by=team_member)

    assert [item.key for item in open_items(call) if item.is_required] == ["samenvatting", "ronde"]
    assert call.what_is_missing() == [str(item.label) for item in open_items(call)]
    assert "Schrijf een samenvatting." in call.what_is_missing()


def test_a_new_call_has_the_reminder_plan_of_the_dossier(team_member):
    call = create_call(reference="PIO-2027-1", title="Oproep", by=team_member)

    assert list(map(str, call.reminder_moments.all())) == [
        "14 dagen vooraf",
        "7 dagen vooraf",
        "2 dagen vooraf",
        "3 uur vooraf",
    ]


def test_two_calls_share_no_question_and_no_list(team_member):
    first = create_call(reference="PIO-2027-1", title="Een", by=team_member)
    second = create_call(reference="PIO-2027-2", title="Twee", by=team_member)

    mine = FormQuestion.objects.get(section__call=first, key="procedure")
    mine.choices.append("Iets anders")
    mine.save()

    theirs = FormQuestion.objects.get(section__call=second, key="procedure")
    assert "Iets anders" not in theirs.choices
    third = create_call(reference="PIO-2027-3", title="Drie", by=team_member)
    assert FormQuestion.objects.get(section__call=third, key="procedure").choices == theirs.choices


def test_a_reference_is_used_once(team_member):
    create_call(reference="PIO-2027-1", title="Een", by=team_member)

    with pytest.raises(ValidationError) as refused:
        create_call(reference="PIO-2027-1", title="Twee", by=team_member)
    assert refused.value.message_dict["reference"] == ["Er is al een oproep met dit kenmerk."]


def test_the_maker_is_in_the_record(team_member):
    call = create_call(reference="PIO-2027-1", title="Een", by=team_member)

    event = AuditEvent.objects.about(call).get()
    assert (event.action, event.actor) == ("call.created", team_member)


@pytest.mark.parametrize("role", [StaffRole.ADVISER, StaffRole.AUDITOR])
def test_only_the_team_and_the_programme_manager_make_calls(role):
    with pytest.raises(PermissionDenied):
        create_call(reference="PIO-2027-1", title="Een", by=UserFactory(roles=[role]))
