"""Claims with costs: draft, files, what they justify, line by line checking, VAT that changes."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.roles import MemberRole
from documents.models import StoredFile
from funding import services
from funding.lifecycle import InstalmentState
from funding.models import Claim, ClaimDraft, ClaimEvidence, ClaimLine, Instalment
from funding.selectors.claims import claim_lines, repeated_invoices
from funding.services import CostLine, LineCheck
from tests.accounts.factories import MembershipFactory
from tests.funding.acts import PNG, D, claim, claimable, planned, refused, team
from tests.funding.factories import budget_line, commitment, programme_manager

pytestmark = pytest.mark.django_db


def cost(amount: str, *, vat: str = "0", number: str = "F-1", supplier: str = "Sensor bv") -> Any:
    return CostLine("Proefopstelling", supplier, number, date(2026, 2, 3), D(amount), D(vat))


def counting_vat(instalment: Instalment, counts: bool) -> None:
    type(instalment.commitment.project.call).objects.update(vat_is_eligible=counts)


def test_costs_justify_what_is_asked_at_the_rate_of_the_grant() -> None:
    budget_line()
    instalment, claimant = claimable(300_000)
    counting_vat(instalment, True)
    costs = [cost("400000", vat="84000"), cost("16000", number="F-2")]
    assert refused(
        claim, instalment=instalment, by=claimant, amount=D("250000.01"), lines=costs
    ) == (
        "Uw kosten (€ 500.000,00) geven tegen 50 % recht op € 250.000,00. "
        "Vraag dat bedrag of minder, of voeg kosten toe."
    )
    counting_vat(instalment, False)
    assert "Uw kosten (€ 416.000,00)" in refused(
        claim, instalment=instalment, by=claimant, amount=D(250_000), lines=costs
    )
    made = claim(instalment, claimant, amount=D(208_000), lines=costs)
    assert [(one.number, one.eligible) for one in claim_lines(made)] == [
        (1, D("400000.00")),
        (2, D("16000.00")),
    ]


def test_costs_that_cannot_be_are_refused() -> None:
    budget_line()
    instalment, claimant = claimable()
    send = {"act": claim, "instalment": instalment, "by": claimant, "amount": D(1)}
    assert refused(**send, lines=[cost("0")]) == (
        "Vul bij elke kost een bedrag van meer dan nul in."
    )
    late = CostLine("Later", "Sensor bv", "F-9", date(2199, 1, 1), D(10))
    assert refused(**send, lines=[late]) == ("Een factuur kan geen datum in de toekomst hebben.")
    assert refused(**send, lines=[cost("1")] * 61) == (
        "Een schuldvordering heeft hoogstens 60 kosten."
    )
    assert not Claim.objects.exists()


def test_instalments_of_a_third_cannot_be_planned_as_3333() -> None:
    budget_line()
    made = commitment(100)
    with pytest.raises(ValidationError, match="samen niet precies 100 %"):
        planned(made, "33.33", "33.33", "33.33")
    thirds = planned(made, "33.33", "33.33", "33.34")
    assert [one.amount for one in thirds] == [D("33.33"), D("33.33"), D("33.34")]


def sent(asked: str = "250000", **vat: str) -> Claim:
    instalment, claimant = claimable(300_000)
    counting_vat(instalment, True)
    return claim(
        instalment,
        claimant,
        amount=D(asked),
        lines=[cost("400000", **vat), cost("100000", number="F-2")],
    )


def test_a_claim_is_checked_cost_by_cost_and_the_amount_follows() -> None:
    budget_line()
    made = sent()
    first, second = made.lines.all()
    check = {"act": services.check_claim, "claim": made, "note": "", "by": team()}
    assert refused(**check) == "Zeg bij elke kost wat u aanvaardt."
    assert refused(**check, lines=[LineCheck(first.pk, D(1), "x")] * 2) == (
        "Zeg bij elke kost wat u aanvaardt."
    )
    whole = LineCheck(second.pk, second.amount)
    assert refused(**check, lines=[LineCheck(first.pk, D("399999.99")), whole]) == (
        "U aanvaardt minder dan de kost. Schrijf waarom."
    )
    assert refused(**check, lines=[LineCheck(first.pk, D("400000.01")), whole]) == (
        "Aanvaard een bedrag van nul tot € 400.000,00."
    )
    none = [LineCheck(one.pk, D(0), "Niet van dit project") for one in (first, second)]
    assert refused(**check, lines=none) == (
        "Vul een bedrag van meer dan nul in, of wijs de vordering af."
    )
    cut = [LineCheck(first.pk, D("300000"), "Dubbel gerekend"), whole]
    assert refused(**check, lines=cut, accepted_amount=D("200000.01")) == (
        "U kunt hoogstens € 200.000,00 aanvaarden."
    )
    done = services.check_claim(claim=made, note="", by=team(), lines=cut)
    assert done.accepted_amount == D("200000.00")
    assert [(one.accepted, one.reason) for one in made.lines.all()] == [
        (D("300000.00"), "Dubbel gerekend"),
        (D("100000.00"), ""),
    ]


def test_more_costs_than_needed_do_not_raise_what_was_asked() -> None:
    budget_line()
    made = sent("200000")
    first, second = made.lines.all()
    checks = [LineCheck(first.pk, D(390_000), "Eén stuk"), LineCheck(second.pk, second.amount)]
    done = services.check_claim(claim=made, note="", by=team(), lines=checks)
    assert done.accepted_amount == D("200000.00")


def test_what_was_sent_and_what_was_approved_stay() -> None:
    budget_line()
    made = sent()
    line = made.lines.all()[0]
    for change in ({"amount": D(1)}, {"supplier": "Ander"}, {"vat": D(1)}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            ClaimLine.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).delete()
    approve(made)
    with pytest.raises(IntegrityError, match="funding_claim_line_fixed"), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).update(accepted=D(1))


def approve(made: Claim) -> Claim:
    services.check_claim(
        claim=made,
        note="",
        by=team(),
        lines=[LineCheck(one.pk, one.eligible) for one in claim_lines(made)],
    )
    return services.approve_claim(claim=made, by=programme_manager())


def test_vat_that_counts_otherwise_after_the_approval_stops_the_payment() -> None:
    budget_line()
    made = approve(sent(vat="84000"))
    counting_vat(made.instalment, False)
    pay = {"act": services.pay_claim, "claim": made, "paid_on": date(2026, 4, 1)}
    assert refused(**pay, by=programme_manager()) == (
        "De oproep telt de btw nu anders mee dan bij de controle van deze schuldvordering. "
        "Laat ze opnieuw controleren."
    )
    assert refused(services.recheck_claim, claim=made, reason=" ", by=team()) == (
        "Schrijf waarom de controle opnieuw moet."
    )
    with pytest.raises(PermissionDenied):
        services.recheck_claim(claim=made, reason="Btw", by=programme_manager())
    again = services.recheck_claim(claim=made, reason="De btw telt niet meer", by=team())
    assert again.instalment.state == InstalmentState.CLAIMED
    first, second = made.lines.all()
    with_vat = [LineCheck(first.pk, D("484000")), LineCheck(second.pk, second.amount)]
    assert (
        refused(services.check_claim, claim=made, note="", by=team(), lines=with_vat)
        == "Aanvaard een bedrag van nul tot € 400.000,00."
    )
    lines = [LineCheck(one.pk, one.amount) for one in (first, second)]
    services.check_claim(claim=made, note="", by=team(), lines=lines)
    services.approve_claim(claim=made, by=programme_manager())
    payment = services.pay_claim(claim=made, paid_on=date(2026, 4, 1), by=programme_manager())
    assert payment.entry.amount == D("250000.00")


def test_vat_changed_between_check_and_approval_stops_the_approval() -> None:
    budget_line()
    made = sent(vat="84000")
    lines = [LineCheck(one.pk, one.eligible) for one in claim_lines(made)]
    services.check_claim(claim=made, note="", by=team(), lines=lines)
    counting_vat(made.instalment, False)
    assert "anders mee" in refused(services.approve_claim, claim=made, by=programme_manager())


def test_the_same_invoice_twice_in_a_project_is_seen_however_it_is_written() -> None:
    budget_line()
    made = commitment(300_000)
    first, second = planned(made, "50", "50")
    by = MembershipFactory(organisation=made.project.organisation, role=MemberRole.SUBMITTER).user
    for one in (first, second):
        services.open_instalment(instalment=one, by=team())
    before = claim(first, by, amount=D(500), lines=[cost("1000", number="F 2026/1")])
    later = claim(
        second,
        by,
        amount=D(500),
        lines=[cost("1000", number="f2026-1", supplier="SENSOR BV"), cost("9", number="Z")],
    )
    lines = claim_lines(later)
    assert {
        key: [one.claim for one in same] for key, same in repeated_invoices(later, lines).items()
    } == {lines[0].pk: [before]}
    services.reject_claim(claim=before, reason="Fout", by=team())
    assert repeated_invoices(later, lines) == {}


# --- The page of the beneficiary ----------------------------------------------------------------


class Page:
    """The page on which a claim is written, by somebody with a browser without script."""

    def __init__(self) -> None:
        self.instalment, self.claimant = claimable(300_000)
        counting_vat(self.instalment, True)
        self.reference = self.instalment.commitment.project.reference
        self.own = f"/mijn/projecten/{self.reference}/cofinanciering/"
        self.url = f"{self.own}schijf/{self.instalment.pk}/"
        self.client = Client()
        self.client.force_login(self.claimant)

    def post(self, rows: list[dict[str, str]], **data: Any) -> str:
        draft = ClaimDraft.objects.filter(instalment=self.instalment).first()
        posted = {"version": draft.version if draft else 0, "rows-TOTAL_FORMS": len(rows)}
        for n, row in enumerate(rows):
            posted |= {f"rows-{n}-{key}": text for key, text in row.items()}
        answer = self.client.post(self.url, {**posted, **data}, follow=True)
        assert answer.status_code == 200
        return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def row(key: str = "a" * 12, **changes: str) -> dict[str, str]:
    return {
        "key": key,
        "description": "Sensoren",
        "supplier": "Sensor bv",
        "invoice_number": "F-1",
        "invoiced_on": "2026-02-03",
        "amount": "1.000,00",
        "vat": "210,00",
        **changes,
    }


def test_a_draft_keeps_what_was_typed_also_what_cannot_be_read() -> None:
    budget_line()
    page = Page()
    shown = page.post([row(amount="duizend")], amount="veel", statement="Bijna klaar", save="1")
    assert "Uw ontwerp is opgeslagen." in shown
    for typed in ('value="duizend"', 'value="veel"', "Bijna klaar", 'value="F-1"'):
        assert typed in shown
    assert "Uw ontwerp is opgeslagen op" in page.client.get(page.own).content.decode()
    shown = page.post([row(amount="duizend")], amount="veel", statement="Bijna klaar")
    assert "Schrijf een bedrag in euro" in shown
    assert 'value="duizend"' in shown
    assert not Claim.objects.exists()


def test_rows_and_files_come_and_go_without_script() -> None:
    budget_line()
    page = Page()
    page.post([row()], add="1", **{"rows-0-proofs": SimpleUploadedFile("factuur.png", PNG)})
    draft = ClaimDraft.objects.get()
    assert len(draft.content["rows"]) == 2
    second = draft.content["rows"][1]["key"]
    shown = page.post(
        [row(), row(second)],
        save="1",
        **{
            "rows-1-proofs": SimpleUploadedFile("virus.exe", b"MZ"),
            "claim-proofs": SimpleUploadedFile("staat.png", PNG),
        },
    )
    assert "virus.exe: Dit soort bestand kan niet." in shown
    proofs = {one.row: one for one in ClaimEvidence.objects.all()}
    assert set(proofs) == {"a" * 12, ""}
    page.post([row(), row(second)], drop=str(proofs[""].pk))
    page.post([row(), row(second)], remove="a" * 12)
    assert [one["key"] for one in ClaimDraft.objects.get().content["rows"]] == [second]
    assert not ClaimEvidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_sending_in_takes_the_draft_with_its_files_and_shows_the_outcome_per_cost() -> None:
    budget_line()
    page = Page()
    shown = page.post(
        [row(), row("b" * 12, invoice_number="F-2", vat=""), {"key": "c" * 12}],
        amount="1.105,00",
        statement="Alle facturen",
        **{
            "rows-1-proofs": [
                SimpleUploadedFile("een.png", PNG),
                SimpleUploadedFile("twee.png", PNG),
            ]
        },
    )
    assert "U hebt schijf 1 aangevraagd." in shown
    made = Claim.objects.get()
    first, second = claim_lines(made)
    assert (first.eligible, second.eligible) == (D("1210.00"), D("1000.00"))
    assert [one.file.name for one in second.evidence.all()] == ["een.png", "twee.png"]
    assert not ClaimDraft.objects.exists()
    checks = [LineCheck(first.pk, D(0), "Buiten de periode"), LineCheck(second.pk, D(1000))]
    services.check_claim(claim=made, note="", by=team(), lines=checks)
    shown = page.client.get(page.own).content.decode()
    assert "Buiten de periode" in shown
    assert "Afgewezen" in shown
    services.reject_claim(claim=made, reason="Opnieuw", by=team())
    again = page.client.get(page.url).content.decode()
    assert 'value="F-2"' in again
    assert 'value="1.105,00"' in again


def test_two_who_write_the_same_claim_lose_nothing() -> None:
    budget_line()
    page = Page()
    page.post([row()], statement="Van mij", save="1")
    shown = page.post([row()], statement="Van een ander venster", save="1", version="0")
    assert "sloeg intussen een andere tekst op" in shown
    assert "Van een ander venster" in shown
    assert ClaimDraft.objects.get().content["statement"] == "Van mij"


def test_sent_in_meanwhile_is_said_with_what_was_typed() -> None:
    budget_line()
    page = Page()
    claim(page.instalment, page.claimant)
    shown = page.post([row()], statement="Te laat", amount="1", save="1")
    assert "de status is “Aangevraagd”" in shown
    assert "Te laat" in shown


def test_the_checker_reads_a_warning_and_checks_on_the_page() -> None:
    budget_line()
    made = sent(vat="84000")
    again = {"invoice_number": "F-1", "supplier": "Sensor bv", "invoiced_on": date(2026, 2, 3)}
    copy = ClaimLine.objects.create(
        claim=made,
        number=3,
        description="Zelfde",
        amount=D(5),
        **again,
    )
    client = Client()
    client.force_login(team())
    base = f"/beheer/schuldvorderingen/{made.pk}/"
    assert "Een factuur staat twee keer in dit project" in client.get(base).content.decode()
    lines = claim_lines(made)
    data = {f"accepted_{one.pk}": str(one.eligible) for one in lines}
    data |= {f"reason_{one.pk}": "" for one in lines} | {f"accepted_{copy.pk}": "0", "note": ""}
    answer = client.post(f"{base}controleren/", data)
    assert "U aanvaardt minder dan de kost. Schrijf waarom." in answer.content.decode()
    data[f"reason_{copy.pk}"] = "Al ingediend"
    shown = client.post(f"{base}controleren/", data, follow=True).content.decode()
    assert "Al ingediend" in shown
    made.refresh_from_db()
    assert made.accepted_amount == D("250000.00")
