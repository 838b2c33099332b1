"""Plays who hands in at a steady rate while servers die: each tries until the receipt is there.

Standard library only, to loopback only. Only what was answered with a receipt counts as accepted.
"""

import http.client
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.chaos import RATE, handed_in
from benchmarks.deadline.visitors import Browser, Visit, token_of

AT_ONCE = 4
PAUSE = 1.0  # seconds before somebody tries again
PATIENCE = 60  # seconds after the end in which who began still tries


def main(port: int, plan: Path, result: Path, seconds: float) -> None:
    """One more draft each 1 / RATE seconds until the end; later when nobody has his hands free."""
    lines: list[dict[str, str]] = json.loads(plan.read_text())[: handed_in(seconds)]
    accepted: list[str] = []
    accepted_at: list[float] = []
    tried_at = [0.0]
    counts = {"attempts": 0, "answered by an error": 0, "answer lost": 0}
    began, lock = time.monotonic(), threading.Lock()
    until = began + seconds
    turns = iter(enumerate(lines))

    def person() -> None:
        while True:
            with lock:
                number, line = next(turns, (-1, {}))
            turn = began + number / RATE
            if not line or max(turn, time.monotonic()) >= until:
                return
            time.sleep(max(0.0, turn - time.monotonic()))
            while time.monotonic() < until + PATIENCE:
                with lock:
                    counts["attempts"] += 1
                outcome = hand_in(port, line)
                with lock:
                    tried_at.append(time.monotonic() - began)
                    if outcome:
                        accepted.append(line["reference"])
                        accepted_at.append(time.monotonic() - began)
                    counts["answer lost"] += outcome == FOUND
                    counts["answered by an error"] += outcome == ""
                if outcome:
                    break
                time.sleep(PAUSE)

    people = [threading.Thread(target=person) for _n in range(AT_ONCE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    outcome: dict[str, Any] = {
        "accepted": accepted,
        "accepted at": sorted(accepted_at),
        "lasted": max(tried_at),
        "seconds": seconds,
        **counts,
    }
    result.write_text(json.dumps(outcome))


RECEIPT, FOUND = "receipt", "found"


def hand_in(port: int, line: dict[str, str]) -> str:
    """One attempt: whether it led to a receipt, or to a proposal that was in already; else ""."""
    own = f"/voorstellen/{line['reference']}"
    browser = Browser(port, line["session"], Visit(line["reference"], "", "", 0, 0.0))
    form = "application/x-www-form-urlencoded"
    try:
        try:
            page = browser.get("check", f"{own}/nakijken/")
        except RuntimeError as error:  # there is nothing to check any more
            return FOUND if f"sent to {own}/" in str(error) else ""
        body = urlencode({"csrfmiddlewaretoken": token_of(page)}).encode()
        receipt = browser.post("submit", f"{own}/indienen/", body, form)
    except (OSError, http.client.HTTPException, RuntimeError):
        return ""
    return RECEIPT if receipt.startswith(f"{own}/versies/") else ""


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
