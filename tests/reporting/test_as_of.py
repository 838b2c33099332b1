"""As known on a day: whatever happens later, the same figures and the same hash (domain.md 6.7)."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import Organisation
from common.moments import end_of_day, today
from funding.ledger_check import ledger_problems
from funding.models import BudgetLine, BudgetVersion, Commitment, Instalment, LedgerEntry
from projects.models import Project
from reporting.yearly.building import build_yearly_report, report_tables
from reporting.yearly.exports import content_hash
from reporting.yearly.figures import YearlyReport

pytestmark = pytest.mark.django_db

BOOKINGS = 500


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def rows(report: YearlyReport) -> dict[str, Any]:
    return {table.key: table.rows for table in report_tables(report)}


def made(year: int, cut_off: datetime) -> YearlyReport:
    return build_yearly_report(year=year, cut_off=cut_off, generated_by="test")


def years() -> list[int]:
    return [today().year - 2, today().year - 1, today().year]


def test_what_was_known_on_a_day_stays_what_it_was(demo: None) -> None:
    days = {year: end_of_day(date(year, 12, 31)) for year in years()[:2]}
    days[years()[2]] = timezone.now()
    before = {year: made(year, cut_off) for year, cut_off in days.items()}
    hashes = {year: content_hash(report) for year, report in before.items()}

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        booked = book_many()
        Organisation.objects.update(name="Hernoemd", province="Elders")
        Project.objects.update(title="Hernoemd", theme=None)
        Instalment.objects.update(amount=Decimal("1.00"), expected_on=date(2090, 1, 1))
        Instalment.objects.filter(state="planned").delete()
        for project in Project.objects.filter(state="execution"):
            project.state = "stopped"
            project.stop_reason = "Andere koers"
            project.save()

    for year, cut_off in days.items():
        again = made(year, cut_off)
        assert rows(again) == rows(before[year])
        assert content_hash(again) == hashes[year]
        later = made(year, timezone.now() + timedelta(days=2))
        assert content_hash(later) != hashes[year]
        assert later.projects != before[year].projects
    assert booked == BOOKINGS
    assert ledger_problems() == []


def book_many() -> int:
    """Bookings of every kind, most of them counting before the days of the reports above."""
    dice = random.Random(5)  # noqa: S311 - not for secrets
    manager = Commitment.objects.first().recorded_by  # type: ignore[union-attr]
    for line in BudgetLine.objects.all():
        latest = line.versions.latest("number")
        BudgetVersion.objects.create(
            line=line,
            number=latest.number + 1,
            label=BudgetVersion.Label.ADJUSTMENT,
            vak=latest.vak + 9_000_000,
            vek=latest.vek + 9_000_000,
            effective_on=latest.effective_on,
            recorded_by=manager,
        )
    commitments = list(Commitment.objects.select_related("line"))
    done = 0
    while done < BOOKINGS:
        commitment = dice.choice(commitments)
        last = min(date(commitment.effective_on.year, 12, 31), today())
        day = commitment.effective_on + timedelta(days=dice.randrange(30))
        for kind, amount in [
            ("commitment", Decimal(dice.randrange(200, 400))),
            (dice.choice(["payment", "release"]), Decimal("0.37")),
        ]:
            LedgerEntry.objects.create(
                kind=kind,
                commitment=commitment,
                line=commitment.line,
                amount=amount,
                effective_on=min(day, last),
                recorded_by=manager,
            )
            done += 1
    return done


def test_the_hash_is_of_the_figures_alone(demo: None) -> None:
    cut_off = end_of_day(date(years()[1], 6, 30))
    one = build_yearly_report(year=years()[1], cut_off=cut_off, generated_by="An")
    with translation.override("en"), time_machine.travel(timezone.now() + timedelta(days=3)):
        other = build_yearly_report(year=years()[1], cut_off=cut_off, generated_by="Tom")
        assert content_hash(other) == content_hash(one)
    assert content_hash(made(years()[1], end_of_day(date(years()[1], 7, 1)))) != content_hash(one)


def test_every_total_is_the_sum_of_the_rows_that_are_shown(demo: None) -> None:
    for year in years():
        report = made(year, timezone.now())
        for phase in report.phases:
            assert phase.start + phase.came - phase.went == phase.end
        in_year = sum(row.committed_in_year for row in report.projects)
        assert in_year == report.this_year.committed == report.total_credits.committed
        for breakdown in report.breakdowns.values():
            assert sum(row.committed for row in breakdown) == in_year
            assert sum(row.paid for row in breakdown) == report.this_year.paid
        assert sum(row.end for row in report.streams) == report.this_year.end
        assert report.movements[-1].sums.committed == report.this_year.committed
        assert sum(row.start for row in report.phases) + sum(
            row.came - row.went for row in report.phases
        ) == sum(row.end for row in report.phases)


def test_the_flow_of_a_year_starts_where_the_former_year_ended(demo: None) -> None:
    former, latter = made(years()[1], timezone.now()), made(years()[2], timezone.now())
    ends = {row.label: row.end for row in former.phases if row.end}
    assert {row.label: row.start for row in latter.phases if row.start} == ends


def test_nothing_to_divide_is_a_dash(demo: None) -> None:
    empty = made(2009, timezone.now())
    tables = {table.key: table for table in report_tables(empty)}
    assert {line[-1].text for line in tables["doorlooptijden"].cells} == {"–"}
    assert {line[-1].text for line in tables["cofinanciering-gemiddeld"].cells} == {"–"}
