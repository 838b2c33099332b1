"""The pictures of the guides in docs/: UPDATE_SCREENSHOTS=1 takes them again, of the demo."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from common.moments import today
from tests.browser.conftest import DESK, Windows
from tests.browser.people import Person

DOCS = Path(settings.BASE_DIR) / "docs"
FOLDER = DOCS / "screenshots"
HEAVIEST = 150_000  # bytes; they are cloned with the code
YEAR = today().year
DRAFT = f"PIO-{YEAR}-3-0001"
SUBMITTED = f"PIO-{YEAR}-2-0009"
APPLICANT, COLLEAGUE = "indiener@voorbeeldegem.example", "bewerker@voorbeeldegem.example"
TEAM, LEADER = "teamlid@pio.example", "projectleider@pio.example"
MANAGER = "manager@pio.example"
ADVISER, READER = "adviseur@pio.example", "adviseur3@pio.example"
SUMMER, FILES = f"pio-{YEAR}-2", f"/beheer/dossiers/PIO-{YEAR}-2-"
GUIDES = (
    "user-guide.md",
    "proposal-in-ten-screens.md",
    "guide-for-advisers.md",
    "guide-for-project-leaders.md",
    "guide-for-programme-managers.md",
)
SECTION = f"/voorstellen/{DRAFT}/deel/D/"
PROBLEM = "Welk probleem wilt u oplossen?"
PICTURES = {
    "oproep": ("", f"/oproepen/pio-{YEAR}-3/"),
    "zelftest": ("", f"/oproepen/pio-{YEAR}-3/zelftest/"),
    "mijn-dossiers": (APPLICANT, "/mijn/"),
    "voorstel": (APPLICANT, f"/voorstellen/{DRAFT}/"),
    "deel": (APPLICANT, SECTION),
    "twee-teksten": (APPLICANT, SECTION),
    "raming": (APPLICANT, f"/voorstellen/{DRAFT}/deel/J/#berekening"),
    "nakijken": (APPLICANT, f"/voorstellen/{DRAFT}/nakijken/"),
    "ontvangst": (APPLICANT, f"/voorstellen/{SUBMITTED}/versies/1/ontvangst/"),
    "bijkomende-informatie": (APPLICANT, f"/voorstellen/{SUBMITTED}/vragen/1/"),
    "mijn-werk": (TEAM, "/beheer/"),
    "belangen": (READER, "/beheer/adviseurs/belangen/"),
    "werklijst": (READER, "/beheer/werk/"),
    "beoordelen": (ADVISER, f"{FILES}0004/beoordelen/#uw-scores"),
    "offline-werken": (READER, "/beheer/mijn-dossiers/"),
    "consensus": (ADVISER, f"{FILES}0011/consensus/"),
    "volledigheid": (TEAM, f"{FILES}0010/volledigheid/"),
    "adviseurs": (LEADER, "/beheer/adviseurs/"),
    "rangschikking": (LEADER, f"/beheer/oproepen/{SUMMER}/rangschikking/"),
    "verslag": (LEADER, f"/beheer/oproepen/pio-{YEAR}-1/vergaderingen/"),
    "brieftekst": (LEADER, "/beheer/brieven/tekst/selected/"),
    "klaargezette-mails": (LEADER, f"/beheer/brieven/oproep/{SUMMER}/mails/"),
    "cijfers": (LEADER, "/beheer/cijfers/"),
    "begroting": (MANAGER, "/beheer/begroting/"),
    "sturing": (MANAGER, f"/beheer/sturing/{YEAR}/"),
    "rijen": (MANAGER, f"/beheer/sturing/{YEAR}/vak-beschikbaar/"),
    "wat-als": (MANAGER, f"/beheer/sturing/{YEAR}/wat-als/"),
    "comite": (MANAGER, "/beheer/beslissingscomite/"),
    "betalingen": (MANAGER, "/beheer/betalingen/"),
    "parlementaire-vraag": (MANAGER, "/beheer/vraag/?meting=vastgelegd&per=thema&per_jaar=on"),
    "jaarrapport": (MANAGER, f"/beheer/jaarrapport/{YEAR}/"),
}


def answers_the_self_test(person: Person, _windows: Windows) -> None:
    """All is well but one thing, so that the picture shows a reason."""
    kinds = person.page.get_by_role("combobox").first
    kinds.select_option(index=1)
    for yes in person.page.get_by_role("radio", name="Ja", exact=True).all():
        yes.check()
    person.page.get_by_role("radio", name="Nee", exact=True).last.check()
    person.press("Toon de uitslag")


def disagrees_with_a_colleague(person: Person, windows: Windows) -> None:
    """The colleague saves the section that this person has open, and then this person does."""
    colleague = Person(windows().new_page())
    colleague.sign_in(COLLEAGUE)
    colleague.page.goto(SECTION)
    colleague.fill(PROBLEM, "Elke dag gaan 1.400 maaltijden in schalen die maar één keer dienen.")
    colleague.press("Opslaan")
    colleague.sees("Opgeslagen. Uw voorstel is nog niet ingediend.")
    person.fill(PROBLEM, "Wij gooien per jaar 500.000 wegwerpschalen weg.")
    person.press("Opslaan")
    person.sees_heading("Twee teksten van hetzelfde deel")


def opens_the_minutes(person: Person, _windows: Windows) -> None:
    """Of the file for which somebody left the room."""
    person.follow("Selectievergadering (voorbeelddata)")
    person.row("Woonzorgcentrum De Schets").get_by_role("link").first.click()
    person.sees("Verliet de zaal")


def shows_the_table(person: Person, _windows: Windows) -> None:
    person.page.get_by_role("table").first.evaluate("table => table.scrollIntoView()")


def tries_two_projects(person: Person, _windows: Windows) -> None:
    for box in person.page.get_by_role("checkbox").all()[:2]:
        box.check()
    person.press("Bereken")


def opens_the_first_meeting(person: Person, _windows: Windows) -> None:
    person.page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()


def shows_the_answer(person: Person, _windows: Windows) -> None:
    person.page.get_by_role("heading", name="Antwoord").evaluate("it => it.scrollIntoView()")


DOES_FIRST = {
    "wat-als": tries_two_projects,
    "comite": opens_the_first_meeting,
    "parlementaire-vraag": shows_the_answer,
    "rangschikking": shows_the_table,
    "verslag": opens_the_minutes,
    "zelftest": answers_the_self_test,
    "twee-teksten": disagrees_with_a_colleague,
}


def shown_in(guide: str) -> list[str]:
    return re.findall(r"\(screenshots/([a-z-]+)\.png\)", (DOCS / guide).read_text())


def test_a_proposal_takes_ten_screens() -> None:
    assert len(set(shown_in("proposal-in-ten-screens.md"))) == 10


def test_the_guides_show_every_picture() -> None:
    assert {name for guide in GUIDES for name in shown_in(guide)} == set(PICTURES)
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{n}.png" for n in PICTURES)
    for path in FOLDER.iterdir():
        assert path.stat().st_size < HEAVIEST
        with Image.open(path) as picture:
            assert picture.width == DESK["width"]


if "UPDATE_SCREENSHOTS" in os.environ:

    @pytest.mark.parametrize("name", PICTURES)
    def test_take_a_picture(new_context: Windows, name: str) -> None:
        email, path = PICTURES[name]
        page = new_context().new_page()
        person = Person(page)
        if email:
            person.sign_in(email)
        page.goto(path)
        if does_first := DOES_FIRST.get(name):
            does_first(person, new_context)
        FOLDER.mkdir(exist_ok=True)
        image = FOLDER / f"{name}.png"
        page.screenshot(path=image)
        with Image.open(image) as picture:  # few colours weigh little, and the look has few
            picture.convert("RGB").quantize(128).save(image, optimize=True)
