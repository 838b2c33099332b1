"""What a document says was known stays so, whatever is booked at that very moment."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from funding.models import LedgerEntry
from funding.models.booking import EntryKind
from funding.services.commitments import book
from projects.models import Project
from reporting.models import Fact, Horizon
from reporting.services import close_the_past, horizon
from reporting.yearly.building import build_yearly_report
from reporting.yearly.exports import content_hash
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.projects.factories import ProjectFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

YEAR = 2026
DAY = date(YEAR, 3, 2)


def in_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def fingerprint(cut_off: datetime) -> str:
    return content_hash(build_yearly_report(year=YEAR, cut_off=cut_off, generated_by="t"))


def test_a_booking_in_flight_counts_wholly_or_not_at_all() -> None:
    """It was begun before the cut-off and ends after it: it is waited for, and then counts."""
    budget_line(YEAR)
    made = commitment(300_000, on=date(YEAR, 3, 1))
    manager, began, end = programme_manager(), threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            book(
                kind=EntryKind.PAYMENT,
                commitment=made,
                line=made.line,
                amount=Decimal("0.01"),
                effective_on=DAY,
                by=manager,
            )
            began.set()
            end.wait(10)

    thread = in_thread(slow)
    began.wait(10)
    cut_off = timezone.now()
    timer = threading.Timer(0.4, end.set)
    timer.start()
    closing = time.monotonic()
    close_the_past(until=cut_off, by=manager)
    assert time.monotonic() - closing > 0.2  # it waited
    now = fingerprint(cut_off)
    thread.join()
    assert LedgerEntry.objects.get(kind=EntryKind.PAYMENT).recorded_at < cut_off
    assert fingerprint(cut_off) == now


def test_what_took_its_time_before_and_is_written_after_is_known_later() -> None:
    """The instant was taken before the cut-off, the row is added after it."""
    budget_line(YEAR)
    made = commitment(300_000, on=date(YEAR, 3, 1))
    entry = LedgerEntry(
        kind=EntryKind.PAYMENT,
        commitment=made,
        line=made.line,
        amount=Decimal("0.01"),
        effective_on=DAY,
        recorded_by=programme_manager(),
    )
    cut_off = timezone.now()
    assert entry.recorded_at < cut_off
    close_the_past(until=cut_off, by=None)
    before = fingerprint(cut_off)
    entry.save()
    entry.refresh_from_db()
    assert entry.recorded_at == cut_off
    assert fingerprint(cut_off) == before
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pio.recorded_at = '2020-01-01T00:00:00Z'")
        Project.objects.update(title="Teruggedateerd")
    assert Fact.objects.latest("pk").recorded_at == cut_off


def test_one_that_does_not_end_is_told() -> None:
    ProjectFactory()
    began, end = threading.Event(), threading.Event()

    def hanging() -> None:
        with transaction.atomic():
            Project.objects.update(title="Nog bezig")
            began.set()
            end.wait(20)

    thread = in_thread(hanging)
    began.wait(10)
    patience, horizon.PATIENCE = horizon.PATIENCE, 0.3
    try:
        with pytest.raises(ValidationError, match="boeking"):
            close_the_past(until=timezone.now(), by=None)
    finally:
        horizon.PATIENCE = patience
        end.set()
        thread.join()


def test_the_future_is_not_closed() -> None:
    with pytest.raises(ValidationError, match="later"):
        close_the_past(until=timezone.now() + timedelta(minutes=1), by=None)
    assert not Horizon.objects.exists()
    close_the_past(until=datetime(2020, 1, 1, tzinfo=UTC), by=None)
    close_the_past(until=datetime(2019, 1, 1, tzinfo=UTC), by=None)
    assert Horizon.objects.count() == 1


def test_twenty_people_book_while_others_make_reports() -> None:
    """Nobody meets a deadlock, and no report differs from itself afterwards."""
    budget_line(YEAR)
    commitments = [commitment(10_000, on=date(YEAR, 3, 1)) for _ in range(5)]
    manager, broken = programme_manager(), []
    until = time.monotonic() + 3
    known: list[tuple[datetime, str]] = []

    def booking(number: int) -> None:
        while time.monotonic() < until:
            made = commitments[number % len(commitments)]
            try:
                with transaction.atomic():
                    book(
                        kind=EntryKind.PAYMENT,
                        commitment=made,
                        line=made.line,
                        amount=Decimal("0.01"),
                        effective_on=DAY,
                        by=manager,
                    )
                    Project.objects.filter(pk=made.project_id).update(title=f"Nummer {number}")
            except Exception as error:
                broken.append(error)

    def reporting() -> None:
        while time.monotonic() < until:
            cut_off = timezone.now()
            try:
                close_the_past(until=cut_off, by=None)
                known.append((cut_off, fingerprint(cut_off)))
            except Exception as error:
                broken.append(error)

    threads = [in_thread(lambda n=n: booking(n)) for n in range(20)]  # type: ignore[misc]
    threads += [in_thread(reporting) for _ in range(2)]
    for thread in threads:
        thread.join()

    assert broken == []
    assert len(known) > 2
    assert [(cut_off, fingerprint(cut_off)) for cut_off, _hash in known] == known
    assert len({print_ for _cut_off, print_ in known}) > 1
