"""Evaluation in depth, as people do it: scores by keyboard, a meeting, and letters."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from common.moments import today
from tests.browser.applicant import Applicant
from tests.browser.conftest import Windows
from tests.browser.deciding import Leader
from tests.browser.documents import pdf_text
from tests.browser.looking import findings
from tests.browser.typist import Typist

CALL = f"PIO-{today().year}-2"
SUMMER = "Zomeroproep (voorbeelddata)"
MOTIVATION = "De behoefte is aangetoond met cijfers en met gesprekken."


class KeyboardAdviser(Typist):
    """An adviser whose mouse is broken."""

    def scores_this_file(self) -> str:
        """From the page of a file to final scores; gives its number."""
        self.follow("Scores geven")
        reference = self.page.url.split("/dossiers/")[1].split("/")[0]
        while True:
            focus = self.tab_to(
                lambda f: (
                    f["type"] in {"select-one", "textarea", "radio", "checkbox"}
                    or f["text"] == "Definitief maken"
                ),
                "the next answer",
            )
            if focus["text"] == "Definitief maken":
                self.enter()
                break
            self.answers_in_scores(focus)
        expect(self.page.get_by_text("Uw scores zijn definitief").first).to_be_visible()
        return reference

    def answers_in_scores(self, focus: dict[str, str]) -> None:
        if focus["type"] == "select-one":
            self.press("4")
            expect(self.page.locator(":focus option:checked")).to_have_text(re.compile("^4 "))
        elif focus["name"].startswith("motivation"):
            self.types(MOTIVATION)
        elif focus["type"] in {"radio", "checkbox"} and not focus["checked"]:
            self.press("Space")


def test_an_adviser_scores_three_files_by_keyboard_alone(page: Page) -> None:
    amina = KeyboardAdviser(page)
    amina.sign_in("adviseur3@pio.example")
    amina.shortcut("g", "w")
    amina.sees("Werklijst")
    mine = page.locator("[data-list-rows] tr")
    expect(mine).to_have_count(5)
    amina.press("j", "j")  # past the one whose applicant has to answer first
    assert amina.looks()["text"].startswith(CALL)
    amina.shortcut("o")
    scored = [amina.scores_this_file()]
    for _next in range(2):
        amina.shortcut("n")
        scored.append(amina.scores_this_file())
    assert len(set(scored)) == 3
    amina.shortcut("u")
    amina.sees("Werklijst")
    expect(mine.filter(has_text="Scores geven")).to_have_count(2)
    assert amina.unseen == set()


def test_a_meeting_is_run_and_its_minutes_become_grounds(new_context: Windows) -> None:
    leader = Leader(new_context().new_page())
    leader.sign_in("projectleider@pio.example")
    files = other, care = [f"{CALL}-{number}" for number in ("0006", "0007")]
    title, tom = "Vergadering over twee dossiers", "Tom Teamleden (voorbeeld)"
    minutes = "De vergadering vindt de aanpak sterk. De planning wordt elk kwartaal nagekeken."
    leader.plans_meeting(SUMMER, title, f"{today()}T10:00", "Zaal 1")
    leader.puts_on_agenda(*files)
    leader.invites(tom)
    leader.invites_guest("Gerda Gast")
    leader.opens_meeting()

    leader.discusses(other)
    leader.minutes(minutes, "Geselecteerd")
    leader.notes_departure("Gerda Gast", "Werkte vroeger voor de aanvrager")
    assert findings(leader.page) == []
    assert "Verliet de zaal" in leader.seat("Gerda Gast")
    assert "Verliet de zaal" not in leader.seat(tom)

    # Family of Tom works for the care home: who opens the file sends him out.
    leader.follow(title)
    leader.discusses(care)
    assert re.search(r"Verliet de zaal\s+Belangenconflict", leader.seat(tom))
    leader.minutes("Het voorstel overtuigt niet.", "Niet geselecteerd")
    colleague = Leader(new_context().new_page())
    colleague.sign_in("teamlid2@pio.example")
    colleague.page.goto(leader.page.url.split("punten/")[0])
    colleague.sees("Er is nog 1 agendapunt waarvoor u de zaal verlaat.")
    colleague.does_not_see(care)
    leader.closes_meeting(title)

    leader.opens_file(other)
    leader.follow("Beslissen")
    leader.sees("Overgenomen uit de vergadering")
    chosen = leader.within("group", "Beslissing").part.get_by_role("radio", name="Geselecteerd")
    expect(chosen.first).to_be_checked()
    expect(leader.field("Motivering")).to_have_value(minutes)
    leader.tick("Ik heb het dossier en het advies gelezen en beslis in eigen naam.")
    leader.press("Beslissen")
    leader.sees("U hebt beslist.")
    leader.sees(minutes)


def test_letters_are_previewed_sent_and_received(new_context: Windows, tmp_path: Path) -> None:
    file, title = f"{CALL}-0013", "Valpreventie zonder camera in het woonzorgcentrum"
    subject, grounds = f"projectvoorstel {file}", "De bewoners vragen hierom, en de aanpak is rijp."
    leader = Leader(new_context().new_page())
    leader.sign_in("projectleider2@pio.example")
    leader.selects(file, grounds)
    letter = pdf_text(
        leader.within("region", "De brief").downloads(re.compile("^Download"), tmp_path)
    )

    leader.previews_letter("Geselecteerd", file, "Proficiat, en dank voor uw geduld.")
    assert "Proficiat" not in letter  # what was previewed is kept nowhere
    assert findings(leader.page) == []

    leader.opens_letters(SUMMER)
    leader.picks_only(file)
    leader.press("Mails klaarzetten")
    assert "Ja" in leader.report(file)
    leader.works_at("Herinneringen en mails")
    leader.goes_to("Mails", menu="Herinneringen en mails")
    leader.follow("Toon wat vastgehouden wordt")
    leader.row(subject, "indiener@deproef.example", "Wordt vastgehouden")
    hospital = Applicant(new_context().new_page())
    hospital.sign_in("indiener@deproef.example")
    hospital.knows_of_no_decision(title)

    leader.opens_letters(SUMMER)
    leader.follow("Klaargezette mails nalezen en meedelen")
    leader.sees(f"Over uw projectvoorstel {file} is een beslissing genomen.")
    assert findings(leader.page) == []
    leader.picks_only(file)
    leader.tick("Ik heb de brieven en de mails gelezen.")
    leader.press("Gekozen beslissingen meedelen")
    assert "Ja" in leader.report(file)

    assert pdf_text(hospital.reads_decision(title, tmp_path)) == letter
    hospital.sees("Uw voorstel is geselecteerd")
    hospital.sees(grounds)
    assert grounds in letter
    hospital.gets_mail(subject)
