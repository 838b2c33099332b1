"""A figure opens to its rows and down to the booking; a question in Parliament is answered."""

import re
from decimal import Decimal

from playwright.sync_api import expect

from common.moments import today
from common.money import parse_amount
from tests.browser.conftest import Windows
from tests.browser.looking import findings
from tests.browser.people import Person

MANAGER = "manager@pio.example"


def amounts(cells: list[str]) -> list[Decimal]:
    return [parse_amount(cell) for cell in cells]


def test_a_figure_is_opened_down_to_the_booking(new_context: Windows) -> None:
    mira = Person(new_context().new_page())
    mira.sign_in(MANAGER)
    mira.page.goto("/beheer/")
    mira.goes_to("Sturing", menu="Beheer")
    mira.sees_heading(f"Sturing {today().year}")
    assert findings(mira.page) == []
    row = mira.page.get_by_role("row", name=re.compile("^Vastgelegd "))
    figure = row.get_by_role("link").first
    shown = parse_amount(figure.inner_text())
    figure.click()
    mira.sees_heading("Vastgelegd")
    assert findings(mira.page) == []
    rows = mira.page.locator("tbody td.num").all_inner_texts()
    assert sum(amounts(rows)) == shown
    first = mira.page.get_by_role("row").nth(1)
    amount, number = first.locator("td.num").inner_text(), first.get_by_role("link").inner_text()
    first.get_by_role("link").click()
    expect(mira.page.get_by_role("heading", level=1)).to_contain_text(number)
    mira.sees(amount)


def test_what_if_and_a_question_keep_their_address(new_context: Windows) -> None:
    mira = Person(new_context().new_page())
    mira.sign_in(MANAGER)
    mira.page.goto(f"/beheer/sturing/{today().year}/wat-als/")
    mira.page.get_by_role("checkbox").first.check()
    mira.page.get_by_role("textbox").first.fill("99.000.000")
    mira.press("Bereken")
    mira.sees("Te weinig krediet")
    assert findings(mira.page) == []
    mira.page.reload()
    mira.sees("Te weinig krediet")
    mira.page.goto("/beheer/vraag/")
    mira.page.get_by_role("combobox", name="Wat wilt u weten?").select_option("vastgelegd")
    mira.page.get_by_role("combobox", name="Per", exact=True).select_option("thema")
    mira.press("Beantwoord")
    mira.sees("Vastgelegd bedrag, per thema.")
    assert findings(mira.page) == []
    with mira.page.expect_download() as waiting:
        mira.follow("Antwoord als Excel")
    assert waiting.value.suggested_filename == "antwoord.xlsx"
