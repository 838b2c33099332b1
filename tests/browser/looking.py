"""Looking at every page that links lead to: with axe, on a phone, with the Tab key."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import CDPSession, Error, Page

from tests.browser.conftest import DESK, PHONE

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
FILES = re.compile(r"/(documenten|bestanden|media|static|admin|ontwerp)/|.*(\.\w+|/pdf/)$")
HREFS = "links => links.map(a => a.origin === location.origin ? a.pathname : '')"
OF_WHOEVER_GOT_IT = {"notifications:mailbox_mail", "notifications:mail", "notifications:message"}
HAS_OWN_FORM_PER_PART = {"projects:section"}
NEEDS_AXE = "typeof axe === 'undefined'"
# The size of what one presses is for axe not on by itself; WCAG 2.2 asks it.
OPTIONS = '{resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}'
# Another size of the window is told to the page with its next frame.
LOOK = """async () => {
  await document.fonts.ready;
  await new Promise(requestAnimationFrame);
  return {
    headings: document.querySelectorAll("h1").length,
    wide: document.documentElement.scrollWidth - window.innerWidth,
    violations: (await axe.run(OPTIONS)).violations.flatMap(
      violation => violation.nodes.map(node => `${violation.id} ${node.target}`)
    ),
  };
}""".replace("OPTIONS", OPTIONS)


def kind_of(path: str) -> str:
    """What pages of one kind have in common: their view, and the part of a proposal it shows."""
    found = resolve(urlsplit(path).path)
    part = found.kwargs["code"] if found.view_name in HAS_OWN_FORM_PER_PART else ""
    return f"{found.view_name} {part}".strip()


def pages_behind(
    page: Page, starts: Iterable[str], known: set[str], within: str = "/"
) -> Iterator[str]:
    """The address of each kind of page that links lead to, with the page standing there.

    Where `starts` leads is always looked at, an empty start being the page as it stands; then links
    are followed to addresses that begin with `within`. Kinds in `known` are passed by; it grows.
    """
    waiting: list[str] = []

    def arrived() -> str:
        here = page.evaluate("location.pathname + location.search")
        kind = kind_of(here)
        known.add(kind)
        if kind not in OF_WHOEVER_GOT_IT:
            hrefs = page.eval_on_selector_all("a[href]", HREFS)
            waiting.extend(to for to in hrefs if to.startswith(within) and not FILES.match(to))
        return here

    for path in starts:
        if not path or opens(page, path):
            yield arrived()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind not in known:
            known.add(kind)
            if opens(page, path):
                yield arrived()


def opens(page: Page, path: str) -> bool:
    """Go there; False when it is no page but a file."""
    try:
        answer = page.goto(path)
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    assert answer is not None
    assert answer.ok, f"{path} answers {answer.status}"
    return answer.headers["content-type"].startswith("text/html")


def findings(page: Page) -> list[str]:
    """What is wrong with the page at both widths; each with where to look."""
    found = []
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)
        found += [f"{viewport['width']} px: {fault}" for fault in faults(page)]
    return found


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: for axe, another h1, scrolling sideways."""
    page.wait_for_load_state()  # a press may have led here just now
    if page.evaluate(NEEDS_AXE):
        page.evaluate(AXE)
    seen = page.evaluate(LOOK)
    found: list[str] = seen["violations"]
    if seen["headings"] != 1:
        found.append(f"{seen['headings']} h1")
    if seen["wide"] > 0:
        found.append(f"scrolls {seen['wide']} px sideways")
    return found


# Every control a mouse can reach is a stop; of a group of radio buttons one is enough, and what
# only serves Enter, or catches programs, is hidden from everybody. The page notes what is reached.
FIND_STOPS = """part => {
  const root = document.querySelector(part);
  document.activeElement.blur();
  getSelection().collapse(root, 0);  // where Tab goes on from
  const stops = new Map();
  for (const control of root.querySelectorAll("a[href],button,input,select,textarea,summary")) {
    const nobodys = control.type === "hidden" || control.closest('[aria-hidden="true"]');
    const shown = control.checkVisibility({visibilityProperty: true});
    if (nobodys || control.disabled || !shown) continue;
    const group = control.type === "radio" ? `${control.form?.id}/${control.name}` : control;
    if (!stops.has(group)) stops.set(group, control);
  }
  document.addEventListener("focusin", ({target}) => {
    stops.delete(target.type === "radio" ? `${target.form?.id}/${target.name}` : target);
  });
  window.stopsLeft = stops;
  return stops.size;
}"""
# What the page itself took away meanwhile, as when a document is ready, is no stop any more.
STOPS_LEFT = """() => [...window.stopsLeft.values()].filter(control => control.isConnected).map(
  control => `${control.tagName.toLowerCase()} ${control.name || control.innerText}`.trim()
)"""
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}


def out_of_reach(page: Page, part: str = "body") -> list[str]:
    """The controls of a part of the page that Tab does not come to from its top."""
    count = page.evaluate(FIND_STOPS, part)
    keyboard = page.context.new_cdp_session(page)
    left: list[str] = []
    # A date takes a stop for each of its parts, and Tab may begin above what was asked.
    for presses in (count, 20, 50, 2 * count):
        press_tab(keyboard, presses)
        left = page.evaluate(STOPS_LEFT)
        if not left:
            break
    keyboard.detach()
    return [f"out of reach of Tab: {name}" for name in left]


def press_tab(keyboard: CDPSession, times: int) -> None:
    """In one go: waiting for the answer to each press takes longer than the presses.

    Chromium takes them in order, one after the other. What waits for a number of things is in the
    asynchronous half of Playwright alone, below the half that is used here.
    """
    session = keyboard._impl_obj

    async def presses() -> None:
        keys = {"method": "Input.dispatchKeyEvent", "params": TAB, "timeout": None}
        await asyncio.gather(*(session.send(**keys) for _press in range(times)))

    keyboard._sync(presses())
