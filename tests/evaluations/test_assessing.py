"""Scoring and advising beside the file: jumps, autosave, two windows, what must be given."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from calls.models import Call, Criterion
from evaluations.models import Advice, ExclusionAnswer, Score
from evaluations.scoring import needed_length
from evaluations.selectors.advice import advice_differences
from evaluations.services import (
    accept_assignment,
    correct_advice,
    finalise_advice,
    finalise_scores,
    revoke_assignment,
    save_advice,
)
from evaluations.services.advice import AdviceChanged
from evaluations.services.scores import ExclusionEntry, ScoreEntry, save_scores
from projects.models import InformationRequest
from projects.services.information import default_due_on
from tests.evaluations.factories import ADVICE, INTERNAL, LONG, Case
from tests.evaluations.test_views import many, score_data, signed_in, url

pytestmark = pytest.mark.django_db
UNMET = "De markt blijft open."


class TestMotivation:
    @pytest.mark.parametrize(
        ("value", "needed"),
        [(None, 20), (Decimal("2.4"), 100), (Decimal("2.5"), 20), (Decimal(5), 20)],
    )
    def test_below_the_threshold_more_is_needed(self, value: Decimal | None, needed: int) -> None:
        call = Call(motivation_length=20, motivation_length_below=100)
        assert needed_length(call, Decimal(50), value) == needed

    def test_a_short_rule_below_never_asks_less(self) -> None:
        call = Call(motivation_length=20, motivation_length_below=5)
        assert needed_length(call, Decimal(50), Decimal(0)) == 20

    def test_final_says_beside_the_box_how_many_characters_are_missing(self) -> None:
        case = Case().accepted()
        first, *_others = case.proposal.call.criteria.all()
        changes = {f"score_{first.pk}": "2.0", f"motivation_{first.pk}": "Zwak.\r\nNiets."}
        data = score_data(case, finalise="yes", confirmed="on", **changes)
        client = signed_in(case.adviser)
        answer = client.post(url("scoring", case), data)
        assert answer.status_code == 422
        form = answer.context["form"]
        assert dict(form.errors) == {
            f"motivation_{first.pk}": [
                f"Motiveer de score voor “{first.title}” uitgebreider: ze ligt onder de drempel. "
                "Nog 88 tekens, tot minstens 100."
            ]
        }
        assert form["version"].value() == str(case.evaluation.version)  # what was typed is saved
        unticked = client.post(url("scoring", case), {**data, "confirmed": ""}).context["form"]
        assert list(unticked.errors) == [f"motivation_{first.pk}", "confirmed"]  # both at once
        assert "Nog 88 tekens nodig om definitief te maken." in answer.content.decode()
        data |= {f"motivation_{first.pk}": LONG, "version": case.evaluation.version}
        assert client.post(url("scoring", case), data).status_code == 302
        assert case.evaluation.finalised_at is not None


class TestExclusions:
    def test_each_is_answered_and_a_no_is_explained(self) -> None:
        case = Case().accepted()
        met, unmet = case.exclusions()
        save_scores(
            evaluation=case.evaluation,
            by=case.adviser,
            version=1,
            entries=case.entries(),
            exclusions={unmet: ExclusionEntry(is_met=False, reason=" ")},
        )
        with pytest.raises(ValidationError) as refused:
            finalise_scores(evaluation=case.evaluation, by=case.adviser)
        assert refused.value.message_dict == {
            f"met_{met}": ["Antwoord op “De aanvrager is een openbaar bestuur.”."],
            f"reason_{unmet}": ["Schrijf waarom “De markt blijft open.” niet voldaan is."],
        }

    def test_an_item_of_another_call_or_list_is_refused(self) -> None:
        case = Case().accepted()
        other = case.proposal.call.checklist_items.exclude(pk__in=case.exclusions()).first()
        assert other is not None
        with pytest.raises(ValidationError, match="hoort niet bij de oproep"):
            save_scores(
                evaluation=case.evaluation,
                by=case.adviser,
                version=1,
                entries={},
                exclusions={other.pk: ExclusionEntry(is_met=True, reason="")},
            )

    def test_the_answers_stand_beside_the_advice_and_a_positive_one_speaks_of_them(self) -> None:
        case = Case().accepted()
        case.score(None, "4.0", UNMET)
        page = signed_in(case.adviser).get(url("advice", case)).content.decode()
        assert "Dit ontbreekt." in page
        text = replace(ADVICE, conclusion="positive", points_of_attention="")
        save_advice(proposal=case.proposal, by=case.adviser, text=text)
        with pytest.raises(ValidationError) as refused:
            finalise_advice(proposal=case.proposal, by=case.adviser)
        assert refused.value.message_dict == {
            "points_of_attention": [
                "Niet voldaan: “De markt blijft open.”. Schrijf bij de aandachtspunten waarom u "
                "toch positief besluit."
            ]
        }
        save_advice(proposal=case.proposal, by=case.adviser, text=replace(text, conclusion=""))
        save_advice(
            proposal=case.proposal,
            by=case.adviser,
            text=replace(text, points_of_attention="De markt sluit, maar dat lost de stad op."),
        )
        assert finalise_advice(proposal=case.proposal, by=case.adviser).is_final


class TestAutosave:
    def test_it_saves_as_a_press_does(self) -> None:
        case = Case().accepted()
        first, *_others = case.proposal.call.criteria.all()
        data = score_data(case, "3.5", own_notes="Nog nalezen.", autosave="yes")
        answer = signed_in(case.adviser).post(url("scoring", case), data).content.decode()
        assert 'data-autosave="saved" data-version="2"' in answer
        assert Score.objects.get(criterion=first).value == Decimal("3.5")
        assert case.evaluation.own_notes == "Nog nalezen."
        assert ExclusionAnswer.objects.filter(is_met=True).count() == 2

    def test_what_cannot_be_read_does_not_hold_up_the_rest(self) -> None:
        case = Case().accepted()
        first, second, _third = case.proposal.call.criteria.all()
        data = score_data(case, autosave="yes", **{f"score_{first.pk}": "4.3"})
        answer = signed_in(case.adviser).post(url("scoring", case), data).content.decode()
        assert f'data-unsaved="id_score_{first.pk}"' in answer
        assert set(Score.objects.values_list("criterion", flat=True)) == {
            second.pk,
            _third.pk,
        }

    def test_another_window_is_not_overwritten(self) -> None:
        case = Case().accepted()
        client = signed_in(case.adviser)
        stale = score_data(case, "2.0", autosave="yes")
        client.post(url("scoring", case), score_data(case, "3.5"))
        answer = client.post(url("scoring", case), stale).content.decode()
        assert 'data-autosave="clash"' in answer
        assert set(Score.objects.values_list("value", flat=True)) == {Decimal("3.5")}

    def test_the_same_again_is_no_clash_and_no_version(self) -> None:
        """The answer got lost on its way: the page sends the same again."""
        case = Case().accepted()
        client = signed_in(case.adviser)
        data = score_data(case, autosave="yes")
        client.post(url("scoring", case), data)
        assert 'data-version="2"' in client.post(url("scoring", case), data).content.decode()

    def test_final_scores_refuse_it_and_a_press_gives_the_text_back(self) -> None:
        case = Case().scored()
        client = signed_in(case.adviser)
        first, *_others = case.proposal.call.criteria.all()
        typed = {**score_data(case), f"motivation_{first.pk}": "TE-LAAT-GETYPT"}
        answer = client.post(url("scoring", case), {**typed, "autosave": "yes"})
        assert 'data-autosave="refused"' in answer.content.decode()
        answer = client.post(url("scoring", case), typed)
        assert answer.status_code == 409
        assert "TE-LAAT-GETYPT" in answer.content.decode()

    def test_the_text_outlives_the_session(self) -> None:
        case = Case().accepted()
        answer = Client().post(url("scoring", case), score_data(case))
        assert answer.status_code == 200
        assert "typed_text" in answer.content.decode()

    def test_a_clash_is_settled_per_criterion(self) -> None:
        case = Case().accepted()
        client = signed_in(case.adviser)
        base = client.get(url("scoring", case)).context["form"]["base"].value()
        first, second, third = case.proposal.call.criteria.all()
        client.post(url("scoring", case), score_data(case, **{f"score_{first.pk}": "1.0"}))
        stale = score_data(case, version=1, base=base, **{f"score_{second.pk}": "5.0"})
        different = client.post(url("scoring", case), stale).context["different"]
        assert [(one.label, one.by_me, one.by_them) for one in different] == [
            (first.title, True, True),
            (second.title, True, True),
        ]
        assert third.title not in {one.label for one in different}


class TestReadingBesideIt:
    def test_links_go_to_the_answers_and_back(self) -> None:
        case = Case().accepted()
        first, *_others = case.proposal.call.criteria.all()
        Criterion.objects.filter(pk=first.pk).update(about=["D", "D.probleem", "Z.weg"])
        page = signed_in(case.adviser).get(url("scoring", case)).content.decode()
        for place in ("lees-D", "lees-D-probleem", f"criterium-{first.pk}"):
            assert page.count(f'id="{place}"') == 1
            assert f'href="#{place}"' in page
        assert "lees-Z" not in page

    def test_a_question_is_asked_from_its_place_and_one_comes_back_there(self) -> None:
        case = Case().accepted()
        client = signed_in(case.adviser)
        ask = reverse("evaluations:ask_information", args=[case.proposal.reference])
        link = f"{ask}?over=D.probleem&terug=beoordelen"
        page = client.get(url("scoring", case)).content.decode()
        assert f"{link.replace('&', '&amp;')}#over-D.probleem" in page
        form = client.get(link).context["form"]
        chosen = [
            choice.wanted.name
            for _section, choices in form.sections()
            for choice in choices
            if choice.wanted.value()
        ]
        assert len(chosen) == 1
        number = chosen[0].removeprefix("wanted_")
        answer = client.post(
            link,
            {
                "due_on": str(default_due_on()),
                "message": "",
                chosen[0]: "on",
                f"question_{number}": "Hoeveel riolen?",
            },
        )
        assert answer.url == f"{url('scoring', case)}#lees-D-probleem"
        assert InformationRequest.objects.get().items.get().key == "probleem"
        page = client.get(url("scoring", case)).content.decode()
        assert (
            f"{reverse('evaluations:information', args=[case.proposal.reference])}#verzoek-1"
            in (page)
        )

    @pytest.mark.parametrize("about", ["", "D", "X.niets", "'><script>"])
    def test_an_unknown_place_is_only_a_page(self, about: str) -> None:
        case = Case().accepted()
        ask = reverse("evaluations:ask_information", args=[case.proposal.reference])
        answer = signed_in(case.adviser).get(ask, {"over": about, "terug": "beoordelen"})
        assert answer.status_code == 200
        came_from = url("scoring", case) + ("#lees-D" if about == "D" else "")
        assert answer.context["came_from"] == came_from

    def test_it_costs_the_same_among_many_files(self) -> None:
        counts = []
        for rows in (3, 300):
            case = many(rows)
            accept_assignment(assignment=case.assignment, by=case.adviser)
            client = signed_in(case.adviser)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url("scoring", case)).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 30


class TestAdvice:
    def test_it_saves_by_itself_and_clashes_as_drafts_do(self) -> None:
        case = Case().scored()
        client = signed_in(case.adviser)
        data: dict[str, Any] = {"version": 0, "strengths": "Sterk.", "autosave": "yes"}
        answer = client.post(url("advice", case), data).content.decode()
        assert 'data-autosave="saved" data-version="1"' in answer
        other = {"version": 0, "strengths": "Anders."}
        page = client.post(url("advice", case), other).content.decode()
        assert "Tekst uit uw andere venster" in page
        with pytest.raises(AdviceChanged):
            save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE, version=0)
        kept = {**other, "version": 1, "settling": "yes", "kies-strengths": "theirs"}
        client.post(url("advice", case), kept)
        assert Advice.objects.get().strengths == "Sterk."

    def test_what_is_missing_is_said_beside_its_box(self) -> None:
        case = Case().scored()
        data = {"version": 0, "finalise": "yes", "confirmed": "on"}
        answer = signed_in(case.adviser).post(url("advice", case), data)
        assert dict(answer.context["form"].errors) == {
            "strengths": ["Beschrijf de sterke punten."],
            "conclusion": ["Kies een besluit."],
        }

    def test_the_preview_is_what_the_applicant_reads(self) -> None:
        case = Case().scored()
        client = signed_in(case.adviser)
        assert client.get(url("advice_preview", case)).context["advice"] is None
        save_advice(proposal=case.proposal, by=case.adviser, text=ADVICE)
        page = client.get(url("advice_preview", case)).content.decode()
        assert ADVICE.strengths in page
        assert INTERNAL not in page
        assert signed_in(case.team).get(url("advice_preview", case)).context["advice"] is None
        finalise_advice(proposal=case.proposal, by=case.adviser)
        page = signed_in(case.team).get(url("advice_preview", case)).content.decode()
        assert ADVICE.conditions in page
        assert INTERNAL not in page

    def test_two_versions_are_compared_word_by_word(self) -> None:
        case = Case().advised()
        correct_advice(proposal=case.proposal, by=case.adviser)
        text = replace(ADVICE, strengths="Sterk team met veel ervaring.", conclusion="positive")
        save_advice(proposal=case.proposal, by=case.adviser, text=text)
        old, new = Advice.objects.order_by("number")
        assert [(one.label, one.words) for one in advice_differences(old, new)] == [
            ("Besluit", "1 woord erbij, 3 woorden weg"),
            ("Sterke punten", "1 woord erbij"),
        ]
        page = signed_in(case.adviser).get(url("advice", case)).content.decode()
        assert "Wat er wijzigde sinds versie 1" in page


def test_a_criterion_of_two_boxes_is_one_answer() -> None:
    """What one window scored and another motivated never end up side by side by themselves."""
    case = Case().accepted()
    first, *_others = case.proposal.call.criteria.all()
    save_scores(
        evaluation=case.evaluation,
        by=case.adviser,
        version=1,
        entries={first.pk: ScoreEntry(Decimal(4), "Goed.")},
    )
    form = signed_in(case.adviser).get(url("scoring", case)).context["form"]
    assert form.names[0] == f"criterion_{first.pk}"
    assert form.boxes_of(form.names[0]) == [f"score_{first.pk}", f"motivation_{first.pk}"]
    assert form.as_item(form.names[0])["text"] == "4 – goed\n\nGoed."


class TestTakenOffTheFile:
    """The form stood open: a sentence, and what was typed to copy, as for a file that never was."""

    def test_a_press_gives_the_text_back(self) -> None:
        case = Case().accepted()
        first, *_others = case.proposal.call.criteria.all()
        data = score_data(case, **{f"motivation_{first.pk}": "Getypt.", "own_notes": "Vraag Jan."})
        revoke_assignment(assignment=case.assignment, by=case.team, reason="Iemand anders.")
        client = signed_in(case.adviser)
        answer = client.post(url("scoring", case), data)
        assert answer.status_code == 404
        assert answer.context["unsaved_reason"] == (
            "U hebt geen toegang (meer) tot dit dossier. Uw laatste wijziging is niet opgeslagen."
        )
        typed = {item.label: item.text for item in answer.context["leftovers"]}
        assert (typed["Motivering 1"], typed["Eigen notities"]) == ("Getypt.", "Vraag Jan.")
        never = client.post("/beheer/dossiers/PIO-NOOIT/beoordelen/", data)
        assert (never.status_code, never.context["leftovers"]) == (
            404,
            answer.context["leftovers"],
        )
        assert case.proposal.title not in answer.content.decode()

    def test_saving_while_typing_says_it_and_stops(self) -> None:
        case = Case().accepted()
        revoke_assignment(assignment=case.assignment, by=case.team, reason="Iemand anders.")
        data = score_data(case, autosave="yes")
        answer = signed_in(case.adviser).post(url("scoring", case), data)
        assert answer.status_code == 404
        assert 'data-autosave="refused"' in answer.content.decode()
        assert "geen toegang (meer)" in answer.content.decode()

    def test_who_no_longer_writes_the_advice_gets_the_text_back(self) -> None:
        case = Case().scored()
        case.assignment.__class__.objects.update(is_lead=False)
        answer = signed_in(case.adviser).post(url("advice", case), {"strengths": "Sterk."})
        assert answer.status_code == 403
        assert [(one.label, one.text) for one in answer.context["leftovers"]] == [
            ("Sterke punten", "Sterk.")
        ]

    def test_a_press_without_text_is_refused_as_ever(self) -> None:
        case = Case().accepted()
        revoke_assignment(assignment=case.assignment, by=case.team, reason="Iemand anders.")
        answer = signed_in(case.adviser).post(url("scoring", case), {})
        assert (answer.status_code, answer.templates[0].name) == (404, "404.html")


def tab_names(client: Client, case: Case) -> list[str]:
    return [tab["label"] for tab in client.get(url("file", case)).context["tabs"]]


def test_the_consensus_tab_waits_for_the_first_final_scores() -> None:
    case = Case()
    Call.objects.update(consensus_rule="divergent", reader_count=2)
    case.proposal.call.refresh_from_db()
    team = signed_in(case.team)
    assert "Consensus" not in tab_names(team, case)
    case.accepted()
    other = case.reader()
    case.score()
    assert "Consensus" in tab_names(team, case)
    assert "Consensus" in tab_names(signed_in(case.adviser), case)
    assert "Consensus" not in tab_names(signed_in(other), case)
