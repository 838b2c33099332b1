"""What the bank confirms: preview, all or nothing, twice the same, files that cannot be read."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from time_machine import travel

from funding import services as funding
from funding.lifecycle import InstalmentState
from funding.models import BudgetLine, BudgetVersion, LedgerEntry, Payment
from funding.selectors.budget import encours
from payments import services
from payments.lifecycle import LineState
from payments.models import BankFile, OrderLine
from payments.reading import MAX_ROWS, read_rows
from payments.selectors.confirmations import plan_rows
from tests.funding.acts import D, refused, team
from tests.funding.factories import budget_line, commitment, programme_manager
from tests.payments.acts import HEADER, approved_of, bank_csv, bank_row, given_out, order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_april() -> Any:
    with travel("2026-04-01 10:00", tick=False):
        yield


def read(content: bytes, name: str = "bank.csv") -> BankFile:
    return services.read_bank_file(content=content, name=name, by=programme_manager())


def book(content: bytes, name: str = "bank.csv") -> BankFile:
    return services.book_bank_file(bank_file=read(content, name), by=programme_manager())


def two_lines() -> list[OrderLine]:
    budget_line()
    return list(given_out(approved_of(commitment(3000), "50", "50")).lines.all())


def test_what_the_bank_paid_is_booked_and_the_claim_is_paid() -> None:
    first, second = two_lines()
    done = book(bank_csv(bank_row(first), bank_row(second, amount="1.500,00")))
    assert (done.booked_count, done.row_count) == (2, 2)
    assert [(one.amount, one.kind) for one in LedgerEntry.objects.order_by("pk")][1:] == [
        (D("1500.00"), "payment"),
        (D("1500.00"), "payment"),
    ]
    first.refresh_from_db()
    assert first.state == LineState.PAID
    assert first.bank_reference == "KBC-77"
    assert first.claim.instalment.state == InstalmentState.PAID
    assert encours(2026) == D("0.00")


def test_the_same_file_twice_changes_nothing_and_says_when_it_was_read() -> None:
    first, second = two_lines()
    content = bank_csv(bank_row(first), bank_row(second))
    assert read(content).pk == read(content, "andere-naam.csv").pk
    book(content)
    sentence = refused(read, content=content, name="nog-eens.csv")
    assert sentence.startswith("Dit bestand is al ingelezen op 1 april 2026 om 10.00 uur door ")
    assert sentence.endswith("Er is niets geboekt.")
    with pytest.raises(IntegrityError, match="payments_bank_file_once"), transaction.atomic():
        BankFile.objects.create(
            sha256=BankFile.objects.get().sha256,
            row_count=1,
            uploaded_by=team(),
        )
    assert Payment.objects.count() == 2


def test_the_same_rows_in_another_file_book_nothing_twice() -> None:
    first, second = two_lines()
    book(bank_csv(bank_row(first)))
    done = book(bank_csv(bank_row(first), bank_row(second)))
    assert done.booked_count == 1
    assert book(bank_csv(bank_row(second), bank_row(first))).booked_count == 0
    assert book(bank_csv(bank_row(second), bank_row(second), "")).booked_count == 0
    assert Payment.objects.count() == 2


WRONG = {
    "id": ("end-to-end-id", "Geen betaalopdracht heeft het kenmerk “BO-9”."),
    "day": ("uitvoeringsdatum", "Schrijf een dag zoals 14/06/2026."),
    "amount": ("bedrag", "In de opdracht staat € 1.500,00."),
    "iban": ("iban", "In de opdracht staat BE68539007547034."),
    "status": ("status", "Schrijf “betaald” of “teruggekeerd”."),
}
TYPED = {
    "id": "BO-9",
    "day": "32/01/2026",
    "amount": "1.500",
    "iban": "NL91ABNA0417164300",
    "status": "misschien",
}


@pytest.mark.parametrize("field", list(WRONG))
def test_one_wrong_row_is_named_and_nothing_is_booked(field: str) -> None:
    first, second = two_lines()
    typed = "1.500,01" if field == "amount" else TYPED[field]
    bank_file = read(bank_csv(bank_row(first), bank_row(second, **{field: typed})))
    column, sentence = WRONG[field]
    assert refused(services.book_bank_file, bank_file=bank_file, by=programme_manager()) == (
        f"Rij 3, kolom “{column}”: {sentence}"
    )
    assert not Payment.objects.exists()
    bank_file.refresh_from_db()
    assert bank_file.booked_at is None


def credits_of(line: BudgetLine, vek: str) -> None:
    """Change what may be paid this year."""
    funding.add_budget_version(
        line=line,
        label=BudgetVersion.Label.ADJUSTMENT,
        vak=line.vak,
        vek=D(vek),
        effective_on=date(2026, 4, 1),
        by=programme_manager(),
    )


def test_a_refusal_while_booking_names_its_row_and_takes_all_back() -> None:
    line = budget_line(vek=2000)
    claims = approved_of(commitment(3000), "50", "50")
    first = given_out(claims[:1]).lines.get()
    credits_of(line, "4000")
    second = given_out(claims[1:]).lines.get()
    credits_of(line, "2000")
    bank_file = read(bank_csv(bank_row(first), bank_row(second)))
    assert refused(services.book_bank_file, bank_file=bank_file, by=programme_manager()) == (
        "Rij 3: In 2026 is nog € 500,00 vereffeningskrediet (VEK) over; gevraagd: € 1.500,00."
    )
    assert not Payment.objects.exists()


def test_what_came_back_opens_the_claim_for_another_order() -> None:
    first, second = two_lines()
    assert refused(book, content=bank_csv(bank_row(first, "teruggekeerd"))) == (
        "Rij 2, kolom “status”: Deze betaling is nog niet geboekt, dus ze kan niet terugkeren."
    )
    book(bank_csv(bank_row(first), bank_row(first, "teruggekeerd"), bank_row(second)))
    first.refresh_from_db()
    assert first.state == LineState.RETURNED
    assert first.claim.instalment.state == InstalmentState.APPROVED
    again = order([first.claim])
    assert again.lines.get().end_to_end_id == "BO-2026-00002-0001"
    assert book(bank_csv(bank_row(first, "returned"), bank_row(first))).booked_count == 0
    # By hand too: the line of the order follows.
    payment = second.claim.payments.get()
    funding.return_payment(
        payment=payment, on=payment.paid_on, reason="Afgesloten", by=programme_manager()
    )
    second.refresh_from_db()
    assert second.state == LineState.RETURNED


def test_a_line_of_an_order_that_did_not_go_out_is_not_paid() -> None:
    budget_line()
    line = order(approved_of(commitment(10), "100")).lines.get()
    assert "Opdracht BO-2026-00001 is niet uitgegeven of is ingetrokken." in refused(
        book, content=bank_csv(bank_row(line))
    )


def test_only_the_programme_manager_books() -> None:
    first, _second = two_lines()
    content = bank_csv(bank_row(first))
    with pytest.raises(PermissionDenied):
        services.read_bank_file(content=content, name="x", by=team())
    with pytest.raises(PermissionDenied):
        services.book_bank_file(bank_file=read(content), by=team())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Dit bestand is leeg."),
        (b"\xef\xbb\xbf \r\n", "Dit bestand is leeg."),
        (f"{HEADER}\r\n".encode(), "Dit bestand heeft geen rijen onder de titels."),
        (b"PK\x03\x04rest", "Dit is een Excel-bestand."),
        (f"{HEADER};é\r\n".encode("cp1252"), "De letters in dit bestand zijn niet te lezen."),
        (HEADER.encode("utf-16"), "De letters in dit bestand zijn niet te lezen."),
        (HEADER.replace(";", ",").encode(), "De kolommen staan niet met een puntkomma (;)"),
        (b"niets", "Rij 1 heeft geen titels."),
        (b"a;b\n1;2\n", "Rij 1 mist deze kolommen: end-to-end-id, uitvoeringsdatum, bedrag"),
        (f'{HEADER}\n"open;x\n'.encode(), "Dit bestand is geen goede CSV"),
        (f"{HEADER}\na\0;b\n".encode(), "Dit is geen tekstbestand."),
        ((HEADER + "\n" + "x;y;z;a;b;c\n" * 10_000).encode(), "Dit bestand heeft 10000 rijen."),
        (b"x;" * 1_000_001, "Dit bestand is te groot."),
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_the_field(content: bytes, sentence: str) -> None:
    client = Client()
    client.force_login(programme_manager())
    answer = client.post(
        "/beheer/betalingen/bevestigingen/", {"file": SimpleUploadedFile("bank.csv", content)}
    )
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert not BankFile.objects.exists()


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("BO-1;01/04/2026", "Deze rij heeft niet evenveel kolommen als rij 1."),
        (";01/04/2026;1,00;BE68539007547034;betaald;", "Dit vak is leeg."),
        ("a;02/04/2026;1,00;BE68539007547034;betaald;", "Deze dag moet nog komen."),
        ("a;01/04/2026;-1,00;BE68539007547034;betaald;", "Dit is geen bedrag van meer dan nul."),
        ("a;01/04/2026;0,005;BE68539007547034;betaald;", "hoogstens twee cijfers na de komma."),
        ("a;01/04/2026;1e9;BE68539007547034;betaald;", "Schrijf een bedrag in euro"),
        ("a;01/04/2026;1,00;BE1;betaald;", "Dit is geen geldig rekeningnummer"),
    ],
)
def test_each_cell_that_cannot_be_read_has_its_sentence(cells: str, sentence: str) -> None:
    [row] = read_rows(bank_csv(cells))
    assert row.problem is not None
    assert sentence in row.problem.sentence
    [planned] = plan_rows([row])
    assert planned.sentence == row.problem.sentence


def test_the_most_rows_are_read_and_each_is_judged() -> None:
    row = "BO-2026-00001-0001;01/04/2026;1,00;BE68539007547034;betaald;x"
    planned = plan_rows(read_rows(bank_csv(*[row] * MAX_ROWS)))
    assert len([one for one in planned if one.problem]) == MAX_ROWS


def test_the_preview_says_what_will_be_booked_and_books_it() -> None:
    first, second = two_lines()
    client = Client()
    client.force_login(programme_manager())
    url = "/beheer/betalingen/bevestigingen/"
    content = bank_csv(bank_row(first), bank_row(second, amount="1,00"))
    page = client.post(url, {"file": SimpleUploadedFile("b.csv", content)}, follow=True)
    shown = page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Betaling van € 1.500,00 op 1 april 2026." in shown
    assert "Rij 3, kolom “bedrag”: In de opdracht staat € 1.500,00." in shown
    assert "Alles boeken" not in shown
    content = bank_csv(bank_row(first), bank_row(second))
    page = client.post(url, {"file": SimpleUploadedFile("b.csv", content)}, follow=True)
    assert "Alles boeken" in page.content.decode()
    done = client.post(page.redirect_chain[-1][0], follow=True).content.decode()
    assert "2 rijen zijn geboekt." in done
    again = client.post(url, {"file": SimpleUploadedFile("b.csv", content)}).content.decode()
    assert "Dit bestand is al ingelezen op" in again
