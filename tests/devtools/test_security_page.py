"""docs/security.md names no test that does not exist."""

import re

from devtools.environment import CLONE

PAGE = (CLONE / "docs" / "security.md").read_text()


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"\b(tests/[\w/]+\.py)::(\w+)", PAGE))
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (CLONE / path).is_file()
        or not re.search(rf"^\s*def {name}\(", (CLONE / path).read_text(), flags=re.MULTILINE)
    ]
    assert missing == []


def test_every_line_without_a_test_is_listed_again_as_a_gap() -> None:
    table, _, gaps = PAGE.partition("## Gaps we know")
    listed = re.search(r"^Without a test: (.+)\.$", gaps, flags=re.MULTILINE)
    assert listed is not None
    assert len(listed[1].split(", ")) == table.count("no test |")
