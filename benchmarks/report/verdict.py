"""The figures beside what each costs bare, and whether they stay within their targets."""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.report import BOOKINGS, PROJECTS

PAGE, PAPER, MEMORY = 1.5, 1.1, 600
"""Targets: ratio of the page, ratio of the PDF, MB."""


def _best(folder: Path, way: str) -> Any:
    """The turn that other work disturbed least; the highest memory of all."""
    turns = [json.loads(path.read_text()) for path in folder.glob(f"{way}-*.json")]
    quickest = min(turns, key=lambda one: float(one["processor"]))
    return {**quickest, "memory": max(one["memory"] for one in turns)}


def main(folder: Path) -> int:
    page = json.loads((folder / "page.json").read_text())
    ours, bare = (_best(folder, way) for way in ("ours", "bare"))
    sheets = page["sheets"]
    whole, parts = page["page"], page["sql"] + page["template"]
    print(f"A year with {PROJECTS} projects and {BOOKINGS} bookings")
    print(
        f"Page: {whole:.3f} s, {page['queries']} queries, {page['bytes'] / 1000:.0f} kB;"
        f" SQL alone {page['sql']:.3f} s + template alone {page['template']:.3f} s:"
        f" ratio {whole / parts:.2f} (target {PAGE}); all figures in {page['build']:.3f} s"
    )
    paper = ours["processor"] / bare["processor"]
    print(
        f"PDF from database to file: {ours['seconds']:.1f} s ({ours['processor']:.1f} s of the"
        f" processor, {ours['until_html']:.1f} s of it up to the HTML),"
        f" peak {ours['memory']:.0f} MB (target {MEMORY}); WeasyPrint alone"
        f" {bare['seconds']:.1f} s ({bare['processor']:.1f} s), {bare['memory']:.0f} MB:"
        f" ratio {paper:.2f} (target {PAPER}); page faults {ours['page_faults']:,}"
        f" and {bare['page_faults']:,}"
    )
    print(
        f"XLSX: {sheets['rows'] / sheets['ours']:.0f} rows/s; XlsxWriter alone"
        f" {sheets['rows'] / sheets['bare']:.0f} rows/s:"
        f" ratio {sheets['ours'] / sheets['bare']:.2f}"
    )
    missed = [
        sentence
        for sentence, is_missed in [
            ("the page", whole / parts > PAGE),
            ("the PDF", paper > PAPER),
            ("the memory", ours["memory"] > MEMORY),
            (f"accessibility: {ours['faults'][:3]}", bool(ours["faults"])),
        ]
        if is_missed
    ]
    print("Missed: " + ", ".join(missed) if missed else "Every target is met.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
