"""What the developer reads on the terminal."""

import contextlib
import sys
import time
from collections.abc import Iterator


class Refusal(Exception):
    """A sentence for the developer: what is wrong and what to do about it."""


def say(text: str) -> None:
    """Print a line at once. A reader who went away (`make run | head`) must not stop the portal."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def complain(text: str) -> None:
    """Print a line on standard error."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a slow step, and say afterwards how long it took."""
    say(f"==> {text}")
    begin = time.monotonic()
    yield
    say(f"    done in {time.monotonic() - begin:.1f} s")
