"""The ranking board: places, the line, money, filters, exports, and who sees what."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.models import Q
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.models import Call
from evaluations.lifecycle import FileStep
from evaluations.models import ConflictOfInterest, FileSummary, RankingLine
from evaluations.money import money_left
from evaluations.policies import may_decide, may_decide_on
from evaluations.selectors.board import (
    BoardRow,
    board_files,
    board_rows,
    distribution,
    line_on_board,
    next_undecided,
)
from evaluations.selectors.files import visible_files
from evaluations.selectors.pipeline import pipeline
from evaluations.services.line import draw_line
from evaluations.services.summary import refresh_summary
from funding.models import BudgetVersion
from projects.lifecycle import ProposalState
from projects.models import Proposal
from tests.accounts.factories import OrganisationFactory
from tests.calls.factories import CallFactory
from tests.evaluations.factories import AssignmentFactory, Case, staff
from tests.funding.factories import budget_line
from tests.portal.test_query_ceilings import cost_of
from tests.projects.factories import ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fresh(user: Any) -> Any:
    """The person as the next request reads them, without remembered roles."""
    return type(user).objects.get(pk=user.pk)


class Field:
    """A closed call with files of which only the summary matters here."""

    def __init__(self) -> None:
        self.call: Call = CallFactory(window__opens=-60, window__closes=-1)
        self.organisation: Organisation = OrganisationFactory(name="Stad Lier")
        self.team = staff(StaffRole.TEAM_MEMBER)
        self.leader = staff(StaffRole.PROJECT_LEADER)
        self.author = self.team

    def add(self, reference: str, total: str | None, requested: int = 100, **row: Any) -> Proposal:
        (made,) = self.add_many([(reference, total, requested)], **row)
        return made

    def add_many(self, files: Any, **row: Any) -> list[Proposal]:
        made = Proposal.objects.bulk_create(
            Proposal(
                call=self.call,
                organisation=row.get("organisation", self.organisation),
                reference=reference,
                title=f"Titel {reference}",
                created_by=self.author,
                state=row.get("state", ProposalState.ADVISED),
                submitted_at=self.call.created_at,
            )
            for reference, _total, _requested in files
        )
        row = {key: value for key, value in row.items() if key not in {"organisation", "state"}}
        FileSummary.objects.bulk_create(
            FileSummary(
                proposal=proposal,
                call=self.call,
                title=proposal.title,
                requested_amount=requested,
                total_percent=total,
                **{
                    "step": FileStep.DECIDE,
                    "passes": None if total is None else Decimal(total) >= 50,
                    "lowest_percent": total,
                    "highest_percent": total,
                    **row,
                },
            )
            for proposal, (_reference, total, requested) in zip(made, files, strict=True)
        )
        return made

    def rows(
        self, user: Any = None, conditions: Q | None = None, sort: str = "rank"
    ) -> list[BoardRow]:
        user = fresh(user or self.leader)
        line = line_on_board(user, self.call)
        return list(board_rows(user, self.call, conditions=conditions or Q(), sort=sort, line=line))

    def url(self, name: str = "board", *args: Any) -> str:
        return reverse(f"evaluations:{name}", args=[self.call.slug, *args])


def four() -> Field:
    field = Field()
    field.add_many([("PIO-D", "40", 400), ("PIO-B", "80", 200), ("PIO-C", "80", 300)])
    field.add("PIO-A", "90.5", 100, conclusion="positive", theme="Circulair")
    field.add("PIO-E", None, 500, step=FileStep.ASSESS)
    return field


def test_places_ranks_and_sums_follow_the_total() -> None:
    shown = [(r.reference, r.place, r.rank, r.cumulative) for r in four().rows()]
    assert shown == [
        ("PIO-A", 1, 1, 100),
        ("PIO-B", 2, 2, 300),
        ("PIO-C", 3, 2, 600),
        ("PIO-D", 4, 4, 1000),
        ("PIO-E", 5, None, None),
    ]


def test_filters_and_orders_leave_places_as_they_are() -> None:
    field = four()
    kept = field.rows(conditions=Q(passes=True), sort="-requested")
    assert [(r.reference, r.rank, r.cumulative) for r in kept] == [
        ("PIO-C", 2, 600),
        ("PIO-B", 2, 300),
        ("PIO-A", 1, 100),
    ]
    assert [r.reference for r in field.rows(sort="total")][-1] == "PIO-E"
    assert [r.reference for r in field.rows(sort="-total")][-1] == "PIO-E"
    assert [r.reference for r in field.rows(sort="passes")] == [
        *("PIO-D", "PIO-A", "PIO-B", "PIO-C", "PIO-E")
    ]
    assert [r.reference for r in field.rows(sort="-passes")] == [
        *("PIO-A", "PIO-B", "PIO-C", "PIO-D", "PIO-E")
    ]
    assert field.rows(sort="onzin") == field.rows()


def test_a_page_has_the_same_rows_as_the_whole() -> None:
    field = four()
    field.add_many([("PIO-F", None, 60), ("PIO-G", "80", 70)])
    user = fresh(field.leader)
    for sort in ("rank", "-rank", "requested"):
        whole = field.rows(sort=sort)
        for start, stop in ((0, 2), (1, 3), (2, 6), (4, 5), (5, 7), (9, 12)):
            span = {"start": start, "stop": stop}
            part = board_rows(user, field.call, conditions=Q(), sort=sort, line=None, **span)
            assert list(part) == whole[start:stop], (sort, start)


@pytest.mark.parametrize("decides", [StaffRole.PROJECT_LEADER, StaffRole.COMMITTEE_SECRETARY])
def test_the_board_holds_the_visible_files_of_the_call(decides: StaffRole) -> None:
    field = four()
    Call.objects.filter(pk=field.call.pk).update(decision_role=decides)
    field.call.refresh_from_db()
    gone = field.add("PIO-W", "60", state=ProposalState.WITHDRAWN)
    refresh_summary(gone.pk)
    counts = {}
    for role in StaffRole:
        person = staff(role)
        ConflictOfInterest.objects.create(
            person=person,
            proposal=Proposal.objects.get(reference="PIO-B"),
            kind="declared",
            explanation="Familie",
        )
        files = visible_files(fresh(person)).filter(call=field.call).exclude(pk=gone.pk)
        on_board = board_files(fresh(person), field.call).values_list("proposal", flat=True)
        assert set(on_board) == set(files.values_list("pk", flat=True)), role
        counts[role] = len(on_board)
    sees_all = {
        *(StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER),
        *(StaffRole.PROGRAMME_MANAGER, StaffRole.AUDITOR),
    }
    assert counts == {role: 4 if role in {*sees_all, decides} else 0 for role in StaffRole}


@pytest.mark.parametrize(
    ("low", "high", "differ", "marked"),
    [("60", "74.99", False, False), ("60", "75", False, True), ("60", "61", True, True)],
)
def test_readers_who_lie_apart_are_marked(
    low: str, high: str, *, differ: bool, marked: bool
) -> None:
    field = Field()
    Call.objects.filter(pk=field.call.pk).update(divergence_limit=15)
    field.call.refresh_from_db()
    field.add("PIO-A", "65", lowest_percent=low, highest_percent=high, verdicts_differ=differ)
    (row,) = field.rows()
    assert (row.divergence, row.is_divergent) == (Decimal(high) - Decimal(low), marked)


def test_the_distribution_counts_what_the_filters_keep() -> None:
    field = four()
    field.add("PIO-F", "100", 50)
    counted = distribution(fresh(field.leader), field.call, Q())
    assert {b.low: (b.passing, b.failing) for b in counted.buckets if b.files} == {
        40: (0, 1),
        80: (2, 0),
        90: (2, 0),
        None: (0, 1),
    }
    assert (counted.files, counted.requested) == (6, 1550)
    assert distribution(fresh(field.leader), field.call, Q(theme="Circulair")).files == 1


# --- Who sees what -------------------------------------------------------------------------------


def test_a_file_of_a_conflict_is_in_no_row_place_sum_or_count() -> None:
    field = four()
    hidden = Proposal.objects.get(reference="PIO-B")
    ConflictOfInterest.objects.create(
        person=field.leader, proposal=hidden, kind="declared", explanation="Familie"
    )
    shown = field.rows()
    pages = [_pages(field)]
    assert [(r.reference, r.rank, r.cumulative) for r in shown] == [
        ("PIO-A", 1, 100),
        ("PIO-C", 2, 400),
        ("PIO-D", 3, 800),
        ("PIO-E", None, None),
    ]
    FileSummary.objects.filter(proposal=hidden).update(
        total_percent=1, lowest_percent=0, highest_percent=2, passes=False, requested_amount=77
    )
    pages.append(_pages(field))
    assert pages[0] == pages[1]
    assert field.rows() == shown


def _pages(field: Field) -> list[bytes]:
    client = signed_in(field.leader)
    csv_file = client.get(field.url("board_export", "csv"))
    page = client.get(field.url()).content
    return [page.split(b"<main")[1].split(b"</main>")[0], b"".join(csv_file.streaming_content)]


def test_a_line_after_a_file_of_a_conflict_is_unknown_to_that_person() -> None:
    field = four()
    draw_line(call=field.call, by=field.team, amount=Decimal(700))
    draw_line(call=field.call, by=field.team, after="PIO-B")
    ConflictOfInterest.objects.create(
        person=field.leader,
        proposal=Proposal.objects.get(reference="PIO-B"),
        kind="declared",
        explanation="Familie",
    )
    other = line_on_board(fresh(field.leader), field.call)
    assert other is not None
    assert (other.line.amount, other.place, other.sum_above) == (700, 2, 400)
    assert "PIO-B" not in signed_in(field.leader).get(field.url("draw_line")).content.decode()


def test_who_must_still_score_a_file_does_not_find_it_on_the_board() -> None:
    field = four()
    AssignmentFactory(
        proposal=Proposal.objects.get(reference="PIO-A"), adviser=field.team, state="accepted"
    )
    assert [row.place for row in field.rows(field.team)] == [1, 2, 3, 4]
    assert field.rows(field.team)[0].reference == "PIO-B"


@pytest.mark.parametrize(
    ("role", "status", "draws"),
    [
        (StaffRole.TEAM_MEMBER, 200, 200),
        (StaffRole.PROJECT_LEADER, 200, 200),
        (StaffRole.PROGRAMME_MANAGER, 200, 403),
        (StaffRole.AUDITOR, 200, 403),
        (StaffRole.ADVISER, 403, 403),
        (StaffRole.COMMITTEE_SECRETARY, 403, 403),
    ],
)
def test_who_enters(role: StaffRole, status: int, draws: int) -> None:
    field = Field()
    client = signed_in(staff(role))
    assert client.get(field.url()).status_code == status
    assert client.get(field.url("board_export", "csv")).status_code == status
    assert client.get(field.url("draw_line")).status_code == draws
    assert client.post(field.url("draw_line"), {"amount": "5"}).status_code in {302, draws}


def test_whoever_decides_on_the_call_enters_whatever_the_role() -> None:
    field = four()
    Call.objects.filter(pk=field.call.pk).update(decision_role=StaffRole.COMMITTEE_SECRETARY)
    client = signed_in(staff(StaffRole.COMMITTEE_SECRETARY))
    assert client.get(field.url()).status_code == 200
    adviser = staff(StaffRole.ADVISER)
    assert signed_in(adviser).get(field.url()).status_code == 403
    # The database refuses this role; the policies do too.
    field.call.decision_role = StaffRole.ADVISER
    file = Proposal(call=field.call)
    assert (may_decide_on.test(adviser, field.call), may_decide.test(adviser, file)) == (
        False,
        False,
    )


# --- The line ------------------------------------------------------------------------------------


def test_a_line_at_an_amount_stands_after_what_fits_in_it() -> None:
    field = four()
    line = draw_line(call=field.call, by=field.leader, amount=Decimal(599), note=" Krap ")
    assert [row.is_above for row in field.rows()] == [True, True, False, False, None]
    assert (line.note, line.drawn_by) == ("Krap", field.leader)
    event = AuditEvent.objects.get(action="ranking.line_drawn")
    assert (event.actor, event.object_id, event.data) == (field.leader, str(line.pk), {})


def test_a_line_after_a_file_moves_with_it_and_the_newest_counts() -> None:
    field = four()
    draw_line(call=field.call, by=field.leader, amount=Decimal(1))
    draw_line(call=field.call, by=field.leader, after=" pio-b ")
    assert [row.is_above for row in field.rows()] == [True, True, False, False, None]
    FileSummary.objects.filter(proposal__reference="PIO-B").update(total_percent=10)
    assert [row.is_above for row in field.rows()] == [True, True, True, True, None]
    FileSummary.objects.filter(proposal__reference="PIO-B").update(total_percent=None)
    moved = line_on_board(fresh(field.leader), field.call)
    assert moved is not None
    assert moved.place == 0


@pytest.mark.parametrize(
    ("given", "field_name"),
    [
        ({}, "amount"),
        ({"amount": Decimal(5), "after": "PIO-A"}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"after": "PIO-E"}, "after"),
        ({"after": "PIO-ELDERS"}, "after"),
    ],
)
def test_a_line_at_no_place_is_refused_beside_the_field(
    given: dict[str, Any], field_name: str
) -> None:
    field = four()
    with pytest.raises(ValidationError) as refused:
        draw_line(call=field.call, by=field.leader, **given)
    assert list(refused.value.message_dict) == [field_name]
    assert not RankingLine.objects.exists()


def test_a_line_is_never_changed() -> None:
    field = four()
    line = draw_line(call=field.call, by=field.leader, amount=Decimal(5))
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        RankingLine.objects.filter(pk=line.pk).update(amount=6)
    with pytest.raises(PermissionDenied):
        draw_line(call=field.call, by=staff(StaffRole.AUDITOR), amount=Decimal(5))


def test_the_form_draws_and_says_what_is_wrong() -> None:
    field = four()
    client = signed_in(field.leader)
    refused = client.post(field.url("draw_line"), {"amount": "", "after": "PIO-X", "note": "Zo"})
    assert refused.status_code == 422
    assert "Dit dossier heeft geen plaats op de rangschikking" in refused.content.decode()
    assert 'value="Zo"' in refused.content.decode()
    drawn = client.post(field.url("draw_line"), {"amount": "1.000,50"})
    assert drawn.headers["Location"] == field.url()
    assert RankingLine.objects.get().amount == Decimal("1000.50")
    assert (
        "De lijn staat bij €\N{NO-BREAK SPACE}1.000,50." in client.get(field.url()).content.decode()
    )


# --- Money ---------------------------------------------------------------------------------------


def test_money_left_is_the_vak_for_cofinancing_of_the_year() -> None:
    assert money_left(2026) is None
    line = budget_line(2026)
    BudgetVersion.objects.create(
        line=line,
        number=line.versions.count() + 1,
        label="BA",
        vak=Decimal(6_000_000),
        vek=line.vek,
        effective_on=date(2026, 6, 1),
        recorded_by=staff(StaffRole.PROGRAMME_MANAGER),
    )
    left = money_left(2026)
    assert left is not None
    assert (left.budget, left.committed, left.available) == (6_000_000, 0, 6_000_000)
    assert left.version == "Begrotingsaanpassing (BA) 01/06/2026"


def test_the_pipeline_is_told_and_untold_per_theme_and_type() -> None:
    case = Case().decided()
    before = pipeline(fresh(case.leader))
    asked = FileSummary.objects.get(proposal=case.proposal).requested_amount
    assert (before.total.decided_files, before.total.decided_amount) == (1, asked)
    told = ProjectFactory(proposal=ProposalFactory(requested_amount=700))
    after = pipeline(fresh(case.leader))
    assert (after.total.told_files, after.total.told_amount) == (1, 700)
    assert [row.told_amount for row in after.types if row.told_files] == [700]
    ConflictOfInterest.objects.create(
        person=case.leader, proposal=told.proposal, kind="declared", explanation="Familie"
    )
    assert pipeline(fresh(case.leader)).total == before.total


def test_what_was_decided_and_not_told_is_not_for_advisers_or_other_deciders() -> None:
    case = Case().decided()
    secretary = staff(StaffRole.COMMITTEE_SECRETARY)
    for person in (case.adviser, secretary):
        assert pipeline(fresh(person)).total.decided_files == 0


# --- Exports -------------------------------------------------------------------------------------


def test_the_csv_has_the_rows_of_the_screen() -> None:
    field = four()
    answer = signed_in(field.leader).get(
        field.url("board_export", "csv"), {"passes": "yes", "sort": "-requested"}
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[1] for row in rows] == ["Dossier", "PIO-C", "PIO-B", "PIO-A"]
    assert rows[1][:2] + rows[1][6:7] + rows[1][13:15] == [
        *("2", "PIO-C", "80,000000", "300,00", "600,00")
    ]


def test_the_line_stands_between_the_rows_and_more_columns_are_one_click_away() -> None:
    field = four()
    draw_line(call=field.call, by=field.leader, amount=Decimal(300))
    client = signed_in(field.leader)
    drawn = "De lijn: 2 dossiers erboven, die samen € 300,00 vragen"
    page = client.get(field.url()).content.decode().replace("\xa0", " ")
    places = [page.index(mark) for mark in ("PIO-B</a>", drawn, "PIO-C</a>")]
    assert places == sorted(places)
    assert 'colspan="9"' in page
    assert "onder de lijn" not in page
    sorted_otherwise = client.get(field.url(), {"sort": "requested"}).content.decode()
    assert [sorted_otherwise.count(side) for side in ("boven de lijn", "onder de lijn")] == [2, 2]
    assert drawn not in sorted_otherwise.replace("\xa0", " ")
    wide = client.get(field.url(), {"wide": "on", "passes": "yes"}).content.decode()
    assert 'colspan="11"' in wide
    assert "Soort en thema" in wide
    assert 'name="wide" value="on"' in wide  # the filters keep the columns


def test_the_workbook_tells_where_it_came_from() -> None:
    field = four()
    draw_line(call=field.call, by=field.leader, amount=Decimal(300))
    answer = signed_in(field.leader).get(field.url("board_export", "xlsx"), {"passes": "yes"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [cell.value for cell in book["Rangschikking"]["B"]] == [
        *("Dossier", "PIO-A", "PIO-B", "PIO-C")
    ]
    origin = dict(book["Herkomst"].iter_rows(values_only=True))
    assert origin["Filter: Drempels"] == "Gehaald"
    assert origin["Filter: Volgorde"] == "Rang"
    assert origin["Filter: Lijn"] == "na plaats 2"
    assert origin["Aantal rijen"] == "3"
    assert len(origin["SHA-256 van de rijen"]) == 64
    assert signed_in(field.leader).get(field.url("board_export", "pdf")).status_code == 404


# --- What it costs -------------------------------------------------------------------------------


def test_the_board_costs_the_same_with_3_and_with_300_files() -> None:
    field = Field()
    budget_line(2026)
    draw_line(call=field.call, by=field.leader, amount=Decimal(1000))
    costs = []
    for many in (3, 47, 250):
        start = Proposal.objects.count()
        field.add_many([(f"PIO-{start + n:04d}", str(50 + n % 50), 100) for n in range(many)])
        costs.append(cost_of(signed_in(field.leader), field.url()))
    assert costs[0].queries == costs[1].queries == costs[2].queries
    assert costs[1].rows == costs[2].rows
    assert costs[2].queries <= 24


def test_the_next_file_without_a_decision_follows_the_ranking() -> None:
    field = four()
    leader = fresh(field.leader)
    assert next_undecided(leader, field.call) == "PIO-A"
    assert next_undecided(leader, field.call, after="PIO-B") == "PIO-C"
    assert next_undecided(leader, field.call, after="PIO-D") == "PIO-A"
    AssignmentFactory(
        proposal=Proposal.objects.get(reference="PIO-C"), adviser=leader, state="declined"
    )
    assert next_undecided(leader, field.call, after="PIO-B") == "PIO-D"
    FileSummary.objects.update(step=FileStep.NOTIFY)
    assert next_undecided(leader, field.call) == ""
