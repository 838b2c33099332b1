"""An edition: made by one person, signed by another, then kept as it is."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from documents.services import run_job
from funding.models import Commitment
from funding.models.booking import NET_COMMITTED, NET_PAID, RELEASED, STAYS_OPEN, EntryKind
from funding.services.commitments import book
from projects.models import Project
from reporting.models import Fact, Horizon, ReportEdition
from reporting.selectors import work_for
from reporting.services.editions import make_edition, sign_edition
from reporting.yearly.building import build_yearly_report, report_tables
from reporting.yearly.causes import READS, effect_of
from reporting.yearly.comparing import OF_FILES, compare
from reporting.yearly.exports import content_hash
from reporting.yearly.several_years import differences, years_blocks
from tests.accounts.factories import UserFactory
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

YEAR = 2026
NOW = timezone.make_aware(timezone.datetime(2026, 6, 1, 12))  # type: ignore[attr-defined]


@pytest.fixture
def booked() -> Iterator[Commitment]:
    with time_machine.travel(NOW, tick=False):
        budget_line(YEAR)
        made = commitment(300_000, on=date(YEAR, 3, 1))
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield made


@pytest.fixture
def second() -> User:
    return UserFactory(roles=[StaffRole.PROJECT_LEADER])


def draft(*, with_files: bool = True) -> ReportEdition:
    made = make_edition(year=YEAR, cut_off=timezone.now(), by=programme_manager())
    if with_files:
        for job in made.files:
            run_job(job_id=job.pk)
    return ReportEdition.objects.get(pk=made.pk)


def test_a_second_person_signs_and_then_nothing_changes(booked: Commitment, second: User) -> None:
    made = draft()
    assert [one.label for one in work_for(second)] == ["Jaarrapport ondertekenen"]
    assert work_for(made.made_by) == work_for(UserFactory(roles=[StaffRole.TEAM_MEMBER])) == []
    assert Horizon.objects.get().known_until == made.cut_off
    with pytest.raises(PermissionDenied):
        sign_edition(edition=made, by=made.made_by)
    signed = sign_edition(edition=made, by=second)

    assert (signed.signed_by, signed.is_signed) == (second, True)
    assert work_for(second) == []
    with pytest.raises(ValidationError, match="al ondertekend"):
        sign_edition(edition=made, by=second)
    for refused in (
        lambda: ReportEdition.objects.filter(pk=made.pk).update(signed_by=made.made_by),
        lambda: ReportEdition.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            refused()
    for job in signed.files:
        assert job.file is not None
    assert signed.pdf.file is not None
    assert signed.pdf.file.content_type == "application/pdf"


def test_the_database_refuses_one_person_and_another_hash(booked: Commitment) -> None:
    made = draft(with_files=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportEdition.objects.filter(pk=made.pk).update(
            signed_by=made.made_by, signed_at=timezone.now()
        )
    with pytest.raises(InternalError), transaction.atomic():
        ReportEdition.objects.filter(pk=made.pk).update(content_hash="0" * 64)


def test_files_come_before_the_signature(booked: Commitment, second: User) -> None:
    made = draft(with_files=False)
    with pytest.raises(ValidationError, match="nog niet klaar"):
        sign_edition(edition=made, by=second)


@pytest.mark.parametrize("role", [StaffRole.TEAM_MEMBER, StaffRole.AUDITOR])
def test_who_may_not_make_it(role: StaffRole, booked: Commitment) -> None:
    with pytest.raises(PermissionDenied):
        make_edition(year=YEAR, cut_off=timezone.now(), by=UserFactory(roles=[role]))


def test_each_changed_figure_is_listed_with_what_changed_it(booked: Commitment) -> None:
    made = draft(with_files=False)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        entry = book(
            kind=EntryKind.PAYMENT,
            commitment=booked,
            line=booked.line,
            amount=Decimal("1000.00"),
            effective_on=date(YEAR, 3, 5),
            by=programme_manager(),
        )
        Project.objects.filter(pk=booked.project_id).update(title="Andere titel")
        ProposalFactory(submitted=True)
        former = build_yearly_report(year=YEAR, cut_off=made.cut_off, generated_by="t")
        latter = build_yearly_report(
            year=YEAR, cut_off=timezone.now() + timedelta(seconds=1), generated_by="t"
        )
        found = compare(former, latter)

    assert content_hash(former) == made.content_hash
    changed = {(one.table, one.row, one.column): one.after for one in found.figures}
    reference = booked.project.reference
    assert changed["Projecten met bedragen", reference, "Titel"] == "Andere titel (voorbeelddata)"
    paid = changed["Projecten met bedragen", reference, f"Vereffend in {YEAR}"]
    assert paid == "€\N{NO-BREAK SPACE}1.000,00"
    assert ("Encours per jaar", str(YEAR), "Encours einde") in changed
    by_figure = {(one.table, one.row, one.column): one.causes for one in found.figures}
    title, money = (
        by_figure["Projecten met bedragen", reference, column]
        for column in ("Titel", f"Vereffend in {YEAR}")
    )
    assert [(one.amount, one.on) for one in money] == [(entry.amount, date(YEAR, 3, 5))]
    assert [(name, after) for one in title for name, _before, after in one.changes] == [
        ("titel", "Andere titel")
    ]
    assert by_figure["Encours per jaar", str(YEAR), "Encours einde"] == money
    assert Fact.objects.filter(kind="proposal", recorded_at__gte=made.cut_off).exists()
    kinds = {read.split(".")[0] for one in found.others for read in one.reads}
    assert kinds.isdisjoint(OF_FILES)


LEDGER = {
    ("encours", 2): NET_COMMITTED,
    ("encours", 3): NET_PAID,
    ("encours", 4): RELEASED,
    ("encours", 5): STAYS_OPEN,
    ("geldstromen", 5): STAYS_OPEN,
    ("bewegingen", 4): {EntryKind.PAYMENT: 1},
    ("type", 2): NET_COMMITTED,
    ("thema", 3): NET_PAID,
    ("procedure", 2): NET_COMMITTED,
    ("kredieten", 3): NET_COMMITTED,
    ("kredieten-per-jaar", 5): NET_PAID,
    ("projecten", 4): NET_COMMITTED,
    ("projecten", 8): NET_PAID,
    ("projecten", 9): STAYS_OPEN,
}


def test_the_rows_of_a_figure_add_up_to_its_difference(booked: Commitment) -> None:
    """Back-dated bookings too: what a figure went up or down by is what its rows say."""
    made = draft(with_files=False)
    by = programme_manager()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        others = [commitment(1000 * n, on=date(YEAR, n, 2)) for n in range(1, 5)]
        for n, one in enumerate([booked, *others]):
            day = date(YEAR, 5, 5 + n)
            row = {"commitment": one, "line": one.line, "effective_on": day, "by": by}
            book(kind=EntryKind.PAYMENT, amount=Decimal(100 + n), **row)
            book(kind=EntryKind.REVERSAL, amount=Decimal(10 + n), **row)
        former = build_yearly_report(year=YEAR, cut_off=made.cut_off, generated_by="t")
        latter = build_yearly_report(
            year=YEAR, cut_off=timezone.now() + timedelta(seconds=1), generated_by="t"
        )
        with CaptureQueriesContext(connection) as first:
            found = compare(former, latter)
    keys = {table.title: table.key for table in report_tables(latter)}
    columns = {
        (table.key, str(column.label)): place
        for table in report_tables(latter)
        for place, column in enumerate(table.columns)
    }
    proven = set()
    for one in found.figures:
        place = (keys[one.table], columns[keys[one.table], one.column])
        assert one.causes, one
        if place not in LEDGER:
            continue
        difference = _number(one.after) - _number(one.before)
        assert sum(effect_of(row, LEDGER[place]) for row in one.causes) == difference, one
        proven.add(place)
    assert proven == LEDGER.keys() - {("encours", 4)}
    assert set(READS) == set(keys.values())
    assert len(first) == 4


def _number(words: str) -> Decimal:
    plain = words.translate({ord(sign): None for sign in "€.\N{NO-BREAK SPACE} "})
    return Decimal(0) if plain == "–" else Decimal(plain.replace(",", "."))


def test_pages_of_maker_and_signer(booked: Commitment, second: User) -> None:
    maker = Client()
    maker.force_login(programme_manager())
    answer = maker.post(reverse("reporting:edition_make", args=[YEAR]), {"stand": ""}, follow=True)
    page = answer.content.decode()
    made = ReportEdition.objects.get()
    assert made.content_hash in page
    assert "die de editie niet zelf maakte" in page
    sign_url = reverse("reporting:edition_sign", args=[made.pk])
    assert maker.post(sign_url).status_code == 403

    signer = Client()
    signer.force_login(second)
    assert "zodra de bestanden klaar zijn" in signer.get(made.get_absolute_url()).content.decode()
    listed = signer.get(reverse("reporting:reports")).content.decode()
    assert made.get_absolute_url() in listed


def test_years_side_by_side(booked: Commitment, second: User) -> None:
    budget_line(YEAR - 1)
    client = Client()
    client.force_login(second)
    page = client.get(reverse("reporting:years")).content.decode()
    assert "Verschil" in page
    assert "€\N{NO-BREAK SPACE}300.000,00" in page
    text = b"".join(
        client.get(reverse("reporting:years_csv", args=["bedragen"])).streaming_content  # type: ignore[attr-defined]
    ).decode("utf-8-sig")
    assert "Vastgelegd;0,00;300000,00;300000,00" in text
    assert client.get(reverse("reporting:years_csv", args=["niets"])).status_code == 404


def test_an_edition_beside_the_one_before_and_beside_the_year_before(
    booked: Commitment, second: User
) -> None:
    old = budget_line(YEAR - 1)
    former = draft(with_files=False)
    ReportEdition.objects.filter(pk=former.pk).update(signed_by=second, signed_at=timezone.now())
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        commitment(5_000, on=date(YEAR - 1, 4, 1))  # of the year before, booked late
        late = commitment(7_000, on=date(YEAR, 1, 5))
    with time_machine.travel(NOW + timedelta(days=1, hours=1), tick=False):
        made = draft(with_files=False)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        client = Client()
        client.force_login(second)
        url = made.get_absolute_url()
        beside = _plain(client.get(url, {"naast": "vorige-editie"}))
        assert "Vergeleken met editie 1" in beside
        assert f"{late.number}, {late.project.reference}</a>: € 7.000,00, telt vanaf" in beside
        years = _plain(client.get(url, {"naast": "vorig-jaar"}))
        assert f"{late.project.reference} – " in years
        assert ": € 5.000,00 → € 0,00 (€ -5.000,00)" in years
        now = _plain(client.get(url, {"naast": "iets"}))
        assert "Geen enkel cijfer is anders." in now
    reports = [
        build_yearly_report(year=year, cut_off=made.cut_off, generated_by="t")
        for year in (YEAR - 1, YEAR)
    ]
    [amounts, counts] = [block.table for block in years_blocks(reports)]
    found = {one.label: one for one in differences(*reports)}
    changed = [row for table in (amounts, counts) for row in table.rows if row[1] != row[2]]
    assert {row[0] for row in changed} == found.keys()
    total = next(row for row in amounts.rows if row[0] == "Vastgelegd")
    assert total[1:] == (Decimal(5_000), Decimal(307_000), Decimal(302_000))
    assert reports[1].total_credits.committed == Decimal(307_000)
    assert sum(_number(one.difference) for one in found["Vastgelegd"].rows) == Decimal(302_000)
    assert old.pk


def _plain(answer: object) -> str:
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[attr-defined]
