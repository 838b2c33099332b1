"""The pictures of docs/user-guide.md: UPDATE_SCREENSHOTS=1 takes them again, of the demo."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from common.moments import today
from tests.browser.conftest import DESK, Windows
from tests.browser.people import Person

DOCS = Path(settings.BASE_DIR) / "docs"
FOLDER = DOCS / "screenshots"
HEAVIEST = 150_000  # bytes; they are cloned with the code
YEAR = today().year
DRAFT = f"PIO-{YEAR}-3-0001"
PICTURES = {
    "oproep": ("", f"/oproepen/pio-{YEAR}-3/"),
    "mijn-dossiers": ("indiener@voorbeeldegem.example", "/mijn/"),
    "raming": ("indiener@voorbeeldegem.example", f"/voorstellen/{DRAFT}/deel/J/#berekening"),
    "nakijken": ("indiener@voorbeeldegem.example", f"/voorstellen/{DRAFT}/nakijken/"),
    "mijn-werk": ("teamlid@pio.example", "/beheer/"),
    "beoordelen": ("adviseur@pio.example", f"/beheer/dossiers/PIO-{YEAR}-2-0004/beoordelen/"),
    "begroting": ("manager@pio.example", "/beheer/begroting/"),
    "jaarrapport": ("manager@pio.example", f"/beheer/jaarrapport/{YEAR}/"),
}


def test_the_guide_shows_every_picture() -> None:
    guide = (DOCS / "user-guide.md").read_text()
    shown = re.findall(r"\(screenshots/([a-z-]+)\.png\)", guide)
    assert sorted(shown) == sorted(PICTURES)
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{n}.png" for n in PICTURES)
    for path in FOLDER.iterdir():
        assert path.stat().st_size < HEAVIEST
        with Image.open(path) as picture:
            assert picture.width == DESK["width"]


if "UPDATE_SCREENSHOTS" in os.environ:

    @pytest.mark.parametrize("name", PICTURES)
    def test_take_a_picture(new_context: Windows, name: str) -> None:
        email, path = PICTURES[name]
        page = new_context().new_page()
        if email:
            Person(page).sign_in(email)
        page.goto(path)
        FOLDER.mkdir(exist_ok=True)
        image = FOLDER / f"{name}.png"
        page.screenshot(path=image)
        with Image.open(image) as picture:  # few colours weigh little, and the look has few
            picture.convert("RGB").quantize(128).save(image, optimize=True)
