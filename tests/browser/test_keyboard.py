"""Without a mouse: a whole proposal from call to receipt, and every control of every page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.demo import DEMO_PASSWORD
from tests.browser.conftest import Windows
from tests.browser.people import Person
from tests.browser.test_accessibility import STARTS, pages_behind

TITLE = "Bruggen die zelf om hulp vragen"
FURTHEST = 250  # presses of Tab before a person gives up

# What has the focus: its role in this test, its text or name, and whether it still needs an answer.
FOCUS = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  // Inside a date Chromium draws the ring around the day, the month or the calendar button.
  const ring = at.type === "date" || style.outlineStyle !== "none" || style.boxShadow !== "none";
  const group = at.type === "radio" &&
    at.form.querySelector(`[name="${at.name}"]:checked`) !== null;
  return {
    tag: at.tagName.toLowerCase(), type: at.type || "", name: at.name || "",
    text: (at.innerText || "").trim(), value: at.value || "",
    checked: at.checked || group, seen: box.width > 0 && box.height > 0 && ring,
  };
}"""


class Typist:
    """Somebody who cannot use a mouse; every step is a key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: set[str] = set()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def tab(self) -> dict[str, str]:
        """One press of Tab; answers what has the focus, and notes when nobody could see where."""
        self.press("Tab")
        focus: dict[str, str] = self.page.evaluate(FOCUS)
        if focus["tag"] != "body" and not focus["seen"]:
            self.unseen.add(f"{self.page.url}: {focus['tag']} {focus['name'] or focus['text']}")
        return focus

    def tab_to(self, wanted: Callable[[dict[str, str]], bool], what: str) -> dict[str, str]:
        for _press in range(FURTHEST):
            if wanted(focus := self.tab()):
                return focus
        raise AssertionError(f"{self.page.url}: Tab never came to {what}")

    def follow(self, text: str) -> None:
        """Tab to the link or button with this text, and press Enter."""
        self.tab_to(lambda f: re.match(text, f["text"]) is not None and f["tag"] != "body", text)
        self.enter()

    def enter(self) -> None:
        """Press Enter where that leads to another page."""
        with self.page.expect_navigation():
            self.press("Enter")

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(heading))

    def sign_in(self, email: str) -> None:
        self.page.goto("/aanmelden/")
        if self.page.evaluate(FOCUS)["name"] != "username":
            self.tab_to(lambda f: f["name"] == "username", "the address")
        self.write(email)
        self.tab_to(lambda f: f["name"] == "password", "the password")
        self.write(DEMO_PASSWORD)
        self.enter()
        self.sees("Mijn dossiers")

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
    clerk = Typist(page)
    clerk.sign_in("indiener@voorbeeldegem.example")
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
