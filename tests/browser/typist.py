"""Somebody who cannot use a mouse: every step is a key, and where the keys go must be seen."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.demo import DEMO_PASSWORD

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

    def types(self, text: str) -> None:
        """Key by key, as where the page listens to keys."""
        self.page.keyboard.type(text)

    def shortcut(self, *keys: str) -> None:
        """Press keys that lead to another page, the last of them."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def looks(self) -> dict[str, str]:
        """What has the focus now, noted when nobody could see where."""
        focus: dict[str, str] = self.page.evaluate(FOCUS)
        if focus["tag"] != "body" and not focus["seen"]:
            self.unseen.add(f"{self.page.url}: {focus['tag']} {focus['name'] or focus['text']}")
        return focus

    def tab(self) -> dict[str, str]:
        """One press of Tab; answers what has the focus."""
        self.press("Tab")
        return self.looks()

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
        """By the form; the home page of this person comes next."""
        self.page.goto("/aanmelden/")
        if self.page.evaluate(FOCUS)["name"] != "username":
            self.tab_to(lambda f: f["name"] == "username", "the address")
        self.write(email)
        self.tab_to(lambda f: f["name"] == "password", "the password")
        self.write(DEMO_PASSWORD)
        self.enter()
