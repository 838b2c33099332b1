"""A claim on its way to the bank and back, as beneficiary, checker, approver and who pays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sepaxml
from lxml import etree
from playwright.sync_api import expect

from common.moments import today
from tests.browser.applicant import PDF
from tests.browser.conftest import Windows
from tests.browser.looking import findings
from tests.browser.people import Person
from tests.browser.server import Portal

SCHEMAS = Path(sepaxml.__file__).parent / "schemas"
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
DIRK = "beide@voorbeeldegem.example"
IBAN = "BE68 5390 0754 7034"
TODAY = f"{today():%d/%m/%Y}"

CLAIMABLE = """
SELECT p.reference, p.title, p.organisation_id, o.name FROM funding_instalment i
JOIN funding_commitment c ON c.id = i.commitment_id
JOIN projects_project p ON p.id = c.project_id
JOIN accounts_organisation o ON o.id = p.organisation_id
WHERE i.state = 'claimable' AND i.amount = 300000 ORDER BY i.id
"""


@pytest.fixture
def beneficiary(portal: Portal) -> Iterator[tuple[str, str, str]]:
    """Reference, title and organisation of a project whose first instalment Dirk may claim."""
    reference, title, organisation, name = portal.database.rows(CLAIMABLE)[0]
    [(dirk,)] = portal.database.rows("SELECT id FROM accounts_user WHERE email = %s", (DIRK,))
    portal.database.execute(
        "INSERT INTO accounts_membership (user_id, organisation_id, role, source, created_at) "
        "VALUES (%s, %s, 'submitter', 'portal', now())",
        (dirk, organisation),
    )
    yield reference, title, name
    portal.database.execute(
        "DELETE FROM accounts_membership WHERE user_id = %s AND organisation_id = %s",
        (dirk, organisation),
    )


class Payer(Person):
    """Somebody who claims, checks or pays, and looks at each page with axe."""

    def looks_well(self) -> None:
        assert findings(self.page) == []

    def writes_cost(self, number: int, what: str, invoice: str, amount: str) -> None:
        cost = self.within("group", f"Kost {number}")
        cost.fill("Omschrijving", what)
        cost.fill("Leverancier", "Sensor bv")
        cost.fill("Factuurnummer", invoice)
        cost.fill("Factuurdatum", today().isoformat())
        cost.fill("Bedrag zonder btw", amount)

    def gets(self, button: str, folder: Path) -> Path:
        """The file behind a button."""
        with self.page.expect_download() as waiting:
            self.press(button)
        path = folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path


def test_a_claim_goes_from_the_beneficiary_to_the_bank_and_back(
    new_context: Windows, tmp_path: Path, beneficiary: tuple[str, str, str]
) -> None:
    reference, title, organisation = beneficiary

    def at_work(email: str) -> Payer:
        person = Payer(new_context().new_page())
        person.sign_in(email)
        return person

    dirk = at_work(DIRK)
    funding = f"/mijn/projecten/{reference}/cofinanciering/"
    dirk.page.goto(funding)
    dirk.looks_well()
    dirk.follow("Rekening waarop u betaald wordt")
    dirk.fill("Rekeningnummer (IBAN)", IBAN)
    dirk.press("Rekening opslaan")
    dirk.sees("Wij kennen de bank van dit nummer niet.")
    dirk.looks_well()

    # Two costs and a file, kept as a draft on the way.
    dirk.page.goto(funding)
    dirk.follow("Schijf 1 aanvragen")
    dirk.fill("Verantwoording", "De opdracht is gegund en de eerste fase is betaald.")
    dirk.writes_cost(1, "Eerste fase", "F-2026-1", "400.000,00")
    dirk.press("Kost toevoegen")
    dirk.writes_cost(2, "Tweede fase", "F-2026-2", "250.000,00")
    dirk.within("group", "Kost 2").field("Bewijsstukken bij deze kost").set_input_files(
        {"name": "factuur-2.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    dirk.page.get_by_role("button", name="Ontwerp opslaan").last.click()
    dirk.sees("Uw ontwerp is opgeslagen.")
    dirk.sees("factuur-2.pdf")
    dirk.looks_well()
    dirk.press("Schijf aanvragen")
    dirk.sees("U hebt schijf 1 aangevraagd.")
    dirk.looks_well()

    # The checker cuts the first cost; somebody else approves.
    team, leader = at_work("teamlid@pio.example"), at_work("projectleider@pio.example")
    for person in (team, leader):
        person.page.goto(f"/beheer/schuldvorderingen/?q={reference}")
        person.follow(title)
    team.looks_well()
    team.follow("Controleren")
    team.fill("Aanvaard van kost 1", "300.000,00")
    team.press("Controle opslaan")
    team.sees("U aanvaardt minder dan de kost. Schrijf waarom.")
    team.looks_well()
    team.fill("Reden bij kost 1", "Eén stuk is niet van dit project.")
    team.press("Controle opslaan")
    team.sees("De schuldvordering is gecontroleerd.")
    team.looks_well()
    leader.page.reload()
    leader.follow("Goedkeuren")
    leader.looks_well()
    leader.press("Goedkeuren")
    leader.sees("De schuldvordering is goedgekeurd")
    dirk.page.goto(funding)
    dirk.sees("Eén stuk is niet van dit project.")
    dirk.looks_well()

    # The account is confirmed, an order made, and signed by another.
    team.page.goto("/beheer/rekeningen/?state=waiting")
    team.looks_well()
    team.follow(organisation)
    team.looks_well()
    team.follow("Bevestigen")
    team.press("Bevestigen")
    team.sees("De rekening is bevestigd.")
    team.page.goto("/beheer/betalingen/nieuw/")
    expect(team.part.get_by_role("checkbox", name=organisation)).to_be_checked()
    team.looks_well()
    team.press("Betaalopdracht maken")
    team.sees("Iemand anders ondertekent ze nu.")
    team.looks_well()
    manager = at_work("manager@pio.example")
    manager.page.goto(team.page.url)
    manager.follow("Ondertekenen")
    manager.looks_well()
    manager.press("Ondertekenen")
    manager.sees("De betaalopdracht is ondertekend")

    order = etree.parse(manager.gets("Bestand voor de bank (XML)", tmp_path))
    etree.XMLSchema(etree.parse(SCHEMAS / "pain.001.001.09.xsd")).assertValid(order)
    [key] = order.xpath("//p:EndToEndId/text()", namespaces=NAMES)
    assert order.xpath("//p:InstdAmt/text()", namespaces=NAMES) == ["275000.00"]

    # What the bank confirms is shown first, then booked.
    rows = f"end-to-end-id;uitvoeringsdatum;bedrag;iban;status;bankreferentie\n{key};{TODAY};"
    manager.page.goto("/beheer/betalingen/bevestigingen/")
    manager.looks_well()
    for amount in ("275.000,01", "275.000,00"):
        manager.page.goto("/beheer/betalingen/bevestigingen/")
        text = f"{rows}{amount};{IBAN};betaald;KBC-1\n"
        manager.field("Bestand (CSV)").set_input_files(
            {"name": "bank.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        manager.press("Bekijken")
        manager.sees("Rijen van het bestand")
        manager.looks_well()
    manager.press("Alles boeken")
    manager.sees("1 rij is geboekt.")
    manager.looks_well()
    dirk.page.reload()
    dirk.sees("Betaald op")
