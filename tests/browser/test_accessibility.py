"""Each kind of page: no violation that axe can see, one h1, no sideways scrolling on a phone.

Pages of staff are held to what axe calls serious or critical.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from common.moments import today
from tests.browser.conftest import DESK, PHONE, Windows
from tests.browser.people import Person

GRAVE = ("serious", "critical")
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
YEAR = today().year
CALL_IN_THE_MAKING = f"pio-{YEAR + 1}-1"
OPEN_CALL, DRAFT = f"pio-{YEAR}-3", f"PIO-{YEAR}-3-0001"
ASSESSED_FILE, ADVISED_FILE = f"PIO-{YEAR}-2-0004", f"PIO-{YEAR}-2-0006"

PAGES = {
    "": [
        "/",
        "/oproepen/",
        f"/oproepen/{OPEN_CALL}/",
        f"/oproepen/{OPEN_CALL}/formulier/",
        "/oproepen/?q=water&fase=open&soort=ocmw",
        f"/oproepen/{OPEN_CALL}/zelftest/",
        f"/oproepen/{OPEN_CALL}/zelftest/?soort=ocmw",
        f"/oproepen/{OPEN_CALL}/vragen/",
        f"/oproepen/{OPEN_CALL}/vragen/stellen/",
        f"/oproepen/{OPEN_CALL}/volgen/",
        "/volgen/",
        "/projecten/",
        "/projecten/PIO-H-014/",
        "/aanmelden/",
        "/mailbox/",
    ],
    "indiener@voorbeeldegem.example": [
        "/mijn/",
        f"/oproepen/{OPEN_CALL}/voorstel-beginnen/",
        f"/voorstellen/{DRAFT}/",
        f"/voorstellen/{DRAFT}/deel/A/",
        f"/voorstellen/{DRAFT}/deel/H/",
        f"/voorstellen/{DRAFT}/deel/J/",
        f"/voorstellen/{DRAFT}/deel/D/geschiedenis/",
        f"/voorstellen/{DRAFT}/deel/D/toewijzen/",
        f"/voorstellen/{DRAFT}/deel/L/",
        f"/voorstellen/{DRAFT}/partners/",
        f"/voorstellen/{DRAFT}/afdrukken/",
        f"/voorstellen/{DRAFT}/nakijken/",
        "/organisatie/",
        "/mijn-gegevens/",
    ],
    "teamlid@pio.example": [
        "/beheer/",
        "/beheer/oproepen/",
        f"/beheer/oproepen/{OPEN_CALL}/",
        f"/beheer/oproepen/{OPEN_CALL}/formulier/",
        f"/beheer/oproepen/{OPEN_CALL}/zelftest/",
        f"/beheer/oproepen/{OPEN_CALL}/gestelde-vragen/",
        f"/beheer/oproepen/{CALL_IN_THE_MAKING}/",
        f"/beheer/oproepen/{CALL_IN_THE_MAKING}/criteria/",
        f"/beheer/oproepen/{CALL_IN_THE_MAKING}/instellingen/deelnemers/",
        f"/beheer/oproepen/{CALL_IN_THE_MAKING}/uitleg/documenten/",
        "/beheer/werk/?tab=alles",
        "/beheer/werk/?q=kleur:rood",
        "/beheer/werk/weergaven/nieuw/?words=voor:mij",
        "/beheer/dossiers/",
        f"/beheer/dossiers/{ADVISED_FILE}/?lijst=dossiers%3Fsort%3Dreference",
        f"/beheer/dossiers/{ADVISED_FILE}/advies/",
        "/beheer/projecten/",
        "/beheer/projecten/PIO-H-014/",
        "/beheer/projecten/PIO-H-014/cofinanciering/",
        "/beheer/herinneringen/",
    ],
    "adviseur@pio.example": [
        f"/beheer/dossiers/{ASSESSED_FILE}/beoordelen/",
        f"/beheer/dossiers/{ASSESSED_FILE}/toewijzing/",
        "/beheer/mijn-dossiers/",
        "/beheer/werk/",
    ],
    "manager@pio.example": [
        "/beheer/begroting/",
        f"/beheer/begroting/{YEAR}/",
        "/beheer/cofinanciering/",
        "/beheer/schuldvorderingen/",
        f"/beheer/jaarrapport/{YEAR}/",
    ],
}


def findings(page: Page, path: str) -> list[str]:
    """What is wrong with a page at both widths; each with where to look."""
    found = []
    for viewport in (DESK, PHONE):
        page.set_viewport_size(viewport)
        page.goto(path)
        place = f"{path} at {viewport['width']} px"
        if (count := page.get_by_role("heading", level=1).count()) != 1:
            found.append(f"{place}: {count} h1")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append(f"{place}: scrolls {wide} px sideways")
        page.evaluate(AXE)
        answer = page.evaluate("axe.run({resultTypes: ['violations']})")
        found += [
            f"{place}: {violation['id']} {node['target']}"
            for violation in answer["violations"]
            if violation["impact"] in GRAVE or not path.startswith("/beheer/")
            for node in violation["nodes"]
        ]
    return found


@pytest.mark.parametrize("email", PAGES, ids=lambda email: email.split("@")[0] or "public")
def test_pages_can_be_used_by_everyone(new_context: Windows, email: str) -> None:
    page = new_context().new_page()
    if email:
        Person(page).sign_in(email)

    assert [line for path in PAGES[email] for line in findings(page, path)] == []


STARTS = {
    "": ["/", "/oproepen/", "/projecten/"],
    "indiener@voorbeeldegem.example": ["/mijn/", f"/voorstellen/{DRAFT}/"],
}
"""Where a visitor, and somebody of an authority, begins to follow links."""

NOT_PAGES = re.compile(r"/(documenten/|bestanden/|media/|static/|admin/|ontwerp/)|\.\w+$|/pdf/$")


def pages_behind(page: Page, starts: list[str]) -> Iterator[str]:
    """One address of each page that links lead to, so that new pages are looked at too.

    Parts of a proposal are pages of their own: each has another form.
    """
    waiting, known = list(starts), set()
    while waiting:
        path = waiting.pop(0)
        found = resolve(path)
        kind = (found.view_name, found.kwargs.get("code"))
        if kind in known:
            continue
        known.add(kind)
        answer = page.request.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield path
        if found.view_name == "notifications:mailbox_mail":  # its links are for whoever got it
            continue
        page.goto(path)
        hrefs = page.eval_on_selector_all(
            "a[href]", "links => links.map(a => a.origin === location.origin ? a.pathname : '')"
        )
        waiting += [href for href in hrefs if href and not NOT_PAGES.search(href)]


@pytest.mark.parametrize("email", STARTS, ids=lambda email: email.split("@")[0] or "public")
def test_every_page_that_a_link_leads_to_can_be_used(new_context: Windows, email: str) -> None:
    page = new_context().new_page()
    if email:
        Person(page).sign_in(email)
    seen = list(pages_behind(page, STARTS[email]))
    assert len(seen) > 8
    assert [line for path in seen for line in findings(page, path)] == []
