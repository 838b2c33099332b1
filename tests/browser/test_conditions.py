"""A question that appears with an answer, and a form that changes while somebody writes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.applicant import Applicant, WithoutScript
from tests.browser.conftest import DESK, PHONE, Windows
from tests.browser.looking import faults, findings
from tests.browser.test_accessibility import OPEN_CALL

ASKED = "Kan maar één bekende leverancier de oplossing leveren?"
HANGS_ON_IT = "Waarom kan alleen die leverancier het?"
WORDS = f"Alleen als u bij “{ASKED}” “Ja” antwoordde."
CITY, TEAM = "indiener@voorbeeldegem.example", "teamlid@pio.example"


def test_with_script_the_question_comes_and_goes(new_context: Windows) -> None:
    city = Applicant(new_context().new_page())
    city.sign_in(CITY)
    reference = city.starts_a_proposal("Slimme zoutstrooier")
    city.page.goto(f"/voorstellen/{reference}/deel/E/")
    question = city.field(HANGS_ON_IT)
    expect(question).to_be_hidden()
    expect(city.page.get_by_text(WORDS)).to_be_hidden()

    city.choose(ASKED, "Ja")
    expect(question).to_be_visible()
    expect(city.page.locator("#live")).to_contain_text(HANGS_ON_IT)
    question.fill("Zij hebben het patent.")
    city.choose(ASKED, "Nee")
    expect(question).to_be_hidden()
    city.press("Opslaan")
    city.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")

    city.page.goto(f"/voorstellen/{reference}/nakijken/")
    city.sees(f"“{HANGS_ON_IT}”: uw antwoord blijft bewaard maar wordt niet ingediend.")
    city.page.goto(f"/voorstellen/{reference}/deel/E/")
    expect(question).to_be_hidden()
    city.page.get_by_role("radio", name="Nee", exact=True).focus()
    city.page.keyboard.press("ArrowUp")  # by keyboard, from "Nee" to "Ja"
    expect(question).to_have_value("Zij hebben het patent.")
    expect(question).to_be_visible()


def test_an_error_in_a_hidden_question_shows_itself(new_context: Windows) -> None:
    city = Applicant(new_context().new_page())
    city.sign_in(CITY)
    reference = city.starts_a_proposal("Luchtkanon tegen sneeuw")
    city.page.goto(f"/voorstellen/{reference}/deel/E/")
    city.choose(ASKED, "Ja")
    city.fill(HANGS_ON_IT, "x" * 1001)
    city.choose(ASKED, "Nee")
    city.press("Opslaan")
    city.sees("Deze tekst is te lang: 1.001 tekens")
    expect(city.field(HANGS_ON_IT)).to_be_visible()


def test_without_script_the_words_say_when(new_context: Windows) -> None:
    city = WithoutScript(new_context(java_script_enabled=False).new_page())
    city.sign_in(CITY)
    reference = city.starts_a_proposal("Zelfrijdende veegwagen")
    city.page.goto(f"/voorstellen/{reference}/deel/E/")
    city.sees(WORDS)
    city.fill(HANGS_ON_IT, "Zij hebben het patent.")
    city.choose(ASKED, "Nee")
    city.press("Opslaan")
    city.page.goto(f"/voorstellen/{reference}/nakijken/")
    city.sees(f"“{HANGS_ON_IT}”: uw antwoord blijft bewaard maar wordt niet ingediend.")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_preview_behaves_as_the_form_and_saves_nothing(
    new_context: Windows, viewport: dict[str, int]
) -> None:
    team = Applicant(new_context(viewport=viewport).new_page())
    team.sign_in(TEAM)
    team.page.goto(f"/beheer/oproepen/{OPEN_CALL}/voorbeeld/E/")
    team.sees("VOORBEELD – er wordt niets opgeslagen")
    expect(team.field(HANGS_ON_IT)).to_be_hidden()
    team.choose(ASKED, "Ja")
    expect(team.field(HANGS_ON_IT)).to_be_visible()
    assert faults(team.page) == []
    team.press("Probeer uit")
    team.sees("Een aanvrager zou dit zo kunnen opslaan.")
    team.page.goto(f"/beheer/oproepen/{OPEN_CALL}/formulier/")
    assert faults(team.page) == []


def test_a_change_is_prepared_published_told_and_read(new_context: Windows) -> None:
    city = Applicant(new_context(viewport=PHONE).new_page())
    city.sign_in(CITY)
    reference = city.starts_a_proposal("Slimme wegmarkering")
    city.page.goto(f"/voorstellen/{reference}/deel/E/")  # stays open during the change

    team = Applicant(new_context().new_page())
    team.sign_in(TEAM)
    team.page.goto(f"/beheer/oproepen/{OPEN_CALL}/formulier/")
    team.press("Formulier wijzigen")
    team.sees("Nog niet gepubliceerd")
    change = team.page.url
    assert findings(team.page) == []
    adding = re.compile(r"Vraag toevoegen\s*: E\. Gewenste oplossing")
    team.page.get_by_role("link", name=adding).click()
    team.fill("Vraag", "Hebt u nog een wens?")
    team.select("Soort", "Tekst")
    team.select("Nodig vanaf", "Niet verplicht")
    team.select("Alleen tonen als", f"“{ASKED}” is “Nee”")
    team.fill("Hoogste aantal tekens", "500")
    assert findings(team.page) == []
    team.press("Opslaan")
    for beside in ("voorbeeld/E/", "verwerpen/"):
        team.page.goto(f"{change}{beside}")
        assert findings(team.page) == []
    team.page.goto(change)
    team.follow("Verschillen bekijken en publiceren")
    told = "Nieuwe vraag in deel E: “Hebt u nog een wens?” (niet verplicht)."
    team.sees(told)
    assert findings(team.page) == []
    team.fill("Reden van de wijziging", "Wij kregen er vragen over.")
    team.press("Publiceren")
    team.sees("Het formulier is gewijzigd. Wie aan een ontwerp werkt, krijgt een mail.")

    city.fill("Wat moet de oplossing kunnen?", "Oplichten bij regen.")
    city.press("Opslaan")
    city.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")
    city.sees(told)
    expect(city.field("Wat moet de oplossing kunnen?")).to_have_value("Oplichten bij regen.")
    assert faults(city.page) == []
    city.press("Gelezen")
    city.does_not_see(told)
