""" "Is dit iets voor mij?": reasons for every answer, nothing kept, nothing that breaks it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OrganisationType
from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import Call, SelfTestQuestion
from calls.self_test import Verdict
from calls.services import create_call
from calls.template import SELF_TEST
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    call: Call = CallFactory()
    add(call, "Is het nieuw?", "Het bestaat al.")
    add(call, "Is het gepubliceerd?", "Te laat.", good_answer=False)
    add(call, "Meer dan één leverancier?", "Mik niet op één.", weight="doubt")
    return call


def add(call: Call, question: str, reason: str, **fields: Any) -> SelfTestQuestion:
    return call.self_test_questions.create(
        question=question, reason=reason, position=call.self_test_questions.count() + 1, **fields
    )


def address(call: Call) -> str:
    return reverse("calls:self_test", args=[call.slug])


def answer(client: Client, call: Call, *answers: str, soort: str = "municipality") -> Any:
    keys = [f"v{q.pk}" for q in call.self_test_questions.all()]
    page = client.get(address(call), {"soort": soort, **dict(zip(keys, answers, strict=True))})
    assert page.status_code == 200
    return page


GOOD = ("ja", "nee", "ja")


@pytest.mark.parametrize(
    ("answers", "soort", "verdict", "reasons"),
    [
        (GOOD, "municipality", Verdict.YES, []),
        (("nee", "nee", "ja"), "municipality", Verdict.NO, ["Het bestaat al."]),
        (("ja", "ja", "ja"), "municipality", Verdict.NO, ["Te laat."]),
        (("ja", "nee", "nee"), "municipality", Verdict.DOUBT, ["Mik niet op één."]),
        (
            ("nee", "ja", "nee"),
            "municipality",
            Verdict.NO,
            ["Het bestaat al.", "Te laat.", "Mik niet op één."],
        ),
    ],
)
def test_the_outcome_gives_the_reasons_the_worst_first(
    client: Client,
    call: Call,
    answers: tuple[str, ...],
    soort: str,
    verdict: Verdict,
    reasons: list[str],
) -> None:
    page = answer(client, call, *answers, soort=soort)
    outcome = page.context["outcome"]
    assert outcome.verdict == verdict
    assert [finding.reason for finding in outcome.reasons] == reasons
    assert str(verdict.label) in page.content.decode()


def test_who_does_not_know_is_invited_to_make_contact(client: Client, call: Call) -> None:
    page = answer(client, call, "onbekend", "nee", "ja", soort="onbekend")
    assert page.context["outcome"].verdict == Verdict.DOUBT
    assert len(page.context["outcome"].reasons) == 2
    assert f"mailto:{call.contact_email}" in page.content.decode()


def test_a_kind_that_may_not_apply_reads_which_kinds_may(client: Client, call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(eligible_types=[OrganisationType.HOSPITAL])
    assert answer(client, call, *GOOD, soort="hospital").context["outcome"].verdict == Verdict.YES
    (finding,) = answer(client, call, *GOOD, soort="ocmw").context["outcome"].reasons
    assert "alleen voor: Ziekenhuis" in finding.reason


def test_the_next_step_follows_the_outcome(client: Client, call: Call) -> None:
    good = answer(client, call, *GOOD).content.decode()
    assert f'href="{call.get_absolute_url()}#indienen"' in good
    bad = answer(client, call, "nee", "nee", "ja").content.decode()
    assert f'href="{reverse("calls:ask_question", args=[call.slug])}"' in bad


def test_a_question_without_answer_is_asked_again_and_the_rest_is_kept(
    client: Client, call: Call
) -> None:
    first, second, third = call.self_test_questions.all()
    page = client.get(address(call), {f"v{first.pk}": "ja"})
    assert page.context["outcome"] is None
    assert page.context["form"].errors == {
        name: ["Kies een antwoord."] for name in ("soort", f"v{second.pk}", f"v{third.pk}")
    }
    assert page.context["form"][f"v{first.pk}"].value() == "ja"


@pytest.mark.parametrize(
    "value", ["\x00", "misschien", "9" * 5000, "<script>alert(1)</script>", "²"]
)
@pytest.mark.parametrize("key", ["soort", "v"])
def test_a_strange_address_is_a_question_to_choose(
    client: Client, call: Call, key: str, value: str
) -> None:
    first = call.self_test_questions.first()
    assert first is not None
    name = key if key == "soort" else f"v{first.pk}"
    page = client.get(address(call), {name: value, "v999999999999": "ja", "x[]": "\x00"})
    assert page.status_code == 200
    assert page.context["form"].errors[name] == ["Kies een van de antwoorden."]
    assert b"<script>alert" not in page.content


def test_nothing_is_kept_and_no_cookie_follows_the_visitor(client: Client, call: Call) -> None:
    page = answer(client, call, *GOOD)
    assert "sessionid" not in page.cookies  # and conftest fails a GET that writes


@pytest.mark.parametrize("state", [CallState.CONCEPT, CallState.WITHDRAWN])
def test_a_draft_is_not_there_for_a_visitor(client: Client, call: Call, state: CallState) -> None:
    Call.objects.filter(pk=call.pk).update(state=state)
    assert client.get(address(call)).status_code == 404
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))
    assert client.get(address(call)).status_code == 200


# --- Staff ---------------------------------------------------------------------------------------


@pytest.fixture
def team(client: Client) -> Client:
    client.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    return client


def test_a_new_call_has_the_checklist_of_the_programme() -> None:
    maker = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    call = create_call(reference="PIO-2027-1", title="Oproep", by=maker)
    kept = call.self_test_questions.values_list("position", "question", "good_answer", "weight")
    assert list(kept) == [
        (n, spec.question, spec.good, spec.weight) for n, spec in enumerate(SELF_TEST, 1)
    ]
    assert len(SELF_TEST) == 8  # domain.md 5.2
    for question in call.self_test_questions.all():
        question.full_clean()


def test_staff_change_add_move_and_remove_questions_of_a_draft(team: Client) -> None:
    call = CallFactory(state=CallState.CONCEPT)
    setup = reverse("calls:self_test_setup", args=[call.slug])
    page = team.post(reverse("calls:suggest_self_test", args=[call.slug]), follow=True)
    assert "8 vragen toegevoegd" in page.content.decode()
    page = team.post(reverse("calls:suggest_self_test", args=[call.slug]), follow=True)
    assert "heeft deze vragen al" in page.content.decode()

    typed = {"question": "Nieuw?", "good_answer": "False", "weight": "doubt", "reason": "Omdat."}
    answer = team.post(reverse("calls:part_add", args=[call.slug, "zelftest"]), typed)
    assert answer.headers["Location"] == setup
    new = call.self_test_questions.get(question="Nieuw?")
    assert (new.good_answer, new.weight, new.position) == (False, "doubt", 9)

    team.post(reverse("calls:part_move", args=[call.slug, "zelftest", new.pk]), {"richting": "op"})
    assert list(call.self_test_questions.values_list("question", flat=True))[7] == "Nieuw?"
    team.post(reverse("calls:part_delete", args=[call.slug, "zelftest", new.pk]))
    assert call.self_test_questions.count() == 8
    assert team.get(setup).status_code == 200


def test_a_published_self_test_stays_as_it_is(team: Client, call: Call) -> None:
    team.post(reverse("calls:suggest_self_test", args=[call.slug]))
    assert call.self_test_questions.count() == 3
    assert (
        "Vraag toevoegen"
        not in team.get(reverse("calls:self_test_setup", args=[call.slug])).content.decode()
    )
