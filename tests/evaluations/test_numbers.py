"""The figures: by hand, without what nobody was told, over what one may see; page and files."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import OrganisationType
from accounts.roles import StaffRole
from common.moments import (
    BRUSSELS,
    add_working_days,
    start_of_day,
    working_days_between,
)
from evaluations.models import Assignment, ConflictOfInterest
from evaluations.reports.figures import Selection, _lead_time, numbers
from evaluations.reports.tables import numbers_tables
from evaluations.services import decide
from projects.services.withdrawal import withdraw_proposal
from tests.calls.factories import ThemeFactory
from tests.evaluations.factories import AssignmentFactory, Case, staff
from tests.projects.conftest import signed_in

MONDAY = datetime(2027, 3, 1, 10, tzinfo=BRUSSELS)


@pytest.mark.parametrize("days", [1, 4, 5, 30, 260, 600])
def test_working_days_between_undoes_adding_them(days: int) -> None:
    for first in (date(2026, 12, 24), date(2027, 3, 5), date(2027, 3, 6)):
        assert working_days_between(first, add_working_days(first, days)) == days
    assert working_days_between(date(2027, 3, 5), date(2027, 3, 7)) == 0
    assert working_days_between(date(2027, 3, 5), date(2027, 3, 1)) == 0


def test_median_and_ninetieth_percentile_by_hand() -> None:
    monday = date(2027, 3, 1)
    spans = [(monday, monday + timedelta(days=n)) for n in (7, 1, 14, 3)]
    found = _lead_time("stap", spans)
    # 1, 3, 7, 14 days; 0.9 of three gaps lies 0.7 between 7 and 14. Working days: 1, 3, 5, 10.
    assert (found.files, found.median, found.ninetieth) == (4, Decimal(5), Decimal("11.9"))
    assert (found.working_median, found.working_ninetieth) == (Decimal(4), Decimal("8.5"))
    one = _lead_time("stap", spans[:1])
    assert (one.median, one.ninetieth) == (Decimal(7), Decimal(7))
    none = _lead_time("stap", [])
    assert (none.files, none.median, none.working_ninetieth) == (0, None, None)


@pytest.fixture
def told(db: None) -> Case:
    """Closed on Sunday 28 February, advised and decided on 1 March, told on 1 March."""
    with time_machine.travel(MONDAY, tick=False):
        case = Case().notified()
        case.proposal.call.rounds.update(closes_at=start_of_day(date(2027, 3, 1)))
    return case


def rows_of(user: Any, key: str, selection: Selection | None = None) -> list[Any]:
    made = numbers(user, selection or Selection())
    return [list(row) for table in numbers_tables(made) if table.key == key for row in table.rows]


def test_only_what_was_told_counts_as_decided(told: Case) -> None:
    hidden = Case().decided()
    team = told.team
    lead_times = rows_of(team, "doorlooptijden")
    assert [row[:2] for row in lead_times] == [
        ["Sluiting → advies", 2],
        ["Advies → beslissing", 1],
        ["Beslissing → kennisgeving", 1],
    ]
    assert rows_of(team, "doorlooptijden", Selection(calls=(told.proposal.call,)))[0][2:] == [
        1,
        1,
        1,
        1,
    ]
    (row,) = rows_of(team, "thema")
    assert row == ["Zonder thema", 2, 1, 1, Decimal(100)]
    only_hidden = Selection(calls=(hidden.proposal.call,))
    (row,) = rows_of(team, "thema", only_hidden)
    assert row == ["Zonder thema", 1, 0, 0, None]
    page = signed_in(team).get(reverse("evaluations:numbers"), {"oproep": hidden.proposal.call.pk})
    assert '<td class="num">–</td>' in page.content.decode()


def test_a_decision_that_was_not_told_changes_no_figure(db: None) -> None:
    case = Case().advised()
    people = [case.team, case.adviser, case.leader]
    before = [[table.rows for table in numbers_tables(numbers(p, Selection()))] for p in people]
    decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Past.")
    after = [[table.rows for table in numbers_tables(numbers(p, Selection()))] for p in people]
    assert after == before


def test_filters_narrow_every_table(told: Case) -> None:
    case = Case().complete()
    case.proposal.organisation.type = OrganisationType.HOSPITAL
    case.proposal.organisation.save()
    theme = ThemeFactory(name="Water")
    case.proposal.summary_row.theme = "Water"
    case.proposal.summary_row.save()
    team = told.team

    def counted(**given: Any) -> int:
        return numbers(team, Selection(**given)).files

    assert counted() == 2
    assert counted(organisation_type=OrganisationType.HOSPITAL) == 1
    assert counted(theme=theme) == 1
    assert counted(until=date(2027, 2, 27)) + counted(since=date(2027, 3, 1)) == 1
    assert counted(since=date(2027, 2, 28), until=date(2027, 2, 28)) == 1
    assert counted(calls=(told.proposal.call, case.proposal.call)) == 2
    assert [row[0] for row in rows_of(team, "soort")] == sorted(
        str(each.organisation.get_type_display()) for each in (told.proposal, case.proposal)
    )


def test_what_was_withdrawn_counts_nowhere(told: Case) -> None:
    case = Case().complete()
    assert numbers(told.team, Selection()).files == 2
    withdraw_proposal(proposal=case.proposal, by=case.member, reason="Geen budget.")
    assert numbers(told.team, Selection()).files == 1


def test_load_counts_open_done_and_late(told: Case) -> None:
    case = Case().accepted()
    Assignment.objects.filter(pk=case.assignment.pk).update(due_on=date(2020, 1, 2))
    assert sorted(rows_of(told.team, "belasting")) == sorted(
        [[str(told.adviser), 0, 1, 0], [str(case.adviser), 1, 0, 1]]
    )
    case.proposal.clock_pauses.create(reason="information")
    assert [str(case.adviser), 1, 0, 0] in rows_of(told.team, "belasting")


def test_who_sees_only_own_files_reads_figures_of_those_and_no_load(told: Case) -> None:
    Case().notified()
    made = numbers(told.adviser, Selection())
    assert (made.files, made.load) == (1, None)
    assert numbers(staff(StaffRole.ADVISER), Selection()).files == 0
    client = signed_in(told.adviser)
    assert client.get(reverse("evaluations:numbers_csv", args=["belasting"])).status_code == 404


def test_a_conflict_of_interest_takes_the_file_out_of_every_figure(told: Case) -> None:
    ConflictOfInterest.objects.create(
        person=told.leader, proposal=told.proposal, kind="declared", explanation="Familie."
    )
    made = numbers(told.leader, Selection())
    assert (made.files, made.load, made.by_type) == (0, [], [])


# --- The page and its files -----------------------------------------------------------------------


def csv(client: Client, key: str, **filters: Any) -> list[list[str]]:
    answer = client.get(reverse("evaluations:numbers_csv", args=[key]), filters)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [line.split(";") for line in text.splitlines()]


def test_the_files_hold_the_tables_of_the_screen_and_where_they_come_from(told: Case) -> None:
    Case().complete()
    client = signed_in(told.team)
    filters = {"oproep": told.proposal.call.pk, "van": "2027-02-28"}
    page = client.get(reverse("evaluations:numbers"), filters)
    tables = {table.key: table for table in page.context["tables"]}
    assert csv(client, "soort", **filters)[1:] == [
        [str(told.proposal.organisation.get_type_display()), "1", "1", "1", "100"]
    ]
    origin = dict(csv(client, "herkomst", **filters)[1:])  # type: ignore[arg-type]
    assert origin["Filter: Oproepen"] == told.proposal.call.reference
    assert origin["Filter: Gesloten vanaf"] == "28/02/2027"
    assert (origin["Gemaakt door"], len(origin["SHA-256 van de rijen"])) == (str(told.team), 64)

    answer = client.get(reverse("evaluations:numbers_xlsx"), filters)
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert len(book.sheetnames) == len(tables) + 1
    kinds = book[book.sheetnames[1]]
    assert [cell.value for cell in kinds[2]][1:4] == [1, 1, 1]
    kept = {row[0].value: row[1].value for row in book[book.sheetnames[-1]].iter_rows(min_row=2)}
    assert kept["SHA-256 van de rijen"] == origin["SHA-256 van de rijen"]
    other = dict(csv(client, "herkomst")[1:])  # type: ignore[arg-type]
    assert other["SHA-256 van de rijen"] != origin["SHA-256 van de rijen"]


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"van": "gisteren"}, "van"),
        ({"van": "2027-03-02", "tot": "2027-03-01"}, "tot"),
        ({"oproep": "x"}, "oproep"),
        ({"soort": "klooster"}, "soort"),
        ({"thema": "999999"}, "thema"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told_beside_it(
    told: Case, filters: dict[str, str], field: str
) -> None:
    answer = signed_in(told.team).get(reverse("evaluations:numbers"), filters)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_the_number_of_queries_is_fixed(told: Case) -> None:
    client = signed_in(told.team)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("evaluations:numbers")).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for _number in range(12):
        AssignmentFactory(proposal__call=told.proposal.call)
    assert cost() == few
