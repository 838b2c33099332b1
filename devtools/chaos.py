"""`make chaos`: kill -9 at random while people hand in; 1 when anything was lost or doubled."""

import contextlib
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.deadline import HOST as NAME
from devtools.benchmarks import PART, _as_in_production, _free_port, _part
from devtools.console import Refusal, say, step
from devtools.environment import CLONE, PYTHON, TO_RUN, prepare, prepare_pdf_libraries
from devtools.portal import (
    CELERY,
    HOST,
    START_PATIENCE,
    WORKER,
    answers,
    compile_messages,
    manage,
    pdf_worker,
    running_services,
)
from devtools.processes import Command, kill_group, launch, run
from devtools.services import Services, only_one

SECONDS = 180
BETWEEN = (3.0, 7.0)  # seconds between two kills
VICTIMS = ["worker", "worker-pdf", "worker-pdf", "broker"]
DUE = 20  # seconds after which the reminders of all drafts are due


class Parts:
    """Web, two workers and beat, each started again as soon as it was killed."""

    def __init__(self, env: dict[str, str], port: int, log: Path) -> None:
        quick = [*WORKER, "--hostname", "default@%h", "--queues", "default,mail"]
        self.commands: dict[str, Command] = {
            "web": [
                *(PYTHON, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"),
                *("--bind", f"{HOST}:{port}", "pio_portal.wsgi"),
            ],
            "worker": [*quick, "--concurrency", "1"],
            "worker-pdf": pdf_worker(),
            "beat": [*CELERY, "beat", "--schedule", f"{log.parent}/beat", "--pidfile", ""],
        }
        self._env, self._log = env, log
        self._running = {name: self._start(name) for name in self.commands}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return launch(self.commands[name], env=self._env, cwd=CLONE, output=output)

    def kill(self, name: str) -> None:
        kill_group(self._running[name])
        self._running[name] = self._start(name)

    def revive(self) -> None:
        """Start what ended by itself, as a supervisor does."""
        for name, process in self._running.items():
            if process.poll() is not None:
                self._running[name] = self._start(name)

    def end(self) -> None:
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                kill_group(process)


def chaos() -> int:
    """SECONDS of load (180); kills workers and broker at random and restarts PostgreSQL once."""
    seconds = float(os.environ.get("SECONDS") or SECONDS)
    dice = random.Random(os.environ.get("SEED"))  # noqa: S311 - a draw, no secret
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-chaos-") as folder:
        prepare(TO_RUN)
        prepare_pdf_libraries()
        compile_messages()
        with running_services("bench", empty=True) as (env, services):
            env |= _as_in_production(folder)
            port, plan, result = _free_port(), Path(folder, "plan.json"), Path(folder, "out.json")
            with step("Preparing the portal and the drafts"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                manage(env, "migrate", "--verbosity=0")
                _part(env, "deadline.world", plan)
                _part(env, "chaos.due", DUE)
            parts = Parts(env, port, Path(folder, "log"))
            try:
                _until(lambda: answers(port, NAME))
                say(f"Killing for {seconds:.0f} s")
                people = launch(
                    [*PART, "benchmarks.chaos.visitors", str(port), plan, result, str(seconds)],
                    env=env,
                    cwd=CLONE,
                )
                killed = _kill(parts, services, dice, seconds)
                while people.poll() is None:
                    parts.revive()
                    time.sleep(0.5)
                say("Killed: " + ", ".join(f"{n} x {name}" for name, n in sorted(killed.items())))
                return run([*PART, "benchmarks.chaos.verdict", str(result)], env=env, cwd=CLONE)
            finally:
                parts.end()


def _kill(parts: Parts, services: Services, dice: random.Random, seconds: float) -> dict[str, int]:
    """Kill until the time is over; how many times each."""
    until = time.monotonic() + seconds
    database_at = time.monotonic() + seconds / 2
    killed: dict[str, int] = {}
    victims: list[str] = []
    while time.monotonic() < until:
        time.sleep(dice.uniform(*BETWEEN))
        if database_at and time.monotonic() > database_at:
            name, database_at = "postgres", 0.0
            services.restart("postgres", signal.SIGINT)
        else:
            if not victims:  # each gets its turn, in an order that nobody knows
                victims = dice.sample(VICTIMS, len(VICTIMS))
            name = victims.pop()
            if name == "broker":
                services.restart("broker", signal.SIGKILL)
            else:
                parts.kill(name)
        killed[name] = killed.get(name, 0) + 1
        parts.revive()
    return killed


def _until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise Refusal("the web server does not answer.")
        time.sleep(0.2)
