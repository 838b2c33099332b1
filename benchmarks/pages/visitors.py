"""Asks each page again and again, one at a time, as a browser behind our proxy would.

Standard library only, in a process of its own, to loopback only.
"""

import http.client
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.deadline import HOST
from benchmarks.pages import ROUNDS

QUERIES_HEADER = "X-Bench-Queries"
PROCESSOR_HEADER = "X-Bench-Processor"
WARM_UP = 6
"""Requests that are not counted: both workers have read their templates by then."""


@dataclass(frozen=True)
class Answer:
    """Of one request: seconds, processor seconds of the web server, queries and bytes."""

    seconds: float
    processor: float
    queries: int
    size: int


def ask(port: int, page: dict[str, str]) -> Answer:
    """One request by itself."""
    headers = {
        "Host": HOST,
        "Cookie": f"sessionid={page['session']}",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "https",
        "X-Request-Start": f"t={time.time():.3f}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    try:
        connection.request("GET", page["url"], headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    seconds = time.perf_counter() - began
    if answer.status != http.HTTPStatus.OK:
        raise SystemExit(f"{page['name']}: {answer.status} {answer.headers.get('Location', '')}")
    return Answer(
        seconds,
        float(answer.headers[PROCESSOR_HEADER]),
        int(answer.headers[QUERIES_HEADER]),
        len(body),
    )


def measure(port: int, pages: list[dict[str, str]]) -> dict[str, Any]:
    for page in pages * WARM_UP:
        ask(port, page)
    found: dict[str, list[Answer]] = {page["name"]: [] for page in pages}
    for _round in range(ROUNDS):
        for page in pages:
            found[page["name"]].append(ask(port, page))
    return {
        name: {
            "seconds": median(one.seconds for one in answers),
            "processor": median(one.processor for one in answers),
            "queries": sorted({one.queries for one in answers}),
            "bytes": answers[0].size,
        }
        for name, answers in found.items()
    }


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[2]).read_text())
    Path(sys.argv[3]).write_text(json.dumps(measure(int(sys.argv[1]), plan["pages"])))
