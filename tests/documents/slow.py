"""A letter that takes a few seconds, for tests that interrupt it. Registered by tests only."""

import os
from pathlib import Path
from typing import Any

from documents.registry import PdfDocument, register
from tests.documents.factories import anyone

KIND = "tests.slow"
ROWS = 400


def context(params: dict[str, Any], progress: Any) -> dict[str, Any]:
    """Leaves word of which process is at it: the test then knows whom to kill."""
    with Path(params["pids"]).open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    progress(50, "Rijen")
    return {"rows": [f"regel-{n}" for n in range(ROWS)]}


def register_slow() -> None:
    register(
        PdfDocument(
            kind=KIND,
            label="Trage brief",
            template="slow.html",
            context=context,
            filename=lambda params: "traag.pdf",
            may_download=anyone,
        )
    )
