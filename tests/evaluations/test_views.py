"""The pages: what each role may do there, and the whole way played through forms."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from documents.services import run_job
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Score, SelectionDecision
from evaluations.selectors import waiting_files
from evaluations.services import correct_advice
from projects.lifecycle import ProposalState
from tests.evaluations.factories import ADVICE, Case, many, staff

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, case: Case, *args: Any) -> str:
    return reverse(f"evaluations:{name}", args=[case.proposal.reference, *args])


def score_data(case: Case, value: str = "4.0", **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"version": case.evaluation.version, "own_notes": ""}
    for item in case.exclusions():
        data[f"met_{item}"] = "yes"
    for criterion in case.proposal.call.criteria.all():
        data[f"score_{criterion.pk}"] = value
        data[f"motivation_{criterion.pk}"] = f"Motivering bij {criterion.title}."
    return {**data, **changes}


def test_the_whole_way_through_the_forms() -> None:
    case = Case()
    team, adviser, leader = (signed_in(p) for p in (case.team, case.adviser, case.leader))
    assert "Controleer of het voorstel volledig is." in team.get(url("file", case)).content.decode()
    team.post(url("completeness", case), case.check_data())
    assert case.state == ProposalState.COMPLETE
    due = timezone.localdate() + timedelta(days=20)
    team.post(
        url("assignment", case), {"adviser": case.adviser.pk, "is_lead": "on", "due_on": str(due)}
    )
    assert case.assignment.due_on == due
    adviser.post(url("accept", case), {"no_conflict": "on"})
    assert case.assignment.state == AssignmentState.ACCEPTED
    adviser.post(url("scoring", case), score_data(case, finalise="yes", confirmed="on"))
    assert case.assignment.state == AssignmentState.DONE
    text = {**ADVICE.__dict__, "budget_from": "100.000,00", "budget_to": "250.000,00"}
    adviser.post(url("advice", case), {**text, "version": 0, "finalise": "yes", "confirmed": "on"})
    assert case.state == ProposalState.ADVISED
    assert case.advice().budget_to == ADVICE.budget_to
    answer = leader.post(
        url("decide", case),
        {"outcome": "selected", "grounds": "Goed voorstel.", "confirmed": "on"},
    )
    assert answer.status_code == 302
    run_job(job_id=case.decision.letter_id)
    answer = team.post(url("prepare_notification", case))
    assert answer["Location"] == url("notify", case)
    team.post(url("notify", case), {"means": "portal", "confirmed": "on"})
    assert case.state == ProposalState.SELECTED
    member = signed_in(case.member).get(url("decision", case))
    assert "Goed voorstel." in member.content.decode()
    for client in (team, adviser, leader):
        for name in ("file", "assignment", "scores", "advice", "decide", "history"):
            assert client.get(url(name, case)).status_code == 200, name


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("completeness", {"is_complete": "yes"}),
        ("assignment", {"adviser": "1"}),
        ("advice", {"strengths": "x"}),
        ("notify", {"confirmed": "on"}),
        ("remake_letter", {}),
        ("withdraw_decision", {}),
    ],
)
def test_an_auditor_reads_and_changes_nothing(name: str, data: dict[str, str]) -> None:
    case = Case().decided() if name in {"notify", "remake_letter", "withdraw_decision"} else Case()
    before = case.state
    answer = signed_in(staff(StaffRole.AUDITOR)).post(url(name, case), data)
    assert answer.status_code == 403
    assert case.state == before


@pytest.mark.parametrize("name", ["accept", "decline", "scoring", "running_total"])
def test_who_was_not_asked_finds_no_answer_form(name: str) -> None:
    case = Case().accepted()
    assert signed_in(case.team).post(url(name, case), {}).status_code == 404


def test_visitors_sign_in_and_members_are_refused() -> None:
    case = Case()
    assert Client().get(url("file", case)).status_code == 302
    assert signed_in(case.member).get(url("file", case)).status_code == 403


def test_an_adviser_does_not_see_the_completeness_tab() -> None:
    case = Case().accepted()
    client = signed_in(case.adviser)
    assert client.get(url("completeness", case)).status_code == 403
    assert url("completeness", case) not in client.get(url("file", case)).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"is_complete": "no"}, "Schrijf wat er ontbreekt."),
        ({"is_complete": ""}, "Zeg of het voorstel volledig is."),
        ({"aanpassing-TOTAL_FORMS": ""}, "De aanpassingen kwamen niet goed aan."),
        ({"is_complete": "no", "aanpassing-0-target": "D"}, "Schrijf wat de aanvrager hier moet"),
    ],
)
def test_a_refused_check_says_why(data: dict[str, str], sentence: str) -> None:
    case = Case()
    posted = {**case.check_data(), **data}
    answer = signed_in(case.team).post(url("completeness", case), posted)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_refused_assignment_says_why_beside_the_field() -> None:
    case = Case().assigned()
    data = {"adviser": case.adviser.pk, "due_on": str(timezone.localdate())}
    answer = signed_in(case.team).post(url("assignment", case), data)
    assert answer.status_code == 422
    assert "Deze adviseur werkt al aan dit dossier." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "sentence", "state"),
    [
        ("accept", {}, "Dit veld is verplicht.", AssignmentState.INVITED),
        ("conflict", {"explanation": ""}, "Dit veld is verplicht.", AssignmentState.INVITED),
        ("decline", {"reason": ""}, "Dit veld is verplicht.", AssignmentState.INVITED),
    ],
)
def test_an_empty_answer_to_an_invitation(
    name: str, data: dict[str, str], sentence: str, state: str
) -> None:
    case = Case().assigned()
    answer = signed_in(case.adviser).post(url(name, case), data)
    if data:
        assert sentence in answer.content.decode()
    assert case.assignment.state == state


@pytest.mark.parametrize(
    ("name", "data", "state"),
    [
        ("conflict", {"explanation": "Mijn zus werkt daar."}, AssignmentState.RECUSED),
        ("decline", {"reason": "Geen tijd."}, AssignmentState.DECLINED),
    ],
)
def test_after_a_conflict_or_refusal_one_lands_on_the_list(
    name: str, data: dict[str, str], state: str
) -> None:
    case = Case().assigned()
    answer = signed_in(case.adviser).post(url(name, case), data, follow=True)
    assert answer.redirect_chain == [(reverse("evaluations:files"), 302)]
    assert Assignment.objects.get().state == state


def test_revoking_asks_for_a_reason_first() -> None:
    case = Case().accepted()
    client = signed_in(case.team)
    page = url("revoke", case, case.assignment.pk)
    assert "krijgt een mail" in client.get(page).content.decode()
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "Afwezig."})
    assert case.assignment.state == AssignmentState.REVOKED
    assert client.post(url("revoke", case, 0), {"reason": "x"}).status_code == 404


# --- Scoring -------------------------------------------------------------------------------------


def test_a_draft_of_scores_may_be_half_empty() -> None:
    case = Case().accepted()
    client = signed_in(case.adviser)
    first, second, _third = case.proposal.call.criteria.all()
    data = score_data(case, **{f"score_{first.pk}": "", f"motivation_{second.pk}": ""})
    assert client.post(url("scoring", case), data).status_code == 302
    assert Score.objects.get(criterion=first).value is None
    page = client.get(url("scoring", case)).content.decode()
    assert f"Motivering bij {first.title}." in page
    data |= {"version": case.evaluation.version, "finalise": "yes", "confirmed": "on"}
    answer = client.post(url("scoring", case), data)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form[f"score_{first.pk}"].errors == [f"Geef een score voor “{first.title}”."]
    assert form[f"motivation_{second.pk}"].errors == [f"Motiveer de score voor “{second.title}”."]


def test_a_clash_shows_both_texts_and_the_next_save_holds() -> None:
    case = Case().accepted()
    client = signed_in(case.adviser)
    stale = score_data(case, value="2.0")
    client.post(url("scoring", case), score_data(case, value="3.5"))
    for key in stale:
        if key.startswith("motivation"):
            stale[key] = "Tekst van het tweede venster."
    answer = client.post(url("scoring", case), stale)
    page = answer.content.decode()
    assert "Tekst van het tweede venster." in page
    assert "Tekst uit uw andere venster" in page
    assert "3,5" in page
    first, *others = case.proposal.call.criteria.all()
    stale |= {"version": case.evaluation.version, "settling": "yes"}
    assert answer.context["form"]["version"].value() == str(stale["version"])
    stale |= {f"kies-criterion_{first.pk}": "theirs"}
    assert client.post(url("scoring", case), stale).status_code == 302
    assert dict(Score.objects.values_list("criterion", "value")) == {
        first.pk: Decimal("3.5"),
        **{one.pk: Decimal(2) for one in others},
    }


def test_the_running_total_is_computed_and_stores_nothing() -> None:
    case = Case().accepted()
    client = signed_in(case.adviser)
    first, *_rest = case.proposal.call.criteria.all()
    answer = client.post(url("running_total", case), score_data(case, value="3.5"))
    assert "70 %" in answer.content.decode().replace("\xa0", " ")
    assert "haalt alle drempels" in answer.content.decode()
    answer = client.post(url("running_total", case), score_data(case, **{f"score_{first.pk}": ""}))
    assert "voorlopig: 2 van 3 criteria hebben een score" in answer.content.decode()
    answer = client.post(
        url("running_total", case), score_data(case, **{f"score_{first.pk}": "1.0"})
    )
    assert f"“{first.title}” ligt onder de drempel." in answer.content.decode()
    assert Score.objects.count() == 0


def test_final_steps_ask_for_a_tick() -> None:
    case = Case().accepted()
    sentence = "Vink eerst aan dat u alles hebt nagekeken."
    client = signed_in(case.adviser)
    answer = client.post(url("scoring", case), score_data(case, finalise="yes"))
    assert answer.context["form"]["confirmed"].errors == [sentence]
    case.score()
    answer = client.post(url("advice", case), {"strengths": "Sterk.", "finalise": "yes"})
    assert answer.context["form"]["confirmed"].errors == [sentence]


# --- Advice and decision -------------------------------------------------------------------------


def test_the_internal_note_is_for_staff() -> None:
    case = Case().advised()
    for person in (case.team, case.leader, case.adviser):
        assert ADVICE.internal_note in signed_in(person).get(url("advice", case)).content.decode()


def test_a_draft_advice_is_for_its_writer() -> None:
    case = Case().scored()
    client = signed_in(case.adviser)
    client.post(url("advice", case), {"strengths": "Nog in de maak."})
    assert "Nog in de maak." in client.get(url("advice", case)).content.decode()
    assert "Nog in de maak." not in signed_in(case.team).get(url("advice", case)).content.decode()


def test_correcting_starts_from_the_final_text() -> None:
    case = Case().advised()
    client = signed_in(case.adviser)
    client.post(url("correct_advice", case))
    page = client.get(url("advice", case)).content.decode()
    assert "Advies, versie 1" in page
    assert "Ontwerp opslaan" in page
    assert (
        "verbetert het advies" in signed_in(case.leader).get(url("decide", case)).content.decode()
    )


def test_deviating_without_a_reason_shows_the_sentence_at_its_field() -> None:
    case = Case().advised()
    data = {"outcome": "not_selected", "grounds": "Nee.", "confirmed": "on"}
    answer = signed_in(case.leader).post(url("decide", case), data)
    assert answer.status_code == 422
    assert "Schrijf waarom u van het advies afwijkt." in answer.content.decode()


def test_who_may_not_decide_reads_why() -> None:
    both = staff(StaffRole.ADVISER, StaffRole.PROJECT_LEADER)
    case = Case(adviser=both).advised()
    page = signed_in(both).get(url("decide", case)).content.decode()
    assert "U kunt over dit dossier niet beslissen" in page
    data = {"outcome": "selected", "grounds": "Ja.", "confirmed": "on"}
    assert signed_in(both).post(url("decide", case), data).status_code == 403
    assert SelectionDecision.objects.count() == 0


def test_undo_and_remake_by_button() -> None:
    case = Case().lettered()
    first = case.decision.letter_id
    client = signed_in(case.leader)
    client.post(url("remake_letter", case))
    assert case.decision.letter_id != first
    client.post(url("withdraw_decision", case))
    assert SelectionDecision.objects.count() == 0


# --- Lists ---------------------------------------------------------------------------------------


def test_the_list_filters_and_sorts() -> None:
    one, two = Case().assigned(), Case()
    one.proposal.title = "Slimme dijken"
    one.proposal.save()
    client = signed_in(one.team)
    files = reverse("evaluations:files")

    def shown(query: str) -> list[str]:
        page = client.get(f"{files}?{query}").context["page_obj"]
        return [row.proposal.reference for row in page]

    a, b = one.proposal.reference, two.proposal.reference
    assert set(shown("")) == {a, b}
    assert shown("q=dijken") == [a]
    assert shown(f"q=%22{two.proposal.organisation.name}%22") == [b]
    assert shown(f"call={two.proposal.call_id}") == [b]
    assert shown("state=assessment") == [a]
    assert shown(f"adviser={one.adviser.pk}") == [a]
    assert shown("sort=reference") == sorted([a, b])
    assert shown("sort=-reference") == sorted([a, b], reverse=True)
    assert shown("sort=due_on") == [b, a]  # the check of the one, the advice on the other
    assert shown("sort=-due_on") == [a, b]
    assert shown("sort=onzin") == shown("")


def test_an_adviser_cannot_filter_by_colleague() -> None:
    case = Case().accepted()
    page = signed_in(case.adviser).get(reverse("evaluations:files"))
    assert "adviser" not in page.context["filter"].form.fields


@pytest.mark.parametrize("page", ["files", "overview", "work"])
@pytest.mark.parametrize("who", ["team", "adviser"])
def test_a_list_costs_the_same_with_3_and_300_files(page: str, who: str) -> None:
    counts = []
    for rows in (3, 300):
        case = many(rows)
        client = signed_in(getattr(case, who))
        client.get(reverse(f"evaluations:{page}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(f"evaluations:{page}")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


@pytest.mark.parametrize("who", ["team", "adviser", "leader"])
def test_work_costs_the_same_with_3_and_300_files(who: str) -> None:
    counts = []
    for rows in (3, 300):
        case = many(rows)
        person = getattr(case, who)
        with CaptureQueriesContext(connection) as queries:
            waiting_files(type(person).objects.get(pk=person.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# --- What waits for whom -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "who", "label"),
    [
        (None, "team", "Volledigheid controleren"),
        ("complete", "team", "Adviseur toewijzen"),
        ("complete", "leader", "Adviseur toewijzen"),
        ("assigned", "adviser", "Uitnodiging beantwoorden"),
        ("accepted", "adviser", "Scores geven"),
        ("scored", "adviser", "Advies schrijven"),
        ("advised", "leader", "Beslissen over de selectie"),
        ("decided", "team", "Beslissing meedelen"),
    ],
)
def test_each_stage_waits_for_one_person(stage: str | None, who: str, label: str) -> None:
    case = Case()
    if stage:
        getattr(case, stage)()
    [item] = waiting_files(getattr(case, who)).items
    assert (item.label, item.title, item.group) == (label, str(case.proposal), "Dossiers")
    assert item.url.startswith(f"/beheer/dossiers/{case.proposal.reference}/")
    assert item.is_late is False
    for other in {"team", "leader", "adviser"} - {who}:
        others = waiting_files(getattr(case, other)).items
        assert others == [] or (stage in {"complete", "decided"} and other in {"team", "leader"})


def test_what_is_late_is_marked() -> None:
    case = Case().accepted()
    assignment = case.assignment
    assignment.due_on = timezone.localdate() - timedelta(days=1)
    assignment.save()
    assert [item.is_late for item in waiting_files(case.adviser).items] == [True]


def test_nothing_waits_for_who_is_no_staff_or_after_the_end() -> None:
    case = Case().notified()
    for person in (case.team, case.leader, case.adviser, case.member):
        assert waiting_files(person).items == []


def test_a_correction_waits_for_its_writer() -> None:
    case = Case().advised()
    correct_advice(proposal=case.proposal, by=case.adviser)
    assert [item.label for item in waiting_files(case.adviser).items] == [
        "Verbeterd advies definitief maken"
    ]
