"""Three budget years: credits, decisions, commitments, payments. Every amount is invented."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import F

from calls.cofinancing import advise
from common.money import round_cents
from demo.organisations import MARK
from demo.people import Cast
from demo.proposals import log
from demo.timing import Calendar, at
from funding.lifecycle import InstalmentState, RequestState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    Claim,
    ClaimLine,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
    Payment,
)
from funding.models.booking import EntryKind
from funding.services import default_plan, split
from projects.lifecycle import ProjectState
from projects.models import ContractorRegion, Procurement, ProcurementProcedure, Project

RATE = Decimal("0.5")
CEILING = Decimal("1000000.00")

Stream = BudgetLine.Stream


@dataclass(frozen=True)
class Grant:
    """A grant of `amount` EUR, decided at `fraction` of `year`, and how far its payments came."""

    year: int
    fraction: float
    amount: str
    paid: tuple[tuple[int, float], ...] = ()
    released: tuple[int, float, str] | None = None
    waiting: InstalmentState | None = None


def budget_years(calendar: Calendar, cast: Cast) -> None:
    """The last two years and this one: BO in January, BA in June (if June has come)."""
    for year in range(calendar.year - 2, calendar.year + 1):
        budget_year = BudgetYear.objects.create(year=year, is_fictional=True)
        for stream, initial, adjusted in [
            (Stream.COFINANCING, ("5000000", "3500000"), ("5000000", "4250000")),
            (Stream.PREPARATION, ("300000", "300000"), ("350000", "350000")),
        ]:
            line = BudgetLine.objects.create(
                budget_year=budget_year, stream=stream, article="EB0-1EFB2ZZ-WT (voorbeeld)"
            )
            for number, (label, (vak, vek), fraction) in enumerate(
                [
                    (BudgetVersion.Label.INITIAL, initial, 0.0),
                    (BudgetVersion.Label.ADJUSTMENT, adjusted, 0.45),
                ],
                1,
            ):
                day = calendar.day(year, fraction)
                BudgetVersion.objects.create(
                    line=line,
                    number=number,
                    label=label,
                    vak=Decimal(vak),
                    vek=Decimal(vek),
                    effective_on=day,
                    legal_basis=f"Decreet {year} {MARK}",
                    recorded_by=cast.manager,
                    recorded_at=at(day, 9),
                )


class Bookkeeper:
    """Books grants as the committee, the team and the manager would have done."""

    def __init__(self, calendar: Calendar, cast: Cast) -> None:
        self.calendar = calendar
        self.cast = cast

    def procurement(self, project: Project, amount: Decimal, number: int = 1) -> Procurement:
        return Procurement.objects.create(
            project=project,
            number=number,
            title=f"Ontwikkeling en test {MARK}",
            procedure=ProcurementProcedure.COMPETITIVE_NEGOTIATION,
            estimated_amount=amount,
        )

    def request(
        self, procurement: Procurement, amount: Decimal, on: date, state: RequestState
    ) -> CofinancingRequest:
        advised = advise(amount / RATE, rate=RATE, ceiling=CEILING)
        return CofinancingRequest.objects.create(
            procurement=procurement,
            eligible_base=amount / RATE,
            rate=RATE,
            ceiling=CEILING,
            advised_amount=advised.amount,
            rule_explanation=advised.explanation,
            requested_amount=amount,
            state=state,
            requested_by=self.cast.team,
            requested_at=at(on, 11),
        )

    def decide(
        self, request: CofinancingRequest, on: date, outcome: CommitteeDecision.Outcome
    ) -> CommitteeDecision:
        granted = outcome == CommitteeDecision.Outcome.GRANTED
        return CommitteeDecision.objects.create(
            request=request,
            outcome=outcome,
            granted_amount=request.requested_amount if granted else None,
            decided_on=on,
            reference=f"BC-{on:%Y-%m} {MARK}",
            grounds="" if granted else "Het comité vraagt een duidelijker bestek.",
            recorded_by=self.cast.secretary,
            recorded_at=at(on, 16),
        )

    def grant(self, project: Project, grant: Grant) -> Commitment:
        """Request, decision, commitment, instalments and payments of one grant."""
        amount = Decimal(grant.amount)
        decided_on = self.calendar.day(grant.year, grant.fraction)
        procurement = self.procurement(project, amount / RATE)
        request = self.request(
            procurement, amount, decided_on - timedelta(days=30), RequestState.GRANTED
        )
        decision = self.decide(request, decided_on, CommitteeDecision.Outcome.GRANTED)
        line = self._line(grant.year)
        commitment = Commitment.objects.create(
            decision=decision,
            project=project,
            line=line,
            number=f"VL-{grant.year}-{decision.pk:05d}",
            effective_on=decided_on,
            recorded_by=self.cast.manager,
            recorded_at=at(decided_on, 17),
        )
        self._book(EntryKind.COMMITMENT, commitment, line, amount, decided_on)
        log(project, at(decided_on, 17), self.cast.manager, "commitment.made", "Vastgelegd")
        instalments = self._plan(commitment, amount)
        for instalment, (year, fraction) in zip(instalments, grant.paid, strict=False):
            self._pay(instalment, self.calendar.day(year, fraction))
        if grant.released:
            year, fraction, released = grant.released
            kind = EntryKind.REVERSAL if year == grant.year else EntryKind.RELEASE
            on = self.calendar.day(year, fraction)
            self._book(kind, commitment, line, Decimal(released), on, "Gunning lager dan geraamd")
        waiting = instalments[len(grant.paid) :]
        if grant.waiting and waiting:
            self._wait(waiting[0], grant.waiting)
        if grant.paid:
            self._award(procurement, amount, decided_on)
        return commitment

    # --- Pieces ----------------------------------------------------------------------------------

    def _line(self, year: int) -> BudgetLine:
        return BudgetLine.objects.get(budget_year__year=year, stream=Stream.COFINANCING)

    def _book(
        self,
        kind: EntryKind,
        commitment: Commitment,
        line: BudgetLine,
        amount: Decimal,
        on: date,
        note: str = "",
    ) -> LedgerEntry:
        return LedgerEntry.objects.create(
            kind=kind,
            commitment=commitment,
            line=line,
            amount=amount,
            effective_on=on,
            note=note,
            recorded_by=self.cast.manager,
            recorded_at=at(on, 17),
        )

    def _plan(self, commitment: Commitment, amount: Decimal) -> list[Instalment]:
        plan = default_plan(commitment.effective_on)
        amounts = split(amount, [item.share for item in plan])
        return [
            Instalment.objects.create(
                commitment=commitment,
                number=number,
                share=item.share,
                amount=part,
                condition=item.condition,
                expected_on=item.expected_on,
            )
            for number, (item, part) in enumerate(zip(plan, amounts, strict=True), 1)
        ]

    def _claim(self, instalment: Instalment, on: date) -> Claim:
        """A claim that two invoices justify."""
        claim = Claim.objects.create(
            instalment=instalment,
            amount=instalment.amount,
            statement=f"Kosten volgens de bijgevoegde staat {MARK}.",
            claimed_by=self.cast.second_team,
            claimed_at=at(on, 10),
        )
        cost = instalment.amount / RATE
        most = round_cents(cost * Decimal("0.8"))
        for number, (what, amount) in enumerate(
            [("Ontwikkeling volgens bestek", most), ("Test bij gebruikers", cost - most)], 1
        ):
            ClaimLine.objects.create(
                claim=claim,
                number=number,
                description=f"{what} {MARK}",
                supplier=f"Bedrijf Voorbeeld nv {MARK}",
                invoice_number=f"VB-{on:%Y}-{claim.pk:04d}-{number}",
                invoiced_on=on - timedelta(days=10 * number),
                amount=amount,
            )
        return claim

    def _check(self, claim: Claim, on: date) -> None:
        claim.lines.update(accepted=F("amount"))
        claim.accepted_amount = claim.amount
        claim.checked_by = self.cast.team
        claim.checked_at = at(on, 11)
        claim.save()

    def _approve(self, claim: Claim, on: date) -> None:
        claim.approved_by = self.cast.leader
        claim.approved_at = at(on, 15)
        claim.save()

    def _pay(self, instalment: Instalment, on: date) -> None:
        claim = self._claim(instalment, on - timedelta(days=20))
        self._check(claim, on - timedelta(days=12))
        self._approve(claim, on - timedelta(days=8))
        entry = self._book(
            EntryKind.PAYMENT, instalment.commitment, self._line(on.year), instalment.amount, on
        )
        Payment.objects.create(
            claim=claim, entry=entry, paid_on=on, reference=f"BET-{entry.pk:06d} {MARK}"
        )
        self._move(instalment, InstalmentState.PAID)

    def _wait(self, instalment: Instalment, state: InstalmentState) -> None:
        """Leave the next instalment in a state that asks somebody to do something."""
        on = self.calendar.ago(9)
        if state != InstalmentState.CLAIMABLE:
            claim = self._claim(instalment, on)
            if state in {InstalmentState.CHECKED, InstalmentState.APPROVED}:
                self._check(claim, on + timedelta(days=3))
            if state == InstalmentState.APPROVED:
                self._approve(claim, on + timedelta(days=5))
        self._move(instalment, state)

    def _award(self, procurement: Procurement, amount: Decimal, decided_on: date) -> None:
        procurement.published_on = decided_on + timedelta(days=15)
        procurement.tenders_received = 3
        procurement.awarded_on = decided_on + timedelta(days=80)
        procurement.award_amount = amount / RATE
        procurement.contractor_name = f"Bedrijf Voorbeeld nv {MARK}"
        procurement.contractor_is_sme = True
        procurement.contractor_is_startup = procurement.pk % 3 == 0
        procurement.contractor_region = (
            ContractorRegion.BRUSSELS if procurement.pk % 4 == 0 else ContractorRegion.FLANDERS
        )
        procurement.save()

    @staticmethod
    def _move(instalment: Instalment, state: InstalmentState) -> None:
        """Along the lifecycle: the database refuses a jump."""
        path = [
            InstalmentState.CLAIMABLE,
            InstalmentState.CLAIMED,
            InstalmentState.CHECKED,
            InstalmentState.APPROVED,
            InstalmentState.PAID,
        ]
        for each in path[: path.index(state) + 1]:
            Instalment.objects.filter(pk=instalment.pk).update(state=each)


def state_after(grant: Grant) -> ProjectState:
    """The state a project has reached with this grant."""
    if len(grant.paid) == len(settings.INSTALMENT_SCHEDULE):
        return ProjectState.FINISHED
    return ProjectState.EXECUTION if grant.paid else ProjectState.COFINANCING_GRANTED
