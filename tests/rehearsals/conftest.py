"""The processes that lay out documents are started once for all small plays."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from documents.press import Press
from rehearsals.play import performance


@pytest.fixture(scope="session")
def _press() -> Iterator[Press]:
    with Press() as press:
        yield press


@pytest.fixture(autouse=True)
def _kept_press(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes take longer to start than a small play lasts.

    The play that is timed (`played` in test_play.py, made before this) starts and ends its own.
    """

    def kept() -> nullcontext[Press]:
        return nullcontext(request.getfixturevalue("_press"))

    monkeypatch.setattr(performance, "Press", kept)
