"""Nobody loses a word: two people in one section, a session that ends, an impatient submitter.

Each story is told twice: with script, and in a browser that runs none.
"""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.applicant import Applicant, WithoutScript
from tests.browser.conftest import Windows
from tests.browser.looking import findings
from tests.browser.server import Portal

SUBMITTER, EDITOR = "indiener@voorbeeldegem.example", "bewerker@voorbeeldegem.example"
PROBLEM = "Welk probleem wilt u oplossen?"
COST = "Hoe werkt u vandaag en wat kost dat?"
SAVED = re.compile(r"^Opgeslagen om \d\d:\d\d door ")


def sit_down(new_context: Windows, email: str, *, script: bool) -> Applicant:
    """Somebody at a computer of his or her own, signed in."""
    kind = Applicant if script else WithoutScript
    person = kind(new_context(java_script_enabled=script).new_page())
    person.sign_in(email)
    return person


def another_tab(person: Applicant) -> Applicant:
    return type(person)(person.page.context.new_page())


def opens(person: Applicant, reference: str, code: str = "D") -> None:
    person.page.goto(f"/voorstellen/{reference}/deel/{code}/")


def everybody_is_signed_out(portal: Portal) -> None:
    """As when the night has passed: the sessions are over, the pages are still open."""
    portal.database.execute("DELETE FROM django_session")


class TestTwoPeopleInOneSection:
    def test_with_script(self, new_context: Windows) -> None:
        an = sit_down(new_context, SUBMITTER, script=True)
        reference = an.starts_a_proposal("Samen schrijven met script")
        bo = sit_down(new_context, EDITOR, script=True)
        for person in (an, bo):
            opens(person, reference)
        an.fill(PROBLEM, "De fietspaden slijten.")
        an.sees(SAVED)
        assert findings(an.page) == []
        bo.fill(PROBLEM, "De fietspaden zijn te smal.")
        bo.fill(COST, "Twee ploegen.")
        bo.sees(re.compile("sloeg dit deel intussen op"))
        assert findings(bo.page) == []

        bo.press("Vergelijk de twee teksten")
        bo.sees_heading("Twee teksten van hetzelfde deel")
        bo.sees("De fietspaden slijten.")
        expect(bo.field(PROBLEM)).to_have_value("De fietspaden zijn te smal.")
        assert findings(bo.page) == []
        bo.fill(PROBLEM, "De fietspaden slijten en zijn te smal.")
        bo.press("Sla op zoals gekozen")
        bo.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")

        an.page.reload()
        expect(an.field(PROBLEM)).to_have_value("De fietspaden slijten en zijn te smal.")
        expect(an.field(COST)).to_have_value("Twee ploegen.")
        expect(an.page.locator("[data-kept-offer]")).to_be_hidden()

    def test_without_script(self, new_context: Windows) -> None:
        an = sit_down(new_context, SUBMITTER, script=False)
        reference = an.starts_a_proposal("Samen schrijven zonder script")
        bo = sit_down(new_context, EDITOR, script=False)
        for person in (an, bo):
            opens(person, reference)
        an.fill(PROBLEM, "De fietspaden slijten.")
        an.press("Opslaan")
        an.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")
        bo.fill(PROBLEM, "De fietspaden zijn te smal.")
        bo.fill(COST, "Twee ploegen.")
        bo.press("Opslaan")

        bo.sees_heading("Twee teksten van hetzelfde deel")
        bo.sees("De fietspaden slijten.")
        expect(bo.field(PROBLEM)).to_have_value("De fietspaden zijn te smal.")
        answer = bo.page.get_by_role("region", name=re.compile(re.escape(PROBLEM)))
        answer.get_by_role("radio", name=re.compile("^Tekst van")).check()
        bo.press("Sla op zoals gekozen")
        bo.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")
        an.page.reload()
        expect(an.field(PROBLEM)).to_have_value("De fietspaden slijten.")
        expect(an.field(COST)).to_have_value("Twee ploegen.")


def test_saving_does_not_get_in_its_own_way(new_context: Windows, portal: Portal) -> None:
    """Typing while a save is under way, pressing at once, rows that grow: never a clash."""
    an = sit_down(new_context, SUBMITTER, script=True)
    reference = an.starts_a_proposal("Snelle vingers")
    opens(an, reference)
    for text in ("Een", "Een twee", "Een twee drie"):
        with an.page.expect_request(lambda request: request.method == "POST"):
            an.fill(PROBLEM, text)
    an.fill(PROBLEM, "Een twee drie vier")
    an.press("Opslaan")
    an.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")
    expect(an.field(PROBLEM)).to_have_value("Een twee drie vier")

    opens(an, reference, "C")
    first = an.within("group", "Partners").within("group", "Rij 1")
    first.fill("Organisatie", "Stad")
    an.sees(SAVED)
    first.fill("Organisatie", "Stad B")
    expect(an.page.locator("[data-save-pending]")).to_be_hidden()
    an.press("Rij toevoegen")
    rows = an.page.locator("[data-form-row]")
    rows.nth(1).get_by_label("Rol in het project").fill("Testplaats")
    an.page.locator("h1").click()
    an.sees("Nog niet opgeslagen. Schrijf de naam van de partner, of maak de rij leeg.")
    rows.nth(1).get_by_label("Organisatie").fill("Stad C")
    an.does_not_see("Nog niet opgeslagen. Schrijf de naam van de partner")
    found = portal.database.rows(
        "SELECT name FROM projects_partner JOIN projects_proposal ON proposal_id = "
        "projects_proposal.id WHERE reference = %s ORDER BY position",
        [reference],
    )
    assert found == [("Stad B",), ("Stad C",)]


class TestASessionThatEnds:
    def test_with_script(self, new_context: Windows, portal: Portal) -> None:
        an = sit_down(new_context, SUBMITTER, script=True)
        reference = an.starts_a_proposal("Een lange dag met script")
        opens(an, reference)
        everybody_is_signed_out(portal)
        an.fill(PROBLEM, "Getypt toen de nacht al voorbij was.")
        an.sees("U bent afgemeld.")
        an.sees("Uw tekst staat nog in deze browser.")
        assert findings(an.page) == []
        an.follow("Meld u opnieuw aan en kom hier terug")
        signs_in_here(an, SUBMITTER)

        an.sees(re.compile(r"Er staat tekst van \d\d:\d\d die niet opgeslagen is"))
        an.sees("Getypt toen de nacht al voorbij was.")
        assert findings(an.page) == []
        an.press("Zet terug")
        expect(an.field(PROBLEM)).to_have_value("Getypt toen de nacht al voorbij was.")
        an.sees(SAVED)
        an.page.reload()
        expect(an.field(PROBLEM)).to_have_value("Getypt toen de nacht al voorbij was.")
        expect(an.page.locator("[data-kept-offer]")).to_be_hidden()

    def test_somebody_else_at_this_computer_finds_nothing(
        self, new_context: Windows, portal: Portal
    ) -> None:
        an = sit_down(new_context, SUBMITTER, script=True)
        reference = an.starts_a_proposal("Een gedeelde computer")
        opens(an, reference)
        everybody_is_signed_out(portal)
        an.fill(PROBLEM, "Vertrouwelijk.")
        an.sees("U bent afgemeld.")
        assert "Vertrouwelijk." in str(kept_in(an.page))
        an.page.goto("/aanmelden/")
        signs_in_here(an, EDITOR)
        assert kept_in(an.page) == []
        opens(an, reference)
        expect(an.page.locator("[data-kept-offer]")).to_be_hidden()

    def test_signing_out_removes_what_was_kept(self, new_context: Windows, portal: Portal) -> None:
        an = sit_down(new_context, SUBMITTER, script=True)
        reference = an.starts_a_proposal("Netjes afgemeld")
        opens(an, reference, "A")
        an.fill("E-mail van de contactpersoon", "geen adres")
        an.sees(re.compile("Nog niet opgeslagen: E-mail van de contactpersoon"))
        assert "geen adres" in str(kept_in(an.page))
        an.page.on("dialog", lambda dialog: dialog.accept())
        an.sign_out()
        assert kept_in(an.page) == []

    def test_without_script(self, new_context: Windows, portal: Portal) -> None:
        an = sit_down(new_context, SUBMITTER, script=False)
        reference = an.starts_a_proposal("Een lange dag zonder script")
        opens(an, reference)
        everybody_is_signed_out(portal)
        an.fill(PROBLEM, "Regel een.\nRegel “twee”, & drie.")
        an.press("Opslaan")
        an.sees("U bent afgemeld, uw tekst is er nog")
        signs_in_here(an, SUBMITTER)
        an.sees_heading("Uw tekst is er nog")
        an.press("Ga verder met mijn tekst")
        an.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")
        expect(an.field(PROBLEM)).to_have_value("Regel een.\nRegel “twee”, & drie.")

    def test_the_warning_is_answered_with_the_keyboard_alone(self, new_context: Windows) -> None:
        context = new_context()
        an = Applicant(context.new_page())
        an.sign_in(SUBMITTER)
        other = another_tab(an)
        for person in (an, other):
            person.page.clock.install()
            person.page.goto("/mijn/")
            person.page.clock.fast_forward("07:55:30")
        dialog = an.page.get_by_role("dialog", name="Wilt u aangemeld blijven?")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("status")).to_have_text("U wordt afgemeld over 5 minuten.")
        expect(dialog.get_by_role("button", name="Blijf aangemeld")).to_be_focused()
        assert findings(an.page) == []
        an.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        an.page.clock.fast_forward("03:40")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("status")).to_have_text("U wordt afgemeld over 1 minuut.")
        an.page.keyboard.press("Tab")
        an.page.keyboard.press("Shift+Tab")
        with an.page.expect_response("**/aanmelding/verlengen/") as answered:
            an.page.keyboard.press("Enter")
        assert answered.value.status == 204
        assert answered.value.headers["session-seconds"] in {str(n) for n in range(28700, 28801)}
        expect(dialog).to_be_hidden()
        expect(other.page.get_by_role("dialog")).to_be_hidden()


def signs_in_here(person: Applicant, email: str) -> None:
    """On the sign-in page that is before somebody already."""
    button = person.part.get_by_role("row").filter(has_text=email).get_by_role("button")
    with person.page.expect_navigation():
        button.click()
    expect(person.page.get_by_role("banner").locator("summary")).to_be_visible()


def kept_in(page: Page) -> list[str]:
    """What the portal keeps in this browser."""
    found: list[str] = page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.startsWith('pio-tekst:')).map(String)"
    )
    return found


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_five_presses_from_two_tabs_hand_in_once(
    new_context: Windows, portal: Portal, script: bool
) -> None:
    an = sit_down(new_context, SUBMITTER, script=script)
    title = f"Vijf keer gedrukt {uuid4().hex[:6]}"
    reference = an.starts_a_proposal(title)
    an.fills_in(reference, title)
    an.goes_to_check(reference)
    other = another_tab(an)
    other.goes_to_check(reference)
    for tab, presses in ((an, 3), (other, 2)):
        button = tab.page.get_by_role("button", name="Indienen", exact=True)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        for _ in range(presses):  # where the button was: the page may be on its way already
            tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for tab in (an, other):
        tab.sees_heading("Ontvangstbewijs")

    count = portal.database.rows
    one = [(1,)]
    assert (
        count(
            "SELECT count(*) FROM projects_proposalversion v JOIN projects_proposal p"
            " ON p.id = v.proposal_id WHERE p.reference = %s",
            [reference],
        )
        == one
    )
    assert (
        count(
            "SELECT count(*) FROM notifications_outboxmail WHERE subject LIKE %s",
            [f"Ontvangen: {reference}%"],
        )
        == one
    )
    assert (
        count(
            "SELECT count(*) FROM documents_job j JOIN projects_proposalversion v"
            " ON j.params->>'version' = v.id::text JOIN projects_proposal p ON p.id = v.proposal_id"
            " WHERE p.reference = %s AND j.kind = 'projects.proposal_receipt'",
            [reference],
        )
        == one
    )
