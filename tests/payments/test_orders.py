"""Payment orders: what goes in, two people, VEK, the file for the bank, withdrawing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sepaxml
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from lxml import etree
from time_machine import travel

from audit.models import AuditEvent
from calls.models import Call
from funding import services as funding
from funding.models import BudgetVersion, BudgetYear
from payments import services
from payments.models import OrderLine
from payments.selectors.orders import payable_claims
from tests.funding.acts import D, refused, secretary, team
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.payments.acts import DAY, approved_of, given_out, order

pytestmark = pytest.mark.django_db
XSD = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@pytest.fixture(autouse=True)
def _in_march() -> Any:
    with travel("2026-03-20 10:00", tick=False):
        yield


def test_an_order_copies_what_it_pays_and_a_claim_stands_in_one_order_only() -> None:
    budget_line()
    made = commitment(100)
    claims = approved_of(made, "33.33", "33.33", "33.34")
    first = order(claims[:2])
    assert first.number == "BO-2026-00001"
    assert first.total == D("66.66")
    line = first.lines.all()[0]
    assert line.end_to_end_id == "BO-2026-00001-0001"
    assert (line.amount, line.name) == (D("33.33"), made.project.organisation.name)
    assert refused(order, claims=claims) == "Deze schuldvordering staat al in een betaalopdracht."
    assert list(payable_claims()) == [claims[2]]
    second = order(claims[2:])
    assert (second.number, second.total) == ("BO-2026-00002", D("33.34"))
    with pytest.raises(IntegrityError, match="payments_claim_in_one_order"), transaction.atomic():
        OrderLine.objects.create(
            order=second,
            claim=line.claim,
            account=line.account,
            amount=D(1),
            iban=line.iban,
            name="x",
            message="x",
            end_to_end_id="x",
        )
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(amount=D(1))


def test_an_order_is_refused_with_a_sentence(settings: Any) -> None:
    line = budget_line(vek=100_000)
    made = commitment(300_000)
    [claim] = approved_of(made, "100")
    assert refused(order, claims=[]) == "Kies minstens één schuldvordering."
    assert refused(order, claims=[claim], execute_on=date(2026, 3, 19)) == (
        "Kies vandaag of een latere dag."
    )
    assert refused(order, claims=[claim], execute_on=date(2031, 1, 1)) == (
        "Er is geen begroting voor 2031."
    )
    assert refused(order, claims=[claim]) == (
        "In 2026 is nog € 100.000,00 vereffeningskrediet (VEK) over; gevraagd: € 300.000,00."
    )
    with pytest.raises(PermissionDenied):
        services.make_order(claims=[claim], execute_on=DAY, by=secretary())
    settings.PAYMENT_DEBTOR_IBAN = ""
    assert "nog niet ingesteld" in refused(order, claims=[claim])
    settings.PAYMENT_DEBTOR_IBAN = "BE68539007547034"
    later = commitment(10, on=date(2026, 5, 1))
    [early] = approved_of(later, "100")
    assert refused(order, claims=[early]) == "Een betaling kan niet vóór de vastlegging."
    BudgetYear.objects.filter(pk=line.budget_year_id).update(is_closed=True)
    assert refused(order, claims=[claim]) == "Het begrotingsjaar 2026 is afgesloten."
    assert not OrderLine.objects.exists()


def test_a_claim_without_account_or_approval_does_not_go_in() -> None:
    budget_line()
    made = commitment(100)
    [claim] = approved_of(made, "100")
    account = made.project.organisation.bank_accounts.get()
    services.end_account(account=account, reason="Fusie", by=team())
    assert refused(order, claims=[claim]) == (
        f"{made.project.organisation} heeft nog geen bevestigde rekening."
    )
    funding.recheck_claim(claim=claim, reason="Nog eens", by=team())
    assert refused(order, claims=[claim]) == f"{claim.instalment} is niet goedgekeurd."


def test_what_other_orders_wait_for_counts_in_vek_and_in_what_is_open() -> None:
    budget_line(vek=150)
    claims = approved_of(commitment(200), "50", "50")
    order(claims[:1])
    assert refused(order, claims=claims[1:]) == (
        "In 2026 is nog € 150,00 vereffeningskrediet (VEK) over; gevraagd: € 200,00."
    )
    made = claims[0].instalment.commitment
    funding.release_commitment(
        commitment=made, amount=D(50), reason="Minder", by=programme_manager(), on=DAY
    )
    funding.add_budget_version(
        line=made.line,
        label=BudgetVersion.Label.ADJUSTMENT,
        vak=D(5_000_000),
        vek=D(5_000),
        effective_on=DAY,
        by=programme_manager(),
    )
    assert refused(order, claims=claims[1:]) == (
        f"Van vastlegging {made.number} staat nog € 150,00 open."
    )


def test_somebody_else_signs_in_python_and_in_the_database() -> None:
    budget_line()
    made = order(approved_of(commitment(100), "100"))
    with pytest.raises(PermissionDenied, match="niet zelf ondertekenen"):
        services.sign_order(order=made, by=made.made_by)
    assert "“Opgemaakt”" in refused(services.export_order, order=made, by=team())
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(signed_by=made.made_by, state="signed")
    account = made.lines.get().account
    services.end_account(account=account, reason="Gehackt", by=programme_manager())
    assert "is sindsdien vervangen" in refused(
        services.sign_order, order=made, by=programme_manager()
    )


def test_the_file_for_the_bank_fits_the_published_schema_and_stays_the_same() -> None:
    budget_line()
    made = commitment(1000)
    type(made.project.organisation).objects.update(name="Gemeente Sint-Génésius & zonen <nv>")
    made.project.organisation.refresh_from_db()
    given = given_out(approved_of(made, "33.33", "66.67"))
    assert given.xml is not None
    assert given.csv is not None
    xml, csv = given.xml.read(), given.csv.read()
    document = etree.fromstring(xml)
    etree.XMLSchema(etree.parse(XSD)).assertValid(document)

    def texts(path: str) -> list[str]:
        return [str(one) for one in document.xpath(f"//{path}/text()", namespaces=NAMES)]

    assert texts("p:GrpHdr/p:MsgId") == ["BO-2026-00001"]
    assert texts("p:GrpHdr/p:CtrlSum") == ["1000.00"]
    assert texts("p:InstdAmt") == ["333.30", "666.70"]
    assert texts("p:EndToEndId") == ["BO-2026-00001-0001", "BO-2026-00001-0002"]
    assert texts("p:CdtrAcct/p:Id/p:IBAN") == ["BE68539007547034"] * 2
    assert texts("p:Cdtr/p:Nm") == ["Gemeente Sint-Genesius & zonen <nv>"] * 2
    assert texts("p:ReqdExctnDt/p:Dt") == ["2026-04-01"]
    assert csv.startswith("\ufeffend-to-end-id;uitvoeringsdatum;bedrag;iban;naam".encode())
    assert "BO-2026-00001-0002;01/04/2026;666,70;BE68539007547034;Gemeente Sint-Génésius" in (
        csv.decode()
    )
    with travel("2026-03-25 10:00", tick=False):
        again = services.export_order(order=given, by=programme_manager())
    assert again.xml is not None
    assert again.xml.read() == xml
    assert AuditEvent.objects.filter(action="paymentorder.downloaded").count() == 2


def test_a_withdrawn_order_frees_its_claims() -> None:
    budget_line()
    claims = approved_of(commitment(100), "100")
    made = given_out(claims)
    assert refused(services.cancel_order, order=made, reason=" ", by=team()) == (
        "Schrijf waarom u de opdracht intrekt."
    )
    assert refused(funding.recheck_claim, claim=claims[0], reason="x", by=team()) == (
        "Deze schuldvordering staat in betaalopdracht BO-2026-00001. "
        "Wacht op de bevestiging van de bank."
    )
    assert "staat in betaalopdracht BO-2026-00001" in refused(
        funding.pay_claim, claim=claims[0], paid_on=DAY, by=programme_manager()
    )
    services.cancel_order(order=made, reason="Fout bedrag", by=team())
    assert list(payable_claims()) == claims
    assert "“Ingetrokken”" in refused(services.cancel_order, order=made, reason="x", by=team())
    assert (
        refused(services.export_order, order=made, by=team())
        == "Deze betaalopdracht is ingetrokken."
    )
    assert order(claims).number == "BO-2026-00002"


def test_vat_that_changed_after_the_approval_keeps_a_claim_out_of_an_order() -> None:
    budget_line()
    made = commitment(100)
    [claim] = approved_of(made, "100")
    Call.objects.update(vat_is_eligible=not claim.vat_counts)
    # It has no costs with VAT, so nothing changed for it.
    assert order([claim]).total == D("100.00")
