"""The keys of the staff pages: through a list, to the next file, and off for who wants none."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.people import Person

ROWS = "[data-list-rows] tr"


def shown_file(page: Page) -> str:
    expect(page).to_have_url(re.compile(r"/beheer/dossiers/PIO-"))
    return page.url.split("/beheer/dossiers/")[1].split("/")[0]


def test_keys_lead_through_a_list_and_can_be_switched_off(new_context: Windows) -> None:
    page = new_context().new_page()
    Person(page).sign_in("teamlid@pio.example")
    press = page.keyboard.press
    press("g")
    press("w")
    expect(page.get_by_role("heading", level=1)).to_have_text("Werklijst")
    page.goto("/beheer/werk/?tab=alles&sort=reference")
    numbers = page.locator(f"{ROWS} a[data-open]").all_inner_texts()

    press("j")
    press("j")
    expect(page.locator(ROWS).nth(1).locator("a[data-open]")).to_be_focused()
    press("x")
    expect(page.locator(ROWS).nth(1).get_by_role("checkbox")).to_be_checked()
    expect(page.locator("#live")).to_have_text(f"Kies {numbers[1]}: gekozen")
    press("k")
    press("o")
    assert shown_file(page) == numbers[0]
    press("n")
    expect(page).to_have_url(re.compile(numbers[1]))
    press("p")
    expect(page).to_have_url(re.compile(numbers[0]))
    press("u")
    expect(page).to_have_url(re.compile(r"/beheer/werk/\?tab=alles&sort=reference$"))

    press("/")
    field = page.locator('form[role="search"] input[name="q"]')
    expect(field).to_be_focused()
    page.keyboard.type("jxno?")
    expect(field).to_have_value("jxno?")
    expect(page.locator("#toetsen")).to_be_hidden()
    page.get_by_role("button", name="Sneltoetsen").focus()
    press("?")
    expect(page.get_by_role("dialog", name="Sneltoetsen")).to_be_visible()
    page.get_by_label("Sneltoetsen gebruiken in deze browser").uncheck()
    press("Escape")
    expect(page.get_by_role("button", name="Sneltoetsen")).to_be_focused()
    page.reload()
    press("?")
    press("j")
    expect(page.locator("#toetsen")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_one_box_ticks_every_file_of_the_page(new_context: Windows) -> None:
    page = new_context().new_page()
    Person(page).sign_in("teamlid@pio.example")
    page.goto("/beheer/werk/?tab=alles&sort=reference")
    ticks, said = page.locator("input[name=files]"), page.locator("[data-picked]")
    everything = page.get_by_label("Alles op deze pagina kiezen")
    total = ticks.count()
    expect(said).to_have_text("Geen dossier gekozen.")
    everything.focus()
    page.keyboard.press("Space")
    expect(page.locator("input[name=files]:checked")).to_have_count(total)
    expect(said).to_have_text(f"{total} dossiers gekozen.")
    ticks.first.press("Space")
    expect(everything).to_be_checked(indeterminate=True)
    expect(said).to_have_text(f"{total - 1} dossiers gekozen.")
    everything.press("Space")
    everything.press("Space")
    expect(page.locator("input[name=files]:checked")).to_have_count(0)
    ticks.first.press("Space")
    expect(said).to_have_text("1 dossier gekozen.")
    page.locator("#bulk-all").check()
    expect(said).to_contain_text("De hele lijst is gekozen")
