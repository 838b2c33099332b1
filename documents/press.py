"""Laying out many documents at once: pages go to processes of their own, beside the one that asks.

Layout is all that takes long and needs no database, so one that has pages to print and other work
to do gives them here. `python -m documents.press` is such a process: it reads a line of JSON per
page from its input and answers each with a line.
"""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from documents.registry import Enclosure


class LayoutFailed(RuntimeError):
    """A page could not be laid out; the message is the process's own."""


@dataclass
class Page:
    """A page that was given to a process; `wait` for its PDF."""

    target: Path
    process: "_Process"
    error: str | None = None

    def wait(self) -> Path:
        """The finished PDF.

        Raises:
            LayoutFailed: when it could not be made.
        """
        while self.error is None:
            self.process.hear()
        if self.error:
            raise LayoutFailed(self.error)
        return self.target


class Press:
    """As long as the block runs: `processes` that lay out pages, each given to the least busy."""

    def __init__(self, processes: int | None = None) -> None:
        self._count = processes or min(2, os.cpu_count() or 1)
        self._processes: list[_Process] = []

    def __enter__(self) -> Self:
        self._processes = [_Process() for _n in range(self._count)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.stop()

    def print(self, html: str, target: Path, enclosures: Sequence[Enclosure] = ()) -> Page:
        """Have `html` laid out as PDF in `target`; comes back at once."""
        source = target.with_name(f"{target.name}.json")
        enclosed = [{**asdict(one), "made_at": one.made_at.isoformat()} for one in enclosures]
        source.write_text(json.dumps([html, enclosed]), encoding="utf-8")
        process = min(self._processes, key=lambda one: len(one.waiting))
        return process.take(source, target)


class _Process:
    """One process, and the pages it has not answered yet, in order."""

    def __init__(self) -> None:
        self.waiting: deque[Page] = deque()
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "documents.press"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    @property
    def _input(self) -> IO[str]:
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def _output(self) -> IO[str]:
        assert self._popen.stdout is not None
        return self._popen.stdout

    def take(self, source: Path, target: Path) -> Page:
        page = Page(target, self)
        self.waiting.append(page)
        try:
            self._input.write(json.dumps([str(source), str(target)]) + "\n")
            self._input.flush()
        except BrokenPipeError:
            self._give_up()
        return page

    def hear(self) -> None:
        """Wait for the answer to the page that waits longest."""
        line = self._output.readline()
        if line:
            self.waiting.popleft().error = json.loads(line)
        else:
            self._give_up()

    def _give_up(self) -> None:
        while self.waiting:
            self.waiting.popleft().error = "The layout process has stopped."

    def stop(self) -> None:
        """End it: at once when pages are still being made, for nobody waits for those."""
        if self.waiting:
            self._popen.kill()
        with suppress(BrokenPipeError):
            self._input.close()
        self._popen.wait()
        self._output.close()


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer each page with "" or with what went wrong, until the input ends."""
    from documents.rendering import html_to_pdf  # WeasyPrint only where pages are laid out

    for line in requests:
        source, target = map(Path, json.loads(line))
        error = ""
        try:
            html, enclosed = json.loads(source.read_text(encoding="utf-8"))
            html_to_pdf(html, target, enclosures=[_enclosure(one) for one in enclosed])
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
        print(json.dumps(error), file=answers, flush=True)


def _enclosure(fields: dict[str, str]) -> Enclosure:
    made_at = datetime.fromisoformat(fields["made_at"])
    return Enclosure(fields["name"], fields["content"], fields["description"], made_at)


def main() -> None:
    """Entry point of the process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pio_portal.settings")
    django.setup()
    # Whatever a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
