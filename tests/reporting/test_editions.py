"""An edition: made by one person, signed by another, then kept as it is."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from documents.services import run_job
from funding.models import Commitment
from funding.models.booking import EntryKind
from funding.services.commitments import book
from projects.models import Project
from reporting.models import Fact, Horizon, ReportEdition
from reporting.services.editions import make_edition, sign_edition
from reporting.yearly.building import build_yearly_report
from reporting.yearly.comparing import OF_FILES, compare
from reporting.yearly.exports import content_hash
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
    assert Horizon.objects.get().known_until == made.cut_off
    with pytest.raises(PermissionDenied):
        sign_edition(edition=made, by=made.made_by)
    signed = sign_edition(edition=made, by=second)

    assert (signed.signed_by, signed.is_signed) == (second, True)
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
    assert [one.pk for one in found.entries] == [entry.pk]
    assert Fact.objects.filter(kind="proposal", recorded_at__gte=made.cut_off).exists()
    assert {one.kind for one in found.facts}.isdisjoint(OF_FILES)
    [fact] = [one for one in found.facts if one.kind == "project"]
    assert fact.subject == reference
    assert [(name, after) for name, _before, after in fact.changes] == [("title", "Andere titel")]


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
