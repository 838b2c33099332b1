"""The lists of payments ask a fixed number of queries; what waits stands on the dashboard."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from time_machine import travel

from payments.models import BankAccount, BankFile, PaymentOrder
from payments.selectors import work_for
from payments.services import export_order, sign_order
from tests.accounts.factories import OrganisationFactory
from tests.funding.acts import D, secretary, team
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.payments.acts import IBAN, account_of, approved_of, order
from tests.portal.test_query_ceilings import cost_of

pytestmark = pytest.mark.django_db


def add(count: int) -> None:
    """So many accounts, orders and files of the bank more."""
    by = team()
    organisations = OrganisationFactory.create_batch(min(count, 60))
    BankAccount.objects.bulk_create(
        BankAccount(organisation=one, iban=IBAN, holder="Stad", entered_by=by)
        for one in organisations
    )
    start = PaymentOrder.objects.count()
    PaymentOrder.objects.bulk_create(
        PaymentOrder(
            number=f"BO-2026-{start + n:05d}",
            execute_on=date(2026, 4, 1),
            debtor_name="Fonds",
            debtor_iban=IBAN,
            total=D(10),
            made_by=by,
        )
        for n in range(count)
    )
    BankFile.objects.bulk_create(
        BankFile(
            name="bank.csv",
            content=b"x",
            sha256=f"{start + n:064d}",
            row_count=1,
            uploaded_by=by,
        )
        for n in range(count)
    )


@pytest.mark.parametrize(
    "url", ["/beheer/betalingen/", "/beheer/rekeningen/", "/beheer/betalingen/bevestigingen/"]
)
def test_a_list_asks_the_same_with_more_rows(url: str) -> None:
    client = Client()
    client.force_login(programme_manager())
    add(3)
    few = cost_of(client, url)
    add(300)
    many = cost_of(client, url)
    assert many.queries <= few.queries + 1  # the number of pages
    assert many.rows < 250


def test_what_waits_for_whom() -> None:
    with travel("2026-03-20 10:00", tick=False):
        budget_line()
        claims = approved_of(commitment(100), "50", "50")
        manager, helper = programme_manager(), team()

        def labels(person: Any) -> list[str]:
            return [one.label for one in work_for(person)]

        assert labels(manager) == ["Betaalopdracht maken"]
        made = order(claims)
        assert labels(made.made_by) == []
        assert labels(helper) == ["Betaalopdracht ondertekenen"]
        sign_order(order=made, by=manager)
        assert labels(helper) == ["Betaalopdracht uitgeven"]
        export_order(order=made, by=helper)
        assert labels(manager) == []
        waiting = account_of(OrganisationFactory())
        assert waiting.is_current
        assert labels(secretary()) == []
    with travel("2026-04-02 10:00", tick=False):
        assert labels(manager) == ["Bevestiging van de bank inlezen"]


def test_a_row_of_no_order_is_shown_with_what_is_wrong() -> None:
    client = Client()
    client.force_login(programme_manager())
    rows = "end-to-end-id;uitvoeringsdatum;bedrag;iban;status;bankreferentie\nX;vandaag;;;;\n"
    answer = client.post(
        "/beheer/betalingen/bevestigingen/",
        {"file": SimpleUploadedFile("bank.csv", rows.encode())},
    )
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Er is een rij fout, dus er wordt niets geboekt" in page
    assert "Alles boeken" not in page
