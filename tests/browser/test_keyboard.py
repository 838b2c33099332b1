"""A whole proposal, from call to receipt, without a mouse."""

import re

from playwright.sync_api import Page, expect

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
