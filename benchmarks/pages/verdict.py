"""The table of what was measured, and whether the limits hold. Standard library only."""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.pages import SIZES

MOST_GROWTH = 1.3
"""From 200 to 5,000 files, per page."""

PEER = {
    "work list": (0.437, 10),
    "ranking board": (2.086, 20),
    "export of the scores (CSV)": (26.0, 50),
}
"""What pretalx 2026.2 takes at the same volume, in seconds, and how many times faster to be."""


def report(results: dict[int, dict[str, Any]]) -> list[str]:
    """Print the table; answers what does not hold."""
    few, some, many = SIZES
    faults = []
    heads = ["What", *(f"{size:,} (ms)" for size in SIZES), f"growth {some:,} to {many:,}"]
    heads += ["of it web server (ms)", "queries", "kB", "peer"]
    print(f"| {' | '.join(heads)} |")
    print(f"| --- {'| --: ' * (len(heads) - 1)}|")
    for name in results[many]:
        rows = [results[size][name] for size in SIZES]
        times = [row["seconds"] for row in rows]
        growth = times[2] / times[1]
        queries = [row["queries"] for row in rows]
        peer, wanted = PEER.get(name, (0.0, 0))
        faster = f"{peer / times[2]:.0f} x faster" if peer else ""
        shown = " to ".join(str(one) for one in sorted({max(row) for row in queries}))
        cells = [f"{seconds * 1000:.0f}" for seconds in times]
        work = f"{rows[1]['processor'] * 1000:.0f} to {rows[2]['processor'] * 1000:.0f}"
        cells += [f"{growth:.2f}", work, shown, f"{rows[2].get('bytes', 0) / 1000:.0f}", faster]
        print(f"| {name} | {' | '.join(cells)} |")
        is_page = "export" not in name
        if is_page and queries[0] != queries[2]:
            faults.append(f"{name}: {queries[0]} queries at {few}, {queries[2]} at {many}")
        if is_page and growth > MOST_GROWTH:
            faults.append(f"{name}: {growth:.2f} times slower at {many} than at {some}")
        if peer and times[2] * wanted > peer:
            faults.append(f"{name}: {times[2] * 1000:.0f} ms; wanted {peer / wanted * 1000:.0f}")
    return faults


if __name__ == "__main__":
    found = {size: json.loads(Path(sys.argv[1], f"{size}.json").read_text()) for size in SIZES}
    plan = json.loads(Path(sys.argv[1], "plan.json").read_text())
    print(
        f"In the database: {plan['files']} files, {plan['evaluations']} evaluations, "
        f"{plan['scores']} scores."
    )
    wrong = report(found)
    print(*(f"NOT in order: {fault}" for fault in wrong), sep="\n")
    sys.exit(1 if wrong else 0)
