"""The portal of production; each answer says how many statements and how much work it took."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.deadline.served import application as counted

PROCESSOR_HEADER = "X-Bench-Processor"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Seconds of processor time of this thread until the answer began; the database not counted."""
    began = time.thread_time()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        spent = f"{time.thread_time() - began:.6f}"
        return start_response(status, [*headers, (PROCESSOR_HEADER, spent)], *rest)

    return counted(environ, start)
