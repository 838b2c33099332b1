"""Makes the year: 2,000 projects, each with a commitment and nine more bookings.

Rows that nobody wrote, so that preparing stays short; the triggers of the ledger and of the facts
do their work. Fictional authorities.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - only after setup

from accounts.models import Organisation, OrganisationType, User  # noqa: E402
from benchmarks.report import BOOKINGS, PROJECTS, YEAR  # noqa: E402
from calls.models import Theme  # noqa: E402
from common.moments import BRUSSELS, start_of_day  # noqa: E402
from funding.lifecycle import InstalmentState, RequestState  # noqa: E402
from funding.models import (  # noqa: E402
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
)
from projects.lifecycle import ProjectState  # noqa: E402
from projects.models import Procurement, ProcurementProcedure, Project  # noqa: E402
from reporting.facts.recording import recorded_at  # noqa: E402

GRANTED = Decimal("2400.00")
PROVINCES = ("Antwerpen", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen")
PER_PROJECT = BOOKINGS // PROJECTS
CHUNK = 25


def make() -> None:
    """Fill an empty database."""
    by = User.objects.create_user("manager@bench.invalid", first_name="Mia", last_name="Voorbeeld")
    lines = {}
    for year in (YEAR - 1, YEAR):
        budget_year = BudgetYear.objects.create(year=year, is_fictional=True)
        for stream in BudgetLine.Stream:
            lines[year, stream] = line = BudgetLine.objects.create(
                budget_year=budget_year, stream=stream
            )
            BudgetVersion.objects.create(
                line=line,
                number=1,
                label=BudgetVersion.Label.INITIAL,
                vak=Decimal(9_000_000),
                vek=Decimal(9_000_000),
                effective_on=date(year, 1, 1),
                recorded_by=by,
                recorded_at=start_of_day(date(year, 1, 1)),
            )
    themes = Theme.objects.bulk_create(
        Theme(name=f"Thema {number}", slug=f"thema-{number}") for number in range(8)
    )
    kinds = list(OrganisationType)
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Gemeente Voorbeeld {number}",
            type=kinds[number % len(kinds)],
            province=PROVINCES[number % len(PROVINCES)],
            is_fictional=True,
        )
        for number in range(300)
    )
    projects = Project.objects.bulk_create(
        Project(
            organisation=organisations[number % len(organisations)],
            reference=f"PIO-BENCH-{number:04d}",
            title=f"Riolering die voorspelt waar ze overstroomt, wijk {number}",
            theme=themes[number % len(themes)],
            state=ProjectState.EXECUTION,
            is_fictional=True,
            opened_on=date(YEAR - 1, 3, 1),
        )
        for number in range(PROJECTS)
    )
    procedures = list(ProcurementProcedure)
    procurements = Procurement.objects.bulk_create(
        Procurement(
            project=project,
            title="Ontwikkeling en test",
            procedure=procedures[number % len(procedures)],
            estimated_amount=GRANTED * 2,
            published_on=date(YEAR, 2, 1),
            tenders_received=3,
            awarded_on=date(YEAR, 5, 1),
            award_amount=GRANTED * 2,
            contractor_name=f"Bedrijf {number % 400}",
            contractor_is_sme=number % 3 > 0,
        )
        for number, project in enumerate(projects)
    )
    requests = CofinancingRequest.objects.bulk_create(
        CofinancingRequest(
            procurement=procurement,
            eligible_base=GRANTED * 2,
            rate=Decimal("0.5"),
            advised_amount=GRANTED,
            rule_explanation="50 %",
            requested_amount=GRANTED,
            state=RequestState.GRANTED,
            requested_by=by,
        )
        for procurement in procurements
    )
    days = [date(YEAR, 1, 10) + timedelta(days=number % 200) for number in range(PROJECTS)]
    decisions = CommitteeDecision.objects.bulk_create(
        CommitteeDecision(
            request=request,
            outcome=CommitteeDecision.Outcome.GRANTED,
            granted_amount=GRANTED,
            decided_on=day,
            recorded_by=by,
            recorded_at=start_of_day(day),
        )
        for request, day in zip(requests, days, strict=True)
    )
    line = lines[YEAR, BudgetLine.Stream.COFINANCING]
    commitments = Commitment.objects.bulk_create(
        Commitment(
            decision=decision,
            project=project,
            line=line,
            number=f"VL-{YEAR}-{project.pk:05d}",
            effective_on=day,
            recorded_by=by,
            recorded_at=start_of_day(day),
        )
        for decision, project, day in zip(decisions, projects, days, strict=True)
    )
    Instalment.objects.bulk_create(
        Instalment(
            commitment=commitment,
            number=number,
            share=share,
            amount=GRANTED * share / 100,
            condition="Voorwaarde",
            expected_on=date(YEAR + number - 1, 11, 1),
            state=InstalmentState.PLANNED,
        )
        for commitment in commitments
        for number, share in enumerate((Decimal(30), Decimal(40), Decimal(30)), 1)
    )
    # A few at a time, as people book: each booking changes the row of its line.
    for first in range(0, PROJECTS, CHUNK):
        chunk = list(zip(commitments, days, strict=True))[first : first + CHUNK]
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                kind="commitment" if number == 0 else ("release" if number == 9 else "payment"),
                commitment=commitment,
                line=line,
                amount=GRANTED if number == 0 else Decimal("100.37"),
                effective_on=day + timedelta(days=number),
                recorded_by=by,
                recorded_at=start_of_day(day + timedelta(days=number)),
            )
            for commitment, day in chunk
            for number in range(PER_PROJECT)
        )


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with recorded_at(datetime(YEAR - 1, 3, 1, tzinfo=BRUSSELS)):
        make()
