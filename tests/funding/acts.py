"""What people do about money, in one line each, for the tests."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from funding import services
from funding.models import (
    Claim,
    Commitment,
    Instalment,
    LedgerEntry,
    Payment,
)
from funding.services import PlannedInstalment
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.funding.factories import (
    commitment,
    programme_manager,
)

D = Decimal
DAY = date(2026, 3, 1)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def member(*roles: StaffRole) -> User:
    return UserFactory(roles=list(roles))


def team() -> User:
    return member(StaffRole.TEAM_MEMBER)


def secretary() -> User:
    return member(StaffRole.COMMITTEE_SECRETARY)


def refusal(error: Any) -> str:
    return " ".join(error.value.messages).replace("\N{NO-BREAK SPACE}", " ")


def refused(act: Any, **kwargs: Any) -> str:
    with pytest.raises(ValidationError) as error, transaction.atomic():
        act(**kwargs)
    return refusal(error)


def planned(made: Commitment, *shares: str) -> list[Instalment]:
    rows = [PlannedInstalment(D(share), "Voorwaarde") for share in shares or ("30", "40", "30")]
    return services.plan_instalments(commitment=made, plan=rows, by=team())


def claimable(amount: int | str = 300_000, *, on: date = DAY) -> tuple[Instalment, User]:
    """An instalment of 100 % that may be claimed, and who may."""
    made = commitment(D(amount), on=on)
    [instalment] = planned(made, "100")
    organisation = made.project.organisation
    claimant = MembershipFactory(organisation=organisation, role=MemberRole.SUBMITTER).user
    return services.open_instalment(instalment=instalment, by=team()), claimant


def claimed(amount: int | str = 300_000, *, on: date = DAY) -> Claim:
    instalment, claimant = claimable(amount, on=on)
    return claim(instalment, claimant)


def claim(instalment: Instalment, by: User, **changes: Any) -> Claim:
    values = {"amount": instalment.amount, "statement": "Facturen van fase 1"}
    return services.claim_instalment(instalment=instalment, by=by, **{**values, **changes})


def checked(amount: int | str = 300_000, *, on: date = DAY) -> Claim:
    made = claimed(amount, on=on)
    return services.check_claim(claim=made, accepted_amount=made.amount, note="", by=team())


def approved(amount: int | str = 300_000, *, on: date = DAY) -> Claim:
    return services.approve_claim(claim=checked(amount, on=on), by=programme_manager())


def paid_claim(amount: int | str = 300_000, *, on: date = DAY, paid_on: date = DAY) -> Payment:
    return services.pay_claim(
        claim=approved(amount, on=on), paid_on=paid_on, by=programme_manager()
    )


def release(made: Commitment, amount: str, **changes: Any) -> LedgerEntry:
    values = {"reason": "Goedkoper gegund", "by": programme_manager(), "on": date(2026, 9, 1)}
    return services.release_commitment(commitment=made, amount=D(amount), **{**values, **changes})
