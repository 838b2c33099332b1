"""The path from call to receipt in a browser without script, by an impatient person."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.applicant import WithoutScript
from tests.browser.conftest import Windows
from tests.browser.documents import pdf_text

TITLE = "Stille vuilniswagens voor de binnenstad"


def test_a_proposal_pressed_twice_is_handed_in_once(new_context: Windows, tmp_path: Path) -> None:
    city = WithoutScript(new_context(java_script_enabled=False).new_page())
    city.sign_in("indiener@voorbeeldegem.example")
    reference = city.starts_a_proposal(TITLE)
    city.fills_in(reference, TITLE)
    city.goes_to_check(reference)
    # A browser drops the second click of a double click itself; from two tabs both presses arrive.
    other_tab = WithoutScript(city.page.context.new_page())
    other_tab.goes_to_check(reference)
    for tab in (city, other_tab):
        tab.press("Indienen")
    for tab in (city, other_tab):
        tab.sees_heading("Ontvangstbewijs")

    assert reference in pdf_text(city.downloads("Download", tmp_path))
    city.page.goto(f"/voorstellen/{reference}/")
    versions = city.within("table", "Ingediende versies")
    expect(versions.part.get_by_role("rowheader")).to_have_text(["Versie 1"])
    city.follow("Lees de mails")
    expect(city.page.get_by_role("row").filter(has_text=f"Ontvangen: {reference}")).to_have_count(1)
