"""The main job, as people do it: from an open call to the new figures in the yearly report."""

from decimal import Decimal
from pathlib import Path

from common.moments import today
from common.money import format_eur
from tests.browser.applicant import Applicant
from tests.browser.conftest import Windows
from tests.browser.documents import CREDITS, ENCOURS, PROJECTS, pdf_text, read_report
from tests.browser.server import Portal
from tests.browser.staff import Staff

CITY = "indiener@voorbeeldegem.example"
TITLE = "Slimme sensoren voor veilige fietspaden"
PROCUREMENT = "Prototype van de sensoren"
STRENGTHS = "Het probleem is echt en groot."
POINTS = "De planning vraagt opvolging."
INTERNAL = "Alleen voor ons: de raming is aan de lage kant."
GROUNDS = "Wij volgen het advies: de behoefte is aangetoond."
# The rule co-finances 50 % of 121.000; the first instalment is 30 % of that.
COMMITTED, PAID = Decimal("60500.00"), Decimal("18150.00")


def test_from_open_call_to_yearly_report(
    portal: Portal, new_context: Windows, tmp_path: Path
) -> None:
    """One proposal goes the whole way, through every role's own screens."""

    def at_work(name: str) -> Staff:
        person = Staff(new_context().new_page())
        person.sign_in(f"{name}@pio.example")
        return person

    year = today().year
    manager = at_work("manager")
    before = read_report(manager.exports_report(year, "Maak Excel", portal, tmp_path))

    # An authority drafts and hands in.
    city = Applicant(new_context().new_page())
    city.sign_in(CITY)
    reference = city.starts_a_proposal(TITLE)
    city.fills_in(reference, TITLE)
    city.checks_and_submits(reference)
    receipt = pdf_text(city.downloads("Download", tmp_path))
    assert reference in receipt
    assert city.fact("Controlesom (SHA-256)") in receipt.replace(" ", "")
    city.sign_out()

    # Staff check, assess, advise, decide and tell. None of it waits for the call to close.
    team, adviser, leader = at_work("teamlid"), at_work("adviseur"), at_work("projectleider")
    team.finds_it_complete(reference)
    team.assigns(reference, "Anke Adviseur (voorbeeld)")
    adviser.declares_no_conflict(reference)
    adviser.scores("80 %")  # (20 x 4 + 40 x 5 + 40 x 3) / 5
    adviser.advises(reference, STRENGTHS, POINTS, INTERNAL)
    leader.selects(reference, GROUNDS)
    city.sign_in(CITY)
    city.knows_of_no_decision(TITLE)
    letter = pdf_text(team.notifies(reference, tmp_path))

    # The authority reads the same letter: outcome, grounds, advice, appeal; no internal note.
    assert pdf_text(city.reads_decision(TITLE, tmp_path)) == letter
    city.sees(STRENGTHS)
    city.does_not_see(INTERNAL)
    for text in ("is geselecteerd", GROUNDS, STRENGTHS, POINTS, "Raad van State"):
        assert text in letter
    assert INTERNAL not in letter

    # The project's money: asked, granted, committed, planned, claimed, checked, approved, paid.
    team.adds_procurement(reference, TITLE, PROCUREMENT, "121.000,00")
    team.requests_cofinancing(PROCUREMENT, "60.500,00", format_eur(COMMITTED))
    at_work("secretaris").records_grant(PROCUREMENT, reference, today().isoformat())
    commitment = manager.commits(PROCUREMENT, reference)
    team.plans_and_opens(reference, TITLE, commitment, format_eur(PAID))
    city.claims_first_instalment(TITLE, "18.150,00")
    team.checks_claim(TITLE)
    leader.approves_claim(TITLE)
    manager.pays_claim(TITLE)

    # The yearly report moved by these amounts and by nothing else.
    after = read_report(manager.exports_report(year, "Maak Excel", portal, tmp_path))
    assert reference not in before.rows[PROJECTS]
    project = after.rows[PROJECTS][reference]
    assert {name: project[name] for name in ("Titel", f"Vastgelegd in {year}", "Open")} == {
        "Titel": f"{TITLE} (voorbeelddata)",
        f"Vastgelegd in {year}": COMMITTED,
        "Open": COMMITTED - PAID,
    }
    assert project[f"Vereffend in {year}"] == PAID
    moved = {
        name: after.main_stream[name] - before.main_stream[name]
        for name in ("VAK", "Vastgelegd", "VAK beschikbaar", "VEK", "Vereffend", "VEK beschikbaar")
    }
    assert moved == {
        "VAK": 0,
        "Vastgelegd": COMMITTED,
        "VAK beschikbaar": -COMMITTED,
        "VEK": 0,
        "Vereffend": PAID,
        "VEK beschikbaar": -PAID,
    }
    encours = [book.rows[ENCOURS][str(year)]["Encours einde"] for book in (before, after)]
    assert encours[1] - encours[0] == COMMITTED - PAID
    for column in (f"Vastgelegd in {year}", f"Vereffend in {year}"):
        assert after.totals[PROJECTS][column] == after.sum(PROJECTS, column)
    assert after.totals[CREDITS]["Vastgelegd"] == after.sum(PROJECTS, f"Vastgelegd in {year}")

    report = pdf_text(manager.exports_report(year, "Maak PDF", portal, tmp_path))
    totals = after.totals[CREDITS]
    amounts = [COMMITTED, PAID, COMMITTED - PAID, totals["Vastgelegd"], totals["Vereffend"]]
    for text in (reference, *map(format_eur, amounts)):
        assert " ".join(text.split()) in report

    city.gets_mail(f"Ontvangen: {reference}")
