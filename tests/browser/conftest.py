"""Real Chromium, real server, real worker, real database: what a person has before them."""

import os
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.server import Portal, running_portal
from tests.browser.watching import Watch

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds for a page on a busy machine
# As devtools.environment.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """CHROMIUM, or what the system calls it."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = find_chromium() is None
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            if missing:
                reason = (
                    "Chromium is missing: apt-get install chromium-headless-shell, or set CHROMIUM"
                )
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal with the demo for all browser tests of this process."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with running_portal(tmp_path_factory.mktemp("portal"), shared) as portal:
        yield portal


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Not for the whole session: while Playwright runs, Django refuses its database to other tests.
    # Those of this folder follow each other (tests/workers.py), and each start takes a second.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


class Windows:
    """Opens browser windows that share nothing; a person's own computer each."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.opened: list[BrowserContext] = []
        self.watch = Watch()
        self._browser, self._url = browser, url

    def __call__(self, **options: Any) -> BrowserContext:
        options = {"viewport": DESK, "locale": "nl-BE", "accept_downloads": True} | options
        context = self._browser.new_context(
            base_url=self._url, timezone_id="Europe/Brussels", **options
        )
        context.set_default_timeout(PATIENCE)
        self.watch.over(context)
        self.opened.append(context)
        return context

    @property
    def pages(self) -> list[Page]:
        return [page for context in self.opened for page in context.pages]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A failed test leaves what each person saw in var/browser-failures/."""
    report = yield
    windows = getattr(item, "funcargs", {}).get("new_context")
    if report.when == "call" and report.failed and windows is not None:
        folder = Path(item.config.rootpath) / "var" / "browser-failures"
        folder.mkdir(parents=True, exist_ok=True)
        for page in windows.pages:
            image = folder / f"{re.sub(r'[^a-z0-9]+', '-', f'{item.name}{page.url}'.lower())}.png"
            page.screenshot(path=image, full_page=True)
            report.sections.append(("browser", f"{page.url}: {image}"))
    return report


@pytest.fixture
def new_context(chromium: Browser, portal: Portal) -> Iterator[Windows]:
    """Opens windows; the test fails when anything went wrong in one of them."""
    windows = Windows(chromium, portal.url)
    yield windows
    for context in windows.opened:
        context.close()
    windows.watch.assert_clean()


@pytest.fixture
def page(new_context: Windows) -> Page:
    """A window at a desk."""
    return new_context().new_page()
