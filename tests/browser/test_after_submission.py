"""After handing in, in a browser without script: a new version, and an answer to a question."""

from playwright.sync_api import expect

from tests.browser.applicant import Applicant
from tests.browser.conftest import Windows
from tests.browser.looking import findings
from tests.browser.server import Portal
from tests.browser.test_drafting_together import EDITOR, PROBLEM, SUBMITTER, sit_down


def test_reopened_changed_and_handed_in_again(new_context: Windows, portal: Portal) -> None:
    city = sit_down(new_context, SUBMITTER, script=False)
    reference = city.starts_a_proposal("Tweemaal ingediend")
    city.fills_in(reference, "Tweemaal ingediend")
    city.checks_and_submits(reference)
    city.page.goto(f"/voorstellen/{reference}/")
    city.follow("Voorstel heropenen en wijzigen")
    city.press("Heropen het voorstel")
    city.sees("HEROPEND – UW WIJZIGINGEN ZIJN NOG NIET INGEDIEND")
    city.page.goto(f"/voorstellen/{reference}/deel/D/")
    city.fill(PROBLEM, "Fietspaden slijten sneller dan wij dachten.")
    city.press("Opslaan")
    city.sees("Opgeslagen.")
    city.goes_to_check(reference)
    city.press("Nieuwe versie indienen")
    city.sees_heading("Ontvangstbewijs")
    texts = portal.database.rows(
        "SELECT v.number, v.content::text LIKE %s FROM projects_proposalversion v"
        " JOIN projects_proposal p ON p.id = v.proposal_id WHERE p.reference = %s ORDER BY 1",
        ["%sneller dan wij dachten%", reference],
    )
    assert texts == [(1, False), (2, True)]


def test_answering_a_question(new_context: Windows, portal: Portal) -> None:
    """One writes without script; a colleague's page stays open with a text of its own."""
    ((reference, number),) = portal.database.rows(
        "SELECT p.reference, r.number FROM projects_informationrequest r"
        " JOIN projects_proposal p ON p.id = r.proposal_id"
        " WHERE r.state = 'open' AND p.reference LIKE '%%-0009'"
    )
    address = f"/voorstellen/{reference}/vragen/{number}/"
    an = sit_down(new_context, SUBMITTER, script=False)
    an.goes_to("Mijn dossiers")
    an.sees(f"Bijkomende informatie gevraagd: beantwoord vraag {number}.")
    bo = sit_down(new_context, EDITOR, script=True)
    new_context.watch.expected |= {409, 422}  # his text clashes, and comes too late
    for person in (an, bo):
        person.page.goto(address)
    assert findings(bo.page) == []
    answers(an, "Met uren 180.000 euro.", "")
    an.press("Opslaan, nog niet versturen")
    an.sees("Opgeslagen. Uw antwoord is nog niet verstuurd.")

    answers(bo, "Zonder uren 120.000 euro.", "De projectleider.")
    bo.press("Opslaan, nog niet versturen")
    bo.sees("Wat nu opgeslagen is")
    bo.sees("Met uren 180.000 euro.")
    expect(bo.page.get_by_label("Uw antwoord").first).to_have_value("Zonder uren 120.000 euro.")
    assert findings(bo.page) == []

    an.page.reload()
    an.press("Antwoord versturen")
    an.sees("Uw antwoord is verstuurd. Het ligt nu vast.")
    an.sees("Met uren 180.000 euro.")
    an.sees("De projectleider.")
    bo.press("Opslaan, nog niet versturen")
    bo.sees("Het antwoord is intussen verstuurd en ligt nu vast.")
    expect(bo.page.locator("textarea[readonly]")).to_have_value("Zonder uren 120.000 euro.")
    assert findings(bo.page) == []


def answers(person: Applicant, *texts: str) -> None:
    for box, text in zip(person.page.get_by_label("Uw antwoord").all(), texts, strict=True):
        box.fill(text)
