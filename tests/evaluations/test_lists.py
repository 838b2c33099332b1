"""Lists of files: what waits for whom, what one may know of it, search, order and exports."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from calls.models import Theme
from documents.provenance import rows_sha256
from evaluations.lifecycle import AssignmentState, FileStep
from evaluations.models import (
    Assignment,
    ConflictKind,
    ConflictOfInterest,
    Consensus,
    ConsensusReply,
    FileSummary,
)
from evaluations.search import WORDS, read_search
from evaluations.selectors.lists import (
    matching_files,
    neighbours,
    order_of,
    rights_of,
    shown_rows,
    visible_summaries,
)
from evaluations.selectors.work import act_of, waits_on
from evaluations.services import assign_adviser, decide
from tests.evaluations.factories import Case, many, staff
from tests.portal.test_query_ceilings import cost_of

pytestmark = pytest.mark.django_db

WORK, FILES = "evaluations:work", "evaluations:files"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found(user: Any, text: str = "") -> list[str]:
    search = read_search(text, rights_of(user))
    assert search.problems == ()
    rows = matching_files(user, search).order_by("proposal__reference")
    return list(rows.values_list("proposal__reference", flat=True))


def row_of(user: Any, case: Case) -> Any:
    return shown_rows(user, visible_summaries(user)).get(proposal=case.proposal)


# --- What waits for whom -------------------------------------------------------------------------

STAGES = [
    # stage, for whom (and on whom others read that it waits), what to do
    (None, {"team"}, "PIO-team", "Volledigheid controleren"),
    ("complete", {"team", "leader"}, "PIO-team", "Adviseur toewijzen"),
    ("assigned", {"adviser"}, "adviser", "Uitnodiging beantwoorden"),
    ("accepted", {"adviser"}, "adviser", "Scores geven"),
    ("scored", {"adviser"}, "adviser", "Advies schrijven"),
    ("advised", {"leader"}, "PIO-projectleider", "Beslissen over de selectie"),
    ("decided", {"team", "leader"}, "PIO-team", "Beslissing meedelen"),
    ("notified", set(), "", ""),
]


@pytest.mark.parametrize(("stage", "whose", "on_whom", "act"), STAGES)
def test_each_stage_waits_for_somebody(
    stage: str | None, whose: set[str], on_whom: str, act: str
) -> None:
    case = Case()
    if stage:
        getattr(case, stage)()
    reference = case.proposal.reference
    for name in ("team", "leader", "adviser"):
        person = getattr(case, name)
        mine = found(person, "voor:mij")
        assert mine == ([reference] if name in whose else [])
        others = [one for one in found(person) if one not in mine and stage != "notified"]
        assert found(person, "voor:anderen") == others
        if name in whose:
            assert act_of(row_of(person, case))[0] == act
    expected = str(case.adviser) if on_whom == "adviser" else on_whom
    assert waits_on(row_of(case.team, case), overview=True) == expected


def test_a_reader_who_is_ready_waits_for_the_others() -> None:
    case = Case(proposal=_with_two_readers()).accepted()
    second = staff(StaffRole.ADVISER)
    assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
    Assignment.objects.filter(adviser=case.adviser).update(state=AssignmentState.DONE)
    row = row_of(case.adviser, case)
    assert (row.needs_me, waits_on(row, overview=False)) == (False, "Andere lezers")
    assert waits_on(row_of(case.team, case), overview=True) == str(second)


def _with_two_readers() -> Any:
    proposal = Case().proposal
    proposal.call.reader_count = 2
    proposal.call.save()
    return proposal


def test_a_consensus_waits_for_the_lead_then_for_the_reader_and_again_for_the_lead() -> None:
    case = Case(proposal=_with_two_readers()).accepted()
    second = staff(StaffRole.ADVISER)
    other = assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
    Assignment.objects.filter(pk=other.pk).update(state=AssignmentState.ACCEPTED)
    Assignment.objects.update(state=AssignmentState.DONE)
    FileSummary.objects.update(step=FileStep.CONSENSUS)

    def whose() -> tuple[bool, bool]:
        return row_of(case.adviser, case).needs_me, row_of(second, case).needs_me

    assert whose() == (True, False)
    consensus = Consensus.objects.create(proposal=case.proposal, proposed_at=timezone.now())
    FileSummary.objects.update(step=FileStep.CONSENSUS)
    assert whose() == (False, True)
    ConsensusReply.objects.create(
        consensus=consensus, assignment=other, version=1, agrees=False, remark="Te hoog."
    )
    assert whose() == (True, False)
    assert act_of(row_of(case.adviser, case))[0] == "Consensus zoeken"


@pytest.mark.parametrize(
    ("days", "stands", "step", "late"),
    [
        (-1, False, FileStep.ASSESS, True),
        (0, False, FileStep.ASSESS, False),
        (-1, True, FileStep.ASSESS, False),
        (-1, True, FileStep.INFORMATION, True),
        (-1, False, FileStep.CLOSED, False),
    ],
)
def test_late_is_what_should_have_been_done_while_the_clock_ran(
    days: int, stands: bool, step: FileStep, late: bool
) -> None:
    case = Case().accepted()
    FileSummary.objects.update(
        step=step,
        due_on=timezone.localdate() + timedelta(days=days),
        clock_stands_since=timezone.now() if stands else None,
    )
    assert row_of(case.team, case).is_late is late
    assert found(case.team, "laat:ja") == ([case.proposal.reference] if late else [])
    assert found(case.team, "stil:ja") == ([case.proposal.reference] if stands else [])


# --- What one may know ---------------------------------------------------------------------------


def knows(person: Any, case: Case) -> tuple[Any, ...]:
    """What an adviser can read of a file on the list, in the export and by searching."""
    client = signed_in(person)
    queries = ["", "voor:mij", "laat:ja", "stap:beslissen", "tegen<2099-01-01"]
    pages = [client.get(reverse(WORK), {"tab": "alles", "q": one}) for one in queries]
    export = client.get(reverse("evaluations:list_export", args=["werk", "csv"]) + "?tab=alles")
    return (
        [[item.step for item in page.context["rows"]] for page in pages],
        [page.context["listing"].counts for page in pages],
        b"".join(export.streaming_content),
    )


def test_an_adviser_cannot_tell_whether_there_is_a_decision() -> None:
    case = Case().advised()
    before = knows(case.adviser, case)
    decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Goed voorstel.")
    assert FileSummary.objects.get(proposal=case.proposal).step == FileStep.NOTIFY
    assert knows(case.adviser, case) == before
    assert row_of(case.team, case).shown_step == FileStep.NOTIFY
    assert row_of(case.adviser, case).shown_due is None


def test_before_the_own_scores_an_adviser_reads_only_the_own_step_and_day() -> None:
    case = Case(proposal=_with_two_readers()).assigned()
    second = staff(StaffRole.ADVISER)
    own_day = timezone.localdate() + timedelta(days=9)

    def of_the_second() -> tuple[str, Any]:
        row = row_of(second, case)
        return row.shown_step, row.shown_due

    other = assign_adviser(
        proposal=case.proposal, adviser=second, by=case.team, is_lead=False, due_on=own_day
    )
    assert of_the_second() == (FileStep.INVITED, own_day)
    Assignment.objects.filter(pk=case.assignment.pk).update(state=AssignmentState.ACCEPTED)
    FileSummary.objects.update(step=FileStep.ASSESS)
    assert of_the_second() == (FileStep.INVITED, own_day)
    Assignment.objects.filter(pk=other.pk).update(state=AssignmentState.ACCEPTED)
    assert of_the_second() == (FileStep.ASSESS, own_day)


def test_a_conflict_of_interest_takes_a_file_out_of_every_list() -> None:
    case, other = Case().scored(), Case().scored()
    ConflictOfInterest.objects.create(
        person=case.team,
        proposal=case.proposal,
        kind=ConflictKind.DECLARED,
        explanation="Mijn zus.",
    )
    assert found(case.team) == [other.proposal.reference]
    client = signed_in(case.team)
    for page in (WORK, FILES):
        text = client.get(reverse(page), {"tab": "alles"}).content.decode()
        assert case.proposal.reference not in text
    export = client.get(reverse("evaluations:list_export", args=["dossiers", "csv"]))
    assert case.proposal.reference.encode() not in b"".join(export.streaming_content)


# --- Search --------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> tuple[Case, Case]:
    """One file that every example of the words should find, and one that none should."""
    one = Case().scored()
    theme = Theme.objects.create(name="Mobiliteit en water", slug="mobiliteit-en-water")
    one.proposal.title, one.proposal.theme = "Slimme dijken", theme
    one.proposal.save()
    one.proposal.organisation.name, one.proposal.organisation.type = "Stad Gent", "ocmw"
    one.proposal.organisation.save()
    one.adviser.first_name, one.adviser.last_name = "An", "Peeters"
    one.adviser.save()
    FileSummary.objects.filter(proposal=one.proposal).update(
        requested_amount=Decimal("60000"),
        total_percent=Decimal(40),
        conclusion="negative",
        clock_stands_since=timezone.now(),
    )
    two = Case()
    FileSummary.objects.filter(proposal=two.proposal).update(requested_amount=Decimal(10))
    return one, two


@pytest.mark.parametrize(
    "text",
    [
        "dijken",
        "SLIMME dijken",
        '"slimme dijken"',
        "gent",
        "aanvrager:gent",
        "thema:mobiliteit",
        "soort:ocmw",
        "status:beoordeling",
        "stap:advies",
        "stil:ja",
        "gevraagd>50000",
        "gevraagd:60000",
        "adviseur:peeters",
        'adviseur:"an peeters"',
        "score<50",
        "score:40",
        "besluit:negatief",
        "dijken score<50 -soort:politiezone",
    ],
)
def test_a_word_finds_its_files_and_turned_around_the_others(
    pair: tuple[Case, Case], text: str
) -> None:
    one, two = pair
    assert found(one.team, text) == [one.proposal.reference]
    if " " not in text or '"' in text:
        assert found(one.team, f"-{text}") == [two.proposal.reference]


def test_words_are_found_without_their_accents_and_under_a_new_name(
    pair: tuple[Case, Case],
) -> None:
    one, _two = pair
    one.proposal.organisation.name = "Gemeente Boëchout"
    one.proposal.organisation.save()
    for text in ("boechout", "BOËCHOUT", '"gemeente boë"'):
        assert found(one.team, text) == [one.proposal.reference]
    assert found(one.team, "gent") == []


def test_the_call_the_days_and_the_persons(pair: tuple[Case, Case]) -> None:
    one, two = pair
    both = sorted([one.proposal.reference, two.proposal.reference])
    team = one.team
    assert found(team, f"oproep:{two.proposal.call.reference}") == [two.proposal.reference]
    today = timezone.localdate(one.proposal.submitted_at)
    tomorrow = today + timedelta(days=1)
    assert found(team, f"ingediend:{today}") == both
    assert found(team, f"ingediend<{today}") == []
    assert found(team, f"ingediend<={today}") == both
    assert found(team, f"ingediend>{today}") == []
    assert found(team, f"ingediend>={tomorrow}") == []
    FileSummary.objects.filter(proposal=one.proposal).update(due_on=tomorrow)
    FileSummary.objects.filter(proposal=two.proposal).update(due_on=None)
    assert found(team, f"tegen:{tomorrow}") == [one.proposal.reference]
    assert found(team, f"-tegen:{tomorrow}") == [two.proposal.reference]
    assert found(team, "voor:mij") == [two.proposal.reference]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_every_word_can_be_asked_of_the_database(word: Any) -> None:
    team = staff(StaffRole.TEAM_MEMBER)
    assert found(team, word.example) == []
    assert found(team, f"-{word.example}") == []


def test_words_that_cannot_be_read_stand_in_the_field_with_the_reason() -> None:
    case = Case()
    for page in (WORK, FILES):
        answer = signed_in(case.team).get(reverse(page), {"q": "kleur:rood dijken"})
        text = answer.content.decode()
        assert 'value="kleur:rood dijken"' in text
        assert "Het zoekwoord “kleur:” bestaat niet." in text
        assert answer.context["rows"] == []


# --- Order, tabs and neighbours ------------------------------------------------------------------


def test_an_order_that_is_not_for_somebody_is_the_default() -> None:
    case = Case().accepted()
    assert order_of(case.adviser, "total") == order_of(case.adviser, "-submitted_at")
    assert order_of(case.team, "total") != order_of(case.team, "-submitted_at")


def test_the_tabs_count_what_they_show() -> None:
    case, other = Case().accepted(), Case()
    FileSummary.objects.filter(proposal=case.proposal).update(
        due_on=timezone.localdate() - timedelta(days=3)
    )
    for tab, shown in (
        ("mij", [other]),
        ("laat", [case]),
        ("anderen", [case]),
        ("alles", [case, other]),
    ):
        page = signed_in(case.team).get(reverse(WORK), {"tab": tab})
        expected = [one.proposal.reference for one in shown]
        assert [item.row.proposal.reference for item in page.context["rows"]] == expected
        assert page.context["page_obj"].paginator.count == len(expected)
    assert page.context["listing"].counts == {"mij": 1, "laat": 1, "anderen": 1, "alles": 2}


def test_the_next_file_is_a_link_away_and_stays_so_after_an_act() -> None:
    cases = [Case().complete() for _ in range(3)]
    team, adviser = staff(StaffRole.TEAM_MEMBER), staff(StaffRole.ADVISER)
    references = sorted(case.proposal.reference for case in cases)
    client = signed_in(team)
    page = client.get(reverse(WORK), {"sort": "reference"})
    assert [item.row.proposal.reference for item in page.context["rows"]] == references
    second = page.context["rows"][1]
    place = client.get(second.url).context["list_place"]
    assert (place.around.previous, place.around.next) == (references[0], references[2])
    assert (place.around.place, place.around.total) == (2, 3)
    data = {"adviser": adviser.pk, "is_lead": "on", "due_on": str(timezone.localdate())}
    done = client.post(second.act_url, data)
    assert done.status_code == 302
    assert done.headers["Location"].partition("?")[2] == second.url.partition("?")[2]
    place = client.get(done.headers["Location"]).context["list_place"]
    assert (place.around.previous, place.around.next) == (references[0], references[2])
    assert (place.around.place, place.around.total) == (0, 2)
    rows = visible_summaries(team).filter(step=FileStep.ASSIGN)
    gone = neighbours(rows, order_of(team, "reference"), references[1], 2)
    assert (gone.previous, gone.next, gone.place) == (references[0], references[2], 0)
    first = neighbours(rows, order_of(team, "reference"), references[1], 1)
    assert (first.previous, first.next) == ("", references[0])


def test_a_form_that_posts_elsewhere_keeps_the_list_by_where_it_came_from() -> None:
    case = Case().decided()
    page = reverse("evaluations:decide", args=[case.proposal.reference])
    answer = signed_in(case.leader).post(
        reverse("evaluations:remake_letter", args=[case.proposal.reference]),
        headers={"referer": f"http://testserver{page}?lijst=werk%3Ftab%3Dmij&plaats=4"},
    )
    assert answer.headers["Location"] == f"{page}?lijst=werk%3Ftab%3Dmij&plaats=4"


@pytest.mark.parametrize("carried", ["onzin", "werk", "werk?q=kleur:rood", "x" * 5000, "werk?\0"])
def test_any_list_in_an_address_is_harmless(carried: str) -> None:
    case = Case()
    answer = signed_in(case.team).get(
        reverse("evaluations:file", args=[case.proposal.reference]),
        {"lijst": carried, "plaats": "²"},
    )
    assert answer.status_code == 200


# --- Exports -------------------------------------------------------------------------------------


def rows_of_csv(client: Client, name: str, query: str) -> list[list[str]]:
    answer = client.get(reverse("evaluations:list_export", args=[name, "csv"]) + query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_an_export_has_the_rows_of_the_screen_in_their_order() -> None:
    cases = [Case() for _ in range(3)]
    client = signed_in(cases[0].team)
    query = f"?q=-aanvrager:%22{cases[1].proposal.organisation.name}%22&sort=-reference"
    for name in ("werk", "dossiers"):
        page = client.get(reverse(WORK if name == "werk" else FILES) + query)
        shown = [item.row.proposal.reference for item in page.context["rows"]]
        _header, *rows = rows_of_csv(client, name, query)
        assert [row[0] for row in rows] == shown
        assert len(shown) == 2


def test_a_workbook_tells_where_it_came_from() -> None:
    case = Case().scored()
    answer = signed_in(case.team).get(
        reverse("evaluations:list_export", args=["werk", "xlsx"])
        + "?tab=alles&q=status:beoordeling"
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Dossiers", "Herkomst"]
    header, row = book["Dossiers"].iter_rows(values_only=True)
    values = dict(zip(header, row, strict=True))
    assert values["Dossier"] == case.proposal.reference
    assert values["Adviseurs"] == str(case.adviser)
    assert values["Totaal"] == pytest.approx(0.8)
    facts = dict(list(book["Herkomst"].iter_rows(values_only=True))[1:])
    assert facts["Filter: Zoekwoorden"] == "status:beoordeling"
    assert facts["Filter: Tabblad"] == "Alles"
    assert facts["Gemaakt door"] == str(case.team)
    assert facts["Aantal rijen"] == "1"
    assert len(facts["SHA-256 van de rijen"]) == len(rows_sha256([]))


def test_an_adviser_exports_no_columns_about_readers_or_scores() -> None:
    case = Case().scored()
    header, _row = rows_of_csv(signed_in(case.adviser), "werk", "?tab=alles")
    assert header == [
        *("Dossier", "Titel", "Aanvrager", "Soort organisatie", "Oproep", "Thema", "Status"),
        *("Wacht op", "Voor mij", "Tegen", "Te laat", "Klok staat stil sinds", "Gevraagd"),
        "Ingediend",
    ]


def test_an_export_of_words_that_cannot_be_read_leads_back_to_the_list() -> None:
    url = reverse("evaluations:list_export", args=["werk", "csv"])
    answer = signed_in(staff(StaffRole.TEAM_MEMBER)).get(url + "?q=kleur:rood")
    assert answer.headers["Location"] == reverse(WORK) + "?q=kleur%3Arood"


# --- What a page costs ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["work", "files"])
@pytest.mark.parametrize("who", ["team", "adviser"])
def test_a_list_asks_the_same_of_the_database_with_3_and_300_files(page: str, who: str) -> None:
    address = reverse(f"evaluations:{page}") + "?tab=alles&q=-thema:geen"
    few, full, crowded = (
        cost_of(signed_in(getattr(many(count - 1), who)), address) for count in (3, 25, 300)
    )
    assert few.queries == full.queries <= 12
    assert full == crowded
