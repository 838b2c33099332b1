"""What people do about payments, in one line each, for the tests."""

from datetime import date
from typing import Any

from accounts.models import Organisation
from accounts.roles import MemberRole
from funding import services as funding
from funding.models import Claim, Commitment
from payments import services
from payments.models import BankAccount, OrderLine, PaymentOrder
from tests.accounts.factories import MembershipFactory
from tests.funding.acts import planned, team
from tests.funding.factories import programme_manager

IBAN = "BE68539007547034"
"""The number of every manual; its bank stands in no list."""

DAY = date(2026, 4, 1)


def account_of(organisation: Organisation, iban: str = IBAN) -> BankAccount:
    """A confirmed account, entered by the organisation itself."""
    by = MembershipFactory(organisation=organisation, role=MemberRole.MANAGER).user
    entered = services.enter_account(
        organisation=organisation, iban=iban, holder=organisation.name, by=by
    )
    return services.confirm_account(account=entered, by=team())


def approved_of(made: Commitment, *shares: str) -> list[Claim]:
    """An approved claim for each instalment of a plan, of an organisation with an account."""
    account_of(made.project.organisation)
    return [approved_claim(one) for one in planned(made, *shares)]


def approved_claim(instalment: Any) -> Claim:
    funding.open_instalment(instalment=instalment, by=team())
    by = MembershipFactory(
        organisation=instalment.commitment.project.organisation, role=MemberRole.SUBMITTER
    ).user
    claim = funding.claim_instalment(
        instalment=instalment, amount=instalment.amount, statement="Kosten", by=by
    )
    funding.check_claim(claim=claim, note="", by=team(), accepted_amount=claim.amount)
    return funding.approve_claim(claim=claim, by=programme_manager())


def order(claims: list[Claim], execute_on: date = DAY) -> PaymentOrder:
    return services.make_order(claims=claims, execute_on=execute_on, by=team())


def given_out(claims: list[Claim], execute_on: date = DAY) -> PaymentOrder:
    """An order that went to the bank."""
    made = services.sign_order(order=order(claims, execute_on), by=programme_manager())
    return services.export_order(order=made, by=team())


HEADER = "end-to-end-id;uitvoeringsdatum;bedrag;iban;status;bankreferentie"


def bank_row(line: OrderLine, status: str = "betaald", **changes: str) -> str:
    """A row of the bank about a line, as a clerk's spreadsheet writes it."""
    typed = {
        "id": line.end_to_end_id,
        "day": "01/04/2026",
        "amount": f"{line.amount:.2f}".replace(".", ","),
        "iban": line.iban,
        "status": status,
        "reference": "KBC-77",
        **changes,
    }
    return ";".join(typed.values())


def bank_csv(*rows: str) -> bytes:
    return "\r\n".join([HEADER, *rows, ""]).encode("utf-8-sig")
