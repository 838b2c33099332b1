"""An edition of the yearly report: the manager makes it, a second person signs and downloads."""

import re
import zipfile
from pathlib import Path

from common.moments import today
from tests.browser.conftest import Windows
from tests.browser.documents import pdf_text
from tests.browser.staff import Staff


def test_manager_makes_and_a_second_person_signs(new_context: Windows, tmp_path: Path) -> None:
    def at_work(name: str) -> Staff:
        person = Staff(new_context().new_page())
        person.sign_in(f"{name}@pio.example")
        return person

    year = today().year - 1
    manager = at_work("manager")
    manager.works_at("Jaarrapport")
    manager.follow(str(year))
    manager.press("Maak een editie om te ondertekenen")
    manager.sees("Een tweede persoon ondertekent.")
    manager.downloads(re.compile(r"^Download .*\.zip"), tmp_path)
    manager.page.reload()
    manager.sees("die de editie niet zelf maakte")

    leader = at_work("projectleider")
    leader.works_at("Jaarrapport")
    leader.follow(f"Jaarrapport {year}, editie 2")
    report = pdf_text(leader.downloads(re.compile(r"^Download .*\.pdf"), tmp_path))
    figures = leader.page.locator("code").inner_text()
    assert figures in report.replace(" ", "")
    leader.press("Onderteken deze editie")
    leader.sees("De editie is ondertekend en ligt nu vast.")
    leader.sees("Ondertekend door")
    leader.sees("Wat sindsdien anders is")

    whole = leader.downloads(re.compile(r"^Download .*\.zip"), tmp_path)
    with zipfile.ZipFile(whole) as archive:
        kinds = {Path(name).suffix for name in archive.namelist()}
        [figures_file] = [name for name in archive.namelist() if name.endswith(".json")]
        assert figures in archive.read(figures_file).decode()
    assert kinds == {".pdf", ".xlsx", ".json", ".csv"}
