from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings

from tests.documents.factories import letter, registered, table


@pytest.fixture(autouse=True)
def _test_templates(settings: Any) -> None:
    """The templates of the kinds that only tests know."""
    engine, *others = project_settings.TEMPLATES
    here = str(Path(__file__).parent / "templates")
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], here]}, *others]


@pytest.fixture
def kinds() -> Iterator[None]:
    with registered(letter(), table()):
        yield
