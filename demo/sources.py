"""The public sources shipped with the demo: real calls and projects, each with its address."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class CallSource:
    """A call of before the portal; dates may be partial ("2017-04") or empty."""

    title: str
    opened: str
    closed: str
    submitted: int | None
    selected: int | None
    address: str


@dataclass(frozen=True)
class ProjectSource:
    """A project that a public page names."""

    call: str
    title: str
    organisation: str
    organisation_type: str
    theme: str
    year: int | None
    status: str
    address: str


def call_sources() -> Iterator[CallSource]:
    for row in _rows("pio_calls.csv"):
        yield CallSource(
            title=row["call"],
            opened=row["opened"],
            closed=row["closed"],
            submitted=_number(row["submitted"]),
            selected=_number(row["selected"]),
            address=_first(row["source"]),
        )


def project_sources() -> Iterator[ProjectSource]:
    for row in _rows("pio_projects.csv"):
        yield ProjectSource(
            call=row["call"],
            title=row["title"],
            organisation=row["organisation"],
            organisation_type=row["organisation_type"],
            theme=row["theme"],
            year=_number(row["year"]),
            status=row["status"],
            address=_first(row["source"]),
        )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> int | None:
    return int(text) if text else None


def _first(addresses: str) -> str:
    return addresses.split(" ; ")[0].strip()
