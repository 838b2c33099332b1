"""Without a mouse: a whole proposal from call to receipt, and every control of every page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.people import Person
from tests.browser.test_accessibility import STARTS, pages_behind
from tests.browser.typist import Typist

TITLE = "Bruggen die zelf om hulp vragen"


class Clerk(Typist):
    """Fills in a proposal."""

    def fills_in_the_part(self) -> None:
        """Answer what has no answer yet, and press "Opslaan en verder"."""
        while True:
            focus = self.tab_to(lambda f: f["name"] != "" or "Opslaan en verder" in f["text"], "")
            if focus["text"] == "Opslaan en verder":
                self.enter()
                return
            self.answers(focus)

    def answers(self, focus: dict[str, str]) -> None:
        kind = focus["type"]
        if kind == "radio" and not focus["checked"]:
            # The first is "Ja"; the arrow goes on to "Nee".
            self.press(*["Space"] if "own_budget" in focus["name"] else ["Space", "ArrowDown"])
        elif kind == "checkbox" and not focus["checked"] and focus["name"].startswith("q_"):
            self.press("Space")
        elif focus["value"] or "partners-" in focus["name"]:
            return
        elif kind == "select-one":
            self.press("ArrowDown")
        elif kind == "date":
            self.page.keyboard.type("01022027")
        elif kind in {"text", "textarea"} and focus["name"] != "ceiling_reason":
            is_amount = focus["name"].endswith("amount")
            self.write("20.000,00" if is_amount else "Kort en duidelijk.")


PARTS = ["A", "C", "D", "E", "F", "G", "H", "I", "J", "K"]


def test_a_proposal_is_made_and_handed_in_by_keyboard_alone(page: Page) -> None:
    clerk = Clerk(page)
    clerk.sign_in("indiener@voorbeeldegem.example")
    clerk.sees("Mijn dossiers")
    clerk.follow("Oproepen$")
    clerk.sees("Oproepen")
    clerk.follow(".*Najaarsoproep")
    clerk.follow("Start een voorstel")
    clerk.sees("Begin een voorstel")
    clerk.tab_to(lambda f: f["name"] == "title", "the title")
    clerk.write(TITLE)
    clerk.follow("Begin het ontwerp")
    expect(page).to_have_url(re.compile(r"/voorstellen/[^/]+/(deel/A/)?$"))
    reference = page.url.split("/voorstellen/")[1].split("/")[0]
    if "/deel/" not in page.url:
        clerk.follow("A\\. ")
    for part in PARTS:
        clerk.sees(f"^{part}\\. ")
        clerk.fills_in_the_part()
    clerk.sees("^L\\. ")
    clerk.follow("Nakijken en indienen")
    clerk.sees("Nakijken en indienen")
    clerk.follow("Indienen$")
    clerk.sees("Ontvangstbewijs")
    expect(page.get_by_role("main")).to_contain_text(reference)
    assert clerk.unseen == set()


# Every control a mouse can reach gets a number; of a group of radio buttons one stop is enough, and
# what only serves Enter, or catches programs, is hidden from everybody.
NUMBER_STOPS = """() => {
  const groups = new Map();
  let count = 0;
  for (const control of document.querySelectorAll("a[href],button,input,select,textarea,summary")) {
    const nobodys = control.type === "hidden" || control.closest('[aria-hidden="true"]');
    const shown = control.checkVisibility({visibilityProperty: true});
    if (nobodys || control.disabled || !shown) continue;
    const key = control.type === "radio" ? `${control.form?.id}/${control.name}` : `${count}`;
    if (!groups.has(key)) groups.set(key, count++);
    control.dataset.stop = groups.get(key);
  }
  return count;
}"""
NAME_OF_STOP = """stop => {
  const control = document.querySelector(`[data-stop="${stop}"]`);
  return `${control.tagName.toLowerCase()} ${control.name || control.innerText}`.trim();
}"""


def out_of_reach(page: Page, path: str) -> list[str]:
    """The controls of a page that Tab does not come to."""
    page.goto(path)
    count = page.evaluate(NUMBER_STOPS)
    reached: set[str] = set()
    for _press in range(3 * count + 20):  # a date takes a stop for its day, month and year
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.stop ?? ''"))
        if len(reached - {""}) == count:
            return []
    missed = [stop for stop in range(count) if str(stop) not in reached]
    return [f"{path}: {page.evaluate(NAME_OF_STOP, stop)}" for stop in missed]


@pytest.mark.parametrize("email", STARTS, ids=lambda email: email.split("@")[0] or "public")
def test_tab_comes_to_every_control_of_every_page(new_context: Windows, email: str) -> None:
    page = new_context().new_page()
    if email:
        Person(page).sign_in(email)
    seen = list(pages_behind(page, STARTS[email]))
    assert len(seen) > 8
    assert [line for path in seen for line in out_of_reach(page, path)] == []
