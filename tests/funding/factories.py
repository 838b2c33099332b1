"""Budgets, decisions and commitments for tests, booked through the real services."""

from datetime import date
from decimal import Decimal

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import StaffRole
from documents.services import store_file
from funding.lifecycle import RequestState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    TenderDocument,
)
from funding.services import commit
from projects.lifecycle import ProjectState
from tests.accounts.factories import UserFactory
from tests.documents.factories import pdf_bytes
from tests.projects.factories import ProcurementFactory


class BudgetYearFactory(DjangoModelFactory):
    class Meta:
        model = BudgetYear
        django_get_or_create = ("year",)

    year = 2026
    is_fictional = True


def budget_line(
    year: int = 2026, *, vak: int | str | Decimal = 5_000_000, vek: int | str | Decimal = 4_000_000
) -> BudgetLine:
    """A co-financing line with an initial budget (BO). EUR."""
    line = BudgetLine.objects.create(budget_year=BudgetYearFactory(year=year))
    BudgetVersion.objects.create(
        line=line,
        number=1,
        label=BudgetVersion.Label.INITIAL,
        vak=Decimal(vak),
        vek=Decimal(vek),
        effective_on=date(year, 1, 1),
        recorded_by=programme_manager(),
    )
    line.refresh_from_db()
    return line


def programme_manager() -> User:
    return UserFactory(roles=[StaffRole.PROGRAMME_MANAGER])


class RequestFactory(DjangoModelFactory):
    class Meta:
        model = CofinancingRequest

    procurement = factory.SubFactory(
        ProcurementFactory, project__state=ProjectState.COFINANCING_REQUESTED
    )
    eligible_base = Decimal("600000.00")
    rate = Decimal("0.5000")
    ceiling = Decimal("1000000.00")
    advised_amount = Decimal("300000.00")
    rule_explanation = "50 % van € 600.000,00 = € 300.000,00."
    requested_amount = Decimal("300000.00")
    requested_by = factory.SubFactory(UserFactory)


class GrantFactory(DjangoModelFactory):
    """A decision of the committee that grants the requested amount."""

    class Meta:
        model = CommitteeDecision

    request = factory.SubFactory(
        RequestFactory,
        state=RequestState.GRANTED,
        procurement__project__state=ProjectState.COFINANCING_GRANTED,
    )
    outcome = CommitteeDecision.Outcome.GRANTED
    granted_amount = factory.SelfAttribute("request.requested_amount")
    decided_on = date(2026, 3, 1)
    recorded_by = factory.SubFactory(UserFactory)


def commitment(amount: int | str | Decimal = 300_000, *, on: date = date(2026, 3, 1)) -> Commitment:
    """A commitment booked on the existing line of its year. EUR."""
    decision = GrantFactory(granted_amount=Decimal(amount), decided_on=on)
    return commit(decision=decision, by=programme_manager())


PDF = pdf_bytes()


def upload(name: str = "bestek.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a person sends it."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def request_with_document(**kwargs: object) -> CofinancingRequest:
    """A request that may go to the committee."""
    request = RequestFactory(**kwargs)
    TenderDocument.objects.create(
        request=request,
        version=1,
        file=store_file(content=PDF, name="bestek.pdf"),
        added_by=request.requested_by,
    )
    return request
