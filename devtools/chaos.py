"""`make chaos`: kill -9 at random while people hand in; 1 when anything was lost or doubled."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.chaos import drafts
from benchmarks.deadline import HOST as NAME
from devtools.console import say, step
from devtools.environment import CLONE, PYTHON, TO_TEST, prepare, prepare_pdf_libraries
from devtools.portal import (
    CELERY,
    HOST,
    WORKER,
    answers,
    compile_messages,
    manage,
    pdf_worker,
    running_services,
)
from devtools.processes import Command, kill_group, launch, run, undisturbed
from devtools.production import PART, as_in_production, free_port, run_part, wait_until
from devtools.schema import fill
from devtools.services import Services, only_one

SECONDS = 180
SHORT = 60  # a run of less goes by the settings of benchmarks/chaos/settings.py
START = 8  # seconds until web, mail server and people are at work
BETWEEN = (3.0, 7.0)  # seconds between two kills
VICTIMS = ["worker", "worker-pdf", "worker-pdf", "broker", "web", "beat"]


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
        """Kill -9 with all its children, and start it again, as a supervisor does."""
        kill_group(self._running[name])
        self._running[name] = self._start(name)

    def revive(self) -> None:
        """Start what ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                self._running[name] = self._start(name)

    def end(self) -> None:
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                kill_group(process)


def chaos() -> int:
    """SECONDS of load (180); kills all parts but PostgreSQL at random, and restarts that once."""
    began = time.monotonic()
    seconds = float(os.environ.get("SECONDS") or SECONDS)
    dice = random.Random(os.environ.get("SEED"))  # noqa: S311 - a draw, no secret
    with only_one(CLONE, "chaos"), tempfile.TemporaryDirectory(prefix="pio-chaos-") as folder:
        prepare(TO_TEST)  # the mail server is one of the tests
        prepare_pdf_libraries()
        compile_messages()
        with running_services("chaos", empty=True) as (env, services):
            port, mail_port = free_port(), free_port()
            env |= as_in_production(folder)
            env["EMAIL_URL"] = f"smtp://{HOST}:{mail_port}"
            if seconds < SHORT:
                env["DJANGO_SETTINGS_MODULE"] = "benchmarks.chaos.settings"
            plan, result = Path(folder, "plan.json"), Path(folder, "out.json")
            notes = Path(folder, "mails")
            fill(services, env, "pio")
            with step("Preparing the portal and the drafts"):
                Path(folder, "static").mkdir()
                if seconds >= SHORT:
                    manage(env, "collectstatic", "--noinput", "--verbosity=0")
                run_part(env, "deadline.world", plan, drafts(seconds))
                run_part(env, "chaos.due", seconds + START)
            mailbox = launch(
                [*PART, "benchmarks.chaos.mailbox", str(mail_port), notes], env=env, cwd=CLONE
            )
            parts = Parts(env, port, Path(folder, "log"))
            try:
                wait_until(lambda: answers(port, NAME), "the web server")
                wait_until(lambda: _listens(mail_port), "the mail server")
                say(f"Killing for {seconds:.0f} s")
                people = launch(
                    [*PART, "benchmarks.chaos.visitors", str(port), plan, result, str(seconds)],
                    env=env,
                    cwd=CLONE,
                )
                killed = _kill(parts, services, dice, seconds)
                while people.poll() is None:
                    parts.revive()
                    time.sleep(0.2)
                say("Killed: " + ", ".join(f"{n} x {name}" for name, n in sorted(killed.items())))
                judge = [*PART, "benchmarks.chaos.verdict", str(result), str(notes)]
                code = run(judge, env=env, cwd=CLONE)
            finally:
                with undisturbed():
                    parts.end()
                    kill_group(mailbox)
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    say(f"Whole run: {time.monotonic() - began:.0f} s; {os.cpu_count()} cores, load {load}.")
    return code


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


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((HOST, port)) == 0
