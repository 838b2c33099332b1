"""Proposals and projects for tests."""

from datetime import date
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from calls.models import CostPhase
from projects.lifecycle import ProjectState, ProposalState
from projects.models import (
    CostLine,
    Procurement,
    Project,
    Proposal,
    ProposalVersion,
    SectionAnswers,
)
from tests.accounts.factories import OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory


class ProposalFactory(DjangoModelFactory):
    """A draft for an open call."""

    class Meta:
        model = Proposal

    call = factory.SubFactory(CallFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    reference = factory.Sequence(lambda n: f"PIO-TEST-1-{n:04d}")
    title = factory.Sequence(lambda n: f"Voorstel {n}")
    summary = "Een korte samenvatting."
    created_by = factory.SubFactory(UserFactory)
    is_fictional = True

    class Params:
        submitted = factory.Trait(
            state=ProposalState.SUBMITTED,
            submitted_at=factory.LazyFunction(timezone.now),
            round=factory.LazyAttribute(lambda o: o.call.rounds.first()),
            total_cost=Decimal("200000.00"),
            requested_amount=Decimal("100000.00"),
        )


class VersionFactory(DjangoModelFactory):
    class Meta:
        model = ProposalVersion

    proposal = factory.SubFactory(ProposalFactory, submitted=True)
    number = 1
    content = factory.LazyFunction(dict)
    sha256 = "0" * 64
    arrived_at = factory.LazyFunction(timezone.now)
    submitted_by = factory.SubFactory(UserFactory)


class CostLineFactory(DjangoModelFactory):
    class Meta:
        model = CostLine

    proposal = factory.SubFactory(ProposalFactory)
    phase = CostPhase.DEVELOPMENT
    description = "Ontwikkeling van een prototype"
    amount = Decimal("100000.00")


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project

    call = factory.SubFactory(CallFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    reference = factory.Sequence(lambda n: f"P-TEST-{n:04d}")
    title = factory.Sequence(lambda n: f"Project {n}")
    state = ProjectState.TENDER_PREPARATION
    opened_on = date(2026, 1, 15)
    is_fictional = True


class ProcurementFactory(DjangoModelFactory):
    class Meta:
        model = Procurement

    project = factory.SubFactory(ProjectFactory)
    number = 1
    title = factory.Sequence(lambda n: f"Opdracht {n}")
    estimated_amount = Decimal("600000.00")


def complete_draft(**kwargs: object) -> Proposal:
    """A draft in which everything is filled in that CallFactory's small form requires."""
    proposal = ProposalFactory(
        contact_name="An Peeters",
        contact_email="an.peeters@voorbeeld.test",
        signatory_name="Jan Maes",
        signatory_function="Algemeen directeur",
        own_budget_secured=True,
        **kwargs,
    )
    CostLineFactory(proposal=proposal)
    answers = {
        "D": {"probleem": "De riolen lopen over.", "toelichting": ""},
        "K": {"waarheid": True},
    }
    SectionAnswers.objects.bulk_create(
        SectionAnswers(
            proposal=proposal,
            section=section,
            answers=answers[section.code],
            updated_by=proposal.created_by,
        )
        for section in proposal.call.sections.filter(code__in=answers)
    )
    return proposal
