"""The overview of what the portal holds on one person: readable (PDF) and for machines (JSON)."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from documents.registry import ArchiveDocument, Params, PdfInArchive, TextInArchive, register
from retention.persons import overview
from retention.policies import may_handle
from retention.services.requests import OWN_DATA

KEPT_DAYS = 30
"""All that the portal holds on somebody, in one file: kept no longer than it takes to fetch it."""
TEMPLATE = "retention/documents/own_data.html"
ROWS_ON_PAPER = 200
"""Rows of one kind in the PDF; the JSON beside it has all of them."""


def _people(params: Params) -> list[str]:
    return [str(params["person"])]


def _files(params: Params, key: str) -> Iterable[PdfInArchive | TextInArchive]:
    person = User.objects.get(pk=key)
    sections = overview(person)
    content: dict[str, Any] = {
        "persoon": person.email,
        "gemaakt_op": clock.now().isoformat(timespec="seconds"),
        "gegevens": [
            {
                "soort": one.name,
                "rijen": [dict(zip(one.columns, row, strict=True)) for row in one.rows],
            }
            for one in sections
        ],
    }
    yield TextInArchive(("mijn-gegevens.json",), json.dumps(content, ensure_ascii=False, indent=1))
    shown = [
        {"section": one, "rows": one.rows[:ROWS_ON_PAPER], "more": len(one.rows) - ROWS_ON_PAPER}
        for one in sections
    ]
    yield PdfInArchive(("mijn-gegevens.pdf",), TEMPLATE, {"person": person, "sections": shown})


def _may_download(user: Any, job: Any) -> bool:
    """Who asked for it: the person, or staff who answer a letter."""
    if user.pk != job.params.get("reader"):
        return False
    return user.pk == job.params.get("person") or may_handle.test(user, None)


def register_documents() -> None:
    """Called once, when the apps are ready."""
    register(
        ArchiveDocument(
            kind=OWN_DATA,
            label=gettext_lazy("Overzicht van persoonsgegevens"),
            parts=_people,
            files=_files,
            filename=lambda params: "mijn-gegevens.zip",
            may_download=_may_download,
            kept_days=KEPT_DAYS,
        )
    )
