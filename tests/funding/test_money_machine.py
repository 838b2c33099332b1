"""Three thousand random acts with money, refusals included, against a plain count of our own.

After each act: no credit is overdrawn, nothing open is negative, every total is the sum of its rows
and equals what we counted ourselves, the encours chain closes over the years, the hashes hold, and
a refusal is a Dutch sentence that left nothing behind (domain.md 6.6).
"""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.models import User
from accounts.roles import StaffRole
from common import clock
from common.money import ZERO
from funding import services
from funding.ledger_check import ledger_problems
from funding.lifecycle import InstalmentState, RequestState
from funding.models import (
    BudgetLine,
    BudgetVersion,
    BudgetYear,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    LedgerEntry,
    Payment,
    YearReopening,
)
from funding.models.booking import STAYS_OPEN, signed_amount
from funding.selectors.budget import encours
from funding.selectors.closing import closing_checks
from funding.services import CarryOver
from projects.models import Procurement, Project
from tests.accounts.factories import UserFactory
from tests.funding.factories import programme_manager
from tests.projects.factories import ProjectFactory

WANTED = 3_000
YEARS = (2024, 2025, 2026)
ENGLISH = re.compile(r"\b(the|this|must|cannot|invalid|required|constraint|violates)\b", re.I)
Stream = BudgetLine.Stream


class NothingThere(Exception):
    """The act needs something that does not exist now."""


@dataclass
class Counted:
    """What we count of a commitment ourselves. EUR."""

    line: tuple[int, str]
    committed: Decimal
    released: Decimal = ZERO
    paid: Decimal = ZERO
    recovered: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.committed - self.released - self.paid


@dataclass
class Count:
    """The same money as in the database, kept with sums of plain numbers."""

    vak: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    vek: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    used: Counter[tuple[int, str]] = field(default_factory=Counter)
    paid: Counter[tuple[int, str]] = field(default_factory=Counter)
    commitments: dict[int, Counted] = field(default_factory=dict)
    flow: Counter[int] = field(default_factory=Counter)
    """What each year added to the encours."""


class Money(RuleBasedStateMachine):
    """Three years, both streams; who, what, how much and when is chosen anew at every step."""

    steps = 0
    rolls = 0
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        if Money.steps < WANTED:
            self._begin()

    def _begin(self) -> None:
        self._stack.enter_context(transaction.atomic())
        self._stack.enter_context(clock.moved_to(datetime(2027, 6, 1, 10, tzinfo=UTC)))
        self.manager: User = programme_manager()
        self.other: User = UserFactory(roles=[StaffRole.PROJECT_LEADER])
        self.nobody: User = UserFactory(roles=[StaffRole.ADVISER])
        self.project: Project = ProjectFactory()
        self.count = Count()
        for year in YEARS:
            opened = services.open_budget_year(year=year, by=self.manager)
            for line in opened.lines.all():
                self._credits(line, Decimal(2_000_000), Decimal(1_000_000))
        self.before = self._rows()

    def teardown(self) -> None:
        if hasattr(self, "before"):
            transaction.set_rollback(True)
        self._stack.close()

    @rule(seed=st.integers(0, 2**32 - 1))
    def somebody_books(self, seed: int) -> None:
        if Money.steps >= WANTED:
            return
        Money.rolls += 1
        self.dice = Random(f"{seed} {Money.rolls}")  # noqa: S311 - a walk, no secret
        acts: dict[Callable[[], None], int] = {
            self.commit: 20,
            self.commit_preparation: 6,
            self.release: 14,
            self.pay: 24,
            self.take_back: 6,
            self.recover: 6,
            self.change_credits: 8,
            self.transfer: 6,
            self.close_year: 2,
            self.reopen_year: 3,
        }
        [act] = self.dice.choices(list(acts), list(acts.values()))
        self.by = self.dice.choices([self.manager, self.nobody], [96, 4])[0]
        self._try(act)

    def _try(self, act: Callable[[], None]) -> None:
        sentences: list[str] = []
        kept = self.count
        try:
            with transaction.atomic():
                act()
        except NothingThere:
            return
        except PermissionDenied as refusal:
            sentences = [str(refusal)]
        except ValidationError as refusal:
            sentences = refusal.messages
            assert sentences, "a refusal without a sentence"
        Money.steps += 1
        name = act.__name__
        if sentences:
            Money.refused[name] += 1
            assert self._rows() == self.before, f"{name} left something behind"
            assert self.count is kept
            for sentence in sentences:
                assert len(sentence) > 10, (name, sentence)
                assert not ENGLISH.search(sentence), (name, sentence)
            return
        Money.done[name] += 1
        self.before = self._rows()
        self._check(name)

    # --- What must hold --------------------------------------------------------------------------

    @staticmethod
    def _rows() -> list[Any]:
        """What was booked and what is open to be booked on."""
        return [
            list(LedgerEntry.objects.order_by("pk").values_list("row_hash", flat=True)),
            list(BudgetVersion.objects.order_by("pk").values_list("row_hash", flat=True)),
            list(BudgetYear.objects.order_by("pk").values_list("year", "is_closed")),
            list(Commitment.objects.order_by("pk").values_list("pk", "paid")),
            list(Instalment.objects.order_by("pk").values_list("pk", "state")),
            YearReopening.objects.count(),
        ]

    def _check(self, name: str) -> None:
        assert [str(one) for one in ledger_problems()] == [], name
        for line in BudgetLine.objects.select_related("budget_year"):
            key = (line.budget_year.year, line.stream)
            assert line.vak_available >= 0, (name, line)
            assert line.vek_available >= 0, (name, line)
            assert (line.vak, line.vek, line.committed, line.paid) == (
                self.count.vak[key],
                self.count.vek[key],
                self.count.used[key],
                self.count.paid[key],
            ), (name, line)
        for one in Commitment.objects.all():
            mine = self.count.commitments[one.pk]
            assert one.open_amount >= 0, (name, one.number)
            assert (one.committed, one.released, one.paid, one.recovered) == (
                mine.committed,
                mine.released,
                mine.paid,
                mine.recovered,
            ), (name, one.number)
        flows = LedgerEntry.objects.values_list("effective_on__year").annotate(
            net=Sum(signed_amount(STAYS_OPEN))
        )
        at_end, booked = ZERO, dict(flows.order_by())
        for year in range(2024, max([2028, *self.count.flow]) + 1):
            at_end += self.count.flow[year]
            assert booked.pop(year, ZERO) == self.count.flow[year], (name, year)
            # It adds up the same rows, a query per year: now and then is enough.
            assert Money.steps % 10 or encours(year) == at_end, (name, year)
        assert not any(booked.values()), name
        assert at_end == sum((one.open for one in self.count.commitments.values()), ZERO), name

    # --- Acts ------------------------------------------------------------------------------------

    def commit(self) -> None:
        day, amount = self._day(), self._amount(up_to=400_000)
        number = Procurement.objects.count() + 1
        procurement = Procurement.objects.create(
            project=self.project, number=number, title="Opdracht", estimated_amount=Decimal(1)
        )
        request = CofinancingRequest.objects.create(
            procurement=procurement,
            eligible_base=Decimal(1),
            rate=Decimal("0.5"),
            advised_amount=Decimal(10) ** 11,
            rule_explanation="-",
            requested_amount=Decimal(1),
            state=RequestState.GRANTED,
            requested_by=self.other,
        )
        decision = CommitteeDecision(
            request=request,
            outcome=CommitteeDecision.Outcome.GRANTED,
            granted_amount=amount,
            decided_on=day,
            recorded_by=self.other,
        )
        decision.full_clean()
        decision.save()
        made = services.commit(decision=decision, by=self.by)
        self._committed(made, (day.year, Stream.COFINANCING.value), amount)

    def commit_preparation(self) -> None:
        day, amount = self._day(), self._amount(up_to=200_000)
        made = services.commit_preparation(
            project=self.project,
            amount=amount,
            agreement=self.dice.choice(["Brief 12", "Brief 12", "Brief 12", " "]),
            on=day,
            by=self.by,
        )
        self._committed(made, (day.year, Stream.PREPARATION.value), amount)

    def _committed(self, made: Commitment, key: tuple[int, str], amount: Decimal) -> None:
        self.count.commitments[made.pk] = Counted(key, amount)
        self.count.used[key] += amount
        self.count.flow[key[0]] += amount

    def release(self) -> None:
        made = self._commitment()
        amount, day = self._amount(up_to=made.open_amount), self._day(made.effective_on)
        reason = self.dice.choice(["Goedkoper gegund"] * 9 + [""])
        entry = services.release_commitment(
            commitment=made, amount=amount, reason=reason, by=self.by, on=day
        )
        mine = self.count.commitments[made.pk]
        if entry.kind == LedgerEntry.Kind.REVERSAL:
            assert day.year == mine.line[0]
            mine.committed -= amount
            self.count.used[mine.line] -= amount
        else:
            assert day.year != mine.line[0]
            mine.released += amount
        self.count.flow[day.year] -= amount

    def pay(self) -> None:
        made = self._commitment()
        amount, day = self._amount(up_to=made.open_amount), self._day(made.effective_on)
        if amount <= 0 or amount >= Decimal(10) ** 12:
            raise NothingThere  # such a claim cannot be made
        instalment = Instalment.objects.create(
            commitment=made,
            number=made.instalments.count() + 1,
            share=Decimal(1),
            amount=amount,
            condition="-",
            state=InstalmentState.APPROVED,
        )
        claim = Claim.objects.create(
            instalment=instalment,
            amount=amount,
            accepted_amount=amount,
            statement="-",
            claimed_by=self.other,
            checked_by=self.other,
        )
        services.pay_claim(claim=claim, paid_on=day, by=self.by)
        mine = self.count.commitments[made.pk]
        mine.paid += amount
        self.count.paid[day.year, mine.line[1]] += amount
        self.count.flow[day.year] -= amount

    def take_back(self) -> None:
        payment = self._one_of(Payment.objects.select_related("entry__line__budget_year"))
        day = payment.paid_on + timedelta(days=self.dice.choice([-1, 0, 10, 40, 300]))
        services.return_payment(
            payment=payment, on=day, reason=self.dice.choice(["Fout", ""]), by=self.by
        )
        mine = self.count.commitments[payment.entry.commitment_id]
        amount = payment.entry.amount
        mine.paid -= amount
        self.count.paid[payment.entry.line.budget_year.year, mine.line[1]] -= amount
        self.count.flow[day.year] += amount

    def recover(self) -> None:
        made = self._commitment()
        amount = self._amount(up_to=made.paid - made.recovered)
        services.book_recovery(
            commitment=made,
            amount=amount,
            reason=self.dice.choice(["Te veel betaald"] * 9 + [" "]),
            received_on=self._day(made.effective_on),
            by=self.by,
        )
        self.count.commitments[made.pk].recovered += amount

    def change_credits(self) -> None:
        line = self._one_of(BudgetLine.objects.select_related("budget_year"))
        vak = line.vak + self._amount(up_to=500_000) * self.dice.choice([1, 1, -1])
        vek = line.vek + self._amount(up_to=500_000) * self.dice.choice([1, 1, -1])
        self._credits(line, vak, vek)

    def _credits(self, line: BudgetLine, vak: Decimal, vek: Decimal) -> None:
        key = (line.budget_year.year, line.stream)
        services.add_budget_version(
            line=line,
            label=BudgetVersion.Label.ADJUSTMENT,
            vak=vak,
            vek=vek,
            effective_on=date(key[0], 1, 1),
            by=getattr(self, "by", self.manager),
        )
        self.count.vak[key], self.count.vek[key] = vak, vek

    def transfer(self) -> None:
        giving = self._one_of(BudgetLine.objects.select_related("budget_year"))
        receiving = self._one_of(BudgetLine.objects.select_related("budget_year"))
        vak, vek = self._amount(up_to=giving.vak_available), self._amount(giving.vek_available)
        services.transfer_credits(
            giving=giving,
            receiving=receiving,
            vak=vak,
            vek=vek,
            effective_on=date(giving.budget_year.year, 6, 1),
            legal_basis=self.dice.choice(["MB", "MB", "MB", ""]),
            by=self.by,
        )
        year = giving.budget_year.year
        for credit, amount in ((self.count.vak, vak), (self.count.vek, vek)):
            credit[year, giving.stream] -= amount
            credit[year, receiving.stream] += amount

    def close_year(self) -> None:
        year = self._one_of(BudgetYear.objects.all())
        line = self._one_of(year.lines.all())
        last = year.closings.order_by("-number").first()
        given = {c.line_id: c for c in last.credits.all()} if last else {}
        carry = CarryOver(self._amount(line.vak_available), ZERO, self.dice.choice(["MB", ""]))
        services.close_year(
            year=year,
            accepted={check.key for check in closing_checks(year) if check.to_accept},
            carried={line.pk: carry} if self.dice.random() < 0.5 else {},
            by=self.by,
        )
        for credit in year.closings.order_by("-number")[:1].get().credits.all():
            key = (year.year + 1, credit.line.stream)
            for name, amounts in (("vak_carried", self.count.vak), ("vek_carried", self.count.vek)):
                earlier = getattr(given.get(credit.line_id), name, ZERO)
                if getattr(credit, name) != earlier:
                    amounts[key] += getattr(credit, name) - earlier

    def reopen_year(self) -> None:
        closed = self._one_of(BudgetYear.objects.filter(is_closed=True))
        asked = services.ask_reopening(year=closed, reason="Vergeten boeking", by=self.by)
        services.answer_reopening(
            reopening=asked, is_granted=True, by=self.dice.choice([self.other, self.by])
        )

    # --- Dice ------------------------------------------------------------------------------------

    def _one_of(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise NothingThere
        return self.dice.choice(found)

    def _commitment(self) -> Commitment:
        found: Commitment = self._one_of(Commitment.objects.select_related("line__budget_year"))
        return found

    def _day(self, since: date = date(2024, 1, 1)) -> date:
        """Mostly from `since` on, sometimes before it, on the edges of years, or much too late."""
        edge = date(self.dice.choice(YEARS), *self.dice.choice([(1, 1), (12, 31)]))
        near = since + timedelta(days=self.dice.randrange(-3, 400))
        return self.dice.choices([near, edge, date(2031, 5, 1)], [80, 18, 2])[0]

    def _amount(self, up_to: Decimal | int) -> Decimal:
        """Mostly within what is there; sometimes all of it, a cent more, or nonsense."""
        most = Decimal(up_to).quantize(Decimal("0.01"))
        within = (most * self.dice.randrange(0, 10_001) / 10_000).quantize(Decimal("0.01"))
        strange = self.dice.choice([ZERO, Decimal("-1.00"), Decimal(10) ** 14, Decimal("0.01")])
        return self.dice.choices([within, most, most + Decimal("0.01"), strange], [80, 10, 6, 4])[0]


@pytest.mark.django_db
def test_three_thousand_acts_leave_the_ledger_right_to_the_cent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=60,
            stateful_step_count=100,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{Money.steps} acts: {Money.done.total()} booked, {Money.refused.total()} refused"
        )
    assert Money.steps >= WANTED
    acts = {
        *("commit", "commit_preparation", "release", "pay", "take_back", "recover"),
        *("change_credits", "transfer", "close_year", "reopen_year"),
    }
    assert {name for name in acts if Money.done[name]} == acts
    assert {name for name in acts if Money.refused[name]} == acts
