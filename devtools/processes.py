"""Child processes that never outlive us.

Each child leads a session of its own, so that Ctrl-C reaches only the launcher and the launcher
stops the rest in good order. On Linux the kernel signals them when the launcher is killed outright.
Start children from the main thread: the kernel ties that promise to the thread.
"""

import contextlib
import ctypes
import os
import pwd
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from devtools.console import Refusal, complain, say

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
END = object()
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

Command = Sequence[str | Path]
# Each signal to send with the seconds to wait for its effect. SIGKILL comes after the last.
Farewell = Sequence[tuple[signal.Signals, float]]


def die_with_parent(number: signal.Signals) -> None:
    """Have the kernel send us this signal when our parent dies (Linux; elsewhere nothing)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number))


def interrupt_on_signals() -> None:
    """Make SIGTERM and SIGHUP unwind the stack as Ctrl-C does, so that every `finally` runs."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in STOP_SIGNALS:
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue  # started with nohup
        signal.signal(number, interrupt)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Finish an orderly stop even when Ctrl-C is pressed again; every stop here is bounded."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def launch(
    command: Command,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    output: int | IO[bytes] | None = None,
    stdin: int | None = subprocess.DEVNULL,
    death_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own; `death_signal` is what it gets when we are killed.

    `user` (only as root) is the account to run as.
    """
    launcher = os.getpid()

    def promise() -> None:
        die_with_parent(death_signal)
        if os.getppid() != launcher:  # killed between fork and promise
            os._exit(1)

    return subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=promise,
    )


def run(
    command: Command,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    output: int | IO[bytes] | None = None,
) -> int:
    """Run a command to its end and return its exit code; an interrupt kills its whole group."""
    process = launch(command, env=env, cwd=cwd, user=user, output=output)
    try:
        return process.wait()
    except BaseException:
        kill_group(process)
        raise


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL whatever is left of a child's process group, and reap the child."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class Child:
    """A long-running process under supervision."""

    name: str
    process: subprocess.Popen[bytes]
    farewell: Farewell

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def goodbye(self) -> Iterator[None]:
        """Ask politely, wait, then kill; yields while waiting."""
        for number, patience in self.farewell:
            if self.alive:
                self.process.send_signal(number)
            deadline = time.monotonic() + patience
            while self.alive and time.monotonic() < deadline:
                yield
        if self.alive:
            complain(f"{self.name} did not stop in time: killed.")
        kill_group(self.process)


def stop_all(children: Iterable[Child], pause: Callable[[float], None] = time.sleep) -> None:
    """Stop children side by side, so that a slow one does not add to the others' time."""
    goodbyes = [child.goodbye() for child in children]
    while goodbyes := [goodbye for goodbye in goodbyes if next(goodbye, END) is not END]:
        pause(0.05)


class Supervisor:
    """Starts children, prefixes each line they print with their name, notices when one dies."""

    def __init__(self, also: Sequence[Child] = ()) -> None:
        """`also`: children that somebody else started and stops, but whose death ends it all."""
        self.children: list[Child] = []
        self._also = also
        self._selector = selectors.DefaultSelector()
        self._unfinished: dict[str, bytes] = {}

    def start(
        self,
        name: str,
        command: Command,
        *,
        env: Mapping[str, str],
        cwd: Path,
        farewell: Farewell,
        death_signal: signal.Signals,
    ) -> None:
        process = launch(
            command, env=env, cwd=cwd, output=subprocess.PIPE, death_signal=death_signal
        )
        self.children.append(Child(name, process, farewell))
        self._selector.register(process.stdout, selectors.EVENT_READ, name)  # type: ignore[arg-type]

    def pump(self, seconds: float) -> None:
        """Pass on what the children print, waiting at most this long for something."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _events in self._selector.select(seconds):
            name = key.data
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            *lines, rest = (self._unfinished.get(name, b"") + data).split(b"\n")
            self._unfinished[name] = rest if data else b""
            if rest and not data:
                lines.append(rest)
            for line in lines:
                say(f"{name:<11}| {line.decode(errors='replace')}")

    def watch(self, until: Callable[[], bool], *, patience: float = float("inf")) -> None:
        """Pump until the condition holds.

        Raises:
            Refusal: a child died by itself, or the condition did not hold in time (seconds).
        """
        deadline = time.monotonic() + patience
        while not until():
            for child in (*self.children, *self._also):
                if not child.alive:
                    self.pump(0.1)
                    code = child.process.returncode
                    raise Refusal(f"{child.name} stopped by itself (exit code {code}).")
            if time.monotonic() > deadline:
                raise Refusal(f"not ready after {patience:.0f} s.")
            self.pump(0.25)

    def stop(self) -> None:
        """Stop the children side by side, still passing on what they print."""
        stop_all(self.children, self.pump)
        self.pump(0)
        self.children.clear()
