"""People at their screens, who find things by the words and roles that assistive tools get."""

import re
from pathlib import Path
from typing import Self

from playwright.sync_api import Download, Locator, Page, expect

from accounts.demo import DEMO_PASSWORD

# The mark behind a label: "(verplicht)", "(niet verplicht)", "(nodig om in te dienen)".
MARK = r"(\s+\([^()]+\))?\s*$"


def _named(label: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(label)}{MARK}")


class Person:
    """Someone at a browser; `part` narrows down to a piece of the page."""

    def __init__(self, page: Page, part: Locator | None = None) -> None:
        self.page = page
        self.part: Page | Locator = part if part is not None else page

    # --- Coming and going ---------------------------------------------------------------------

    def sign_in(self, email: str) -> None:
        """By the form, with the password that the demo publishes."""
        self.page.goto("/aanmelden/")
        self.fill("E-mailadres", email)
        self.fill("Wachtwoord", DEMO_PASSWORD)
        with self.page.expect_navigation():  # until its scripts listen
            self.page.get_by_role("button", name="Aanmelden", exact=True).click()
        expect(self._account).to_be_visible()

    def sign_out(self) -> None:
        self._account.click()
        self.press("Afmelden")
        expect(self.page.get_by_role("link", name="Aanmelden", exact=True)).to_be_visible()

    def goes_to(self, name: str, menu: str = "Hoofdnavigatie") -> None:
        menus = self.page.get_by_role("navigation", name=menu, exact=True)
        menus.get_by_role("link", name=name, exact=True).click()

    @property
    def _account(self) -> Locator:
        # A summary has no role that Playwright knows.
        return self.page.get_by_role("banner").locator("summary", has_text="Account:")

    # --- Reading --------------------------------------------------------------------------------

    def sees_heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.part.get_by_text(text).filter(visible=True).first).to_be_visible()

    def does_not_see(self, text: str) -> None:
        expect(self.part.get_by_text(text)).to_have_count(0)

    def row(self, *texts: str) -> Locator:
        """The one table row that has all these texts."""
        row = self.part.get_by_role("row")
        for text in texts:
            row = row.filter(has_text=text)
        expect(row).to_have_count(1)
        return row

    def fact(self, term: str) -> str:
        """What stands behind a term in a list of facts."""
        found = self.part.get_by_role("term").filter(
            has_text=re.compile(rf"^\s*{re.escape(term)}\s*$")
        )
        return found.locator("xpath=following-sibling::dd[1]").inner_text()

    def within(self, role: str, name: str) -> Self:
        """The same person, looking at one region, group or article."""
        part = self.part.get_by_role(role, name=_named(name))  # type: ignore[arg-type]
        return type(self)(self.page, part)

    # --- Doing ----------------------------------------------------------------------------------

    def field(self, label: str) -> Locator:
        labelled = self.part.get_by_label(_named(label))  # also tables, by their caption
        return labelled.and_(self.page.locator("input, select, textarea"))

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def select(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def choose(self, question: str, answer: str) -> None:
        """One of the radio buttons under a question."""
        self.within("group", question).part.get_by_role("radio", name=answer, exact=True).check()

    def tick(self, label: str) -> None:
        """Tick the box whose label begins like this."""
        self.part.get_by_role("checkbox", name=re.compile(rf"^\s*{re.escape(label)}")).check()

    def press(self, name: str) -> None:
        self.part.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.part.get_by_role("link", name=name, exact=True).click()

    def downloads(self, name: str | re.Pattern[str], folder: Path, *, patience: int = 60) -> Path:
        """Wait until a worker has made it (`patience` in seconds), and save it."""
        link = self.part.get_by_role("link", name=name)
        expect(link).to_be_visible(timeout=patience * 1000)
        with self.page.expect_download() as waiting:
            link.click()
        download: Download = waiting.value
        path = folder / download.suggested_filename
        download.save_as(path)
        return path
