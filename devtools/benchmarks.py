"""`make bench-…`: the portal as production runs it, under load. Figures: docs/benchmarks.md."""

import os
import secrets
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.deadline import HOST as NAME
from benchmarks.deadline import MINUTES
from benchmarks.pages import SIZES
from devtools.console import Refusal, say, step
from devtools.environment import CLONE, PYTHON, TO_RUN, prepare, prepare_pdf_libraries
from devtools.portal import (
    HOST,
    START_PATIENCE,
    answers,
    compile_messages,
    manage,
    pdf_worker,
    running_services,
    start_portal,
    start_web,
)
from devtools.processes import Supervisor, launch, run, undisturbed
from devtools.services import only_one


def bench_deadline() -> int:
    """300 authorities submit in the last two minutes; exit code 1 when anything went wrong."""
    began = time.monotonic()
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-bench-") as folder:
        prepare(TO_RUN)
        prepare_pdf_libraries()
        compile_messages()
        with running_services("bench", empty=True) as (env, services):
            env |= _as_in_production(folder)
            port = _free_port()
            plan, result = Path(folder, "plan.json"), Path(folder, "result.json")
            with step("Preparing the portal and the drafts"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                manage(env, "migrate", "--verbosity=0")
                _part(env, "deadline.world", plan)
            supervisor = Supervisor(also=services.children)
            try:
                start_portal(supervisor, env, port, "benchmarks.deadline.served")
                supervisor.watch(lambda: answers(port, NAME), patience=START_PATIENCE)
                closes_at = _set_closing(env)
                with step(f"Playing the last {MINUTES} minutes of the round"):
                    visitors = launch(
                        [*PART, "benchmarks.deadline.visitors", str(port), plan, result, closes_at],
                        env=env,
                        cwd=CLONE,
                    )
                    supervisor.watch(lambda: visitors.poll() is not None)
                verdict = [*PART, "benchmarks.deadline.verdict", str(result), closes_at]
                code = run(verdict, env=env, cwd=CLONE)
            finally:
                with undisturbed():
                    supervisor.stop()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    say(f"Whole run: {time.monotonic() - began:.0f} s; {os.cpu_count()} cores, load {load}.")
    return code


def bench_pdf() -> int:
    """200 decision letters by a worker; exit code 1 when one does not pass the check."""
    began = time.monotonic()
    before = os.getloadavg()[0]
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-bench-") as folder:
        prepare(TO_RUN)
        prepare_pdf_libraries()
        compile_messages()
        with running_services("bench", empty=True) as (env, _services):
            env |= _as_in_production(folder)
            with step("Preparing the files that were decided"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                _part(env, "letters.world")
            result = Path(folder, "letters.json")
            with step("Making the letters"):
                _part(env, "letters.watch", result, *pdf_worker())
            code = run([*PART, "benchmarks.letters.verdict", str(result)], env=env, cwd=CLONE)
    after = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    say(
        f"Whole run: {time.monotonic() - began:.0f} s; {os.cpu_count()} cores,"
        f" load {before:.1f} before, {after} after."
    )
    return code


def bench_pages() -> int:
    """The pages of the evaluation at growing volume; exit code 1 when a limit does not hold."""
    began = time.monotonic()
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-bench-") as folder:
        prepare(TO_RUN)
        prepare_pdf_libraries()
        compile_messages()
        with running_services("bench", empty=True) as (env, services):
            env |= _as_in_production(folder)
            port = _free_port()
            with step("Preparing the portal"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                manage(env, "migrate", "--verbosity=0")
            supervisor = Supervisor(also=services.children)
            try:
                # The web server alone: nothing else is to take its time.
                start_web(supervisor, env, port, "benchmarks.pages.served")
                supervisor.watch(lambda: answers(port, NAME), patience=START_PATIENCE)
                for size in SIZES:
                    _measure(env, folder, port, size)
                code = run([*PART, "benchmarks.pages.verdict", folder], env=env, cwd=CLONE)
            finally:
                with undisturbed():
                    supervisor.stop()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    say(f"Whole run: {time.monotonic() - began:.0f} s; {os.cpu_count()} cores, load {load}.")
    return code


def bench_report() -> int:
    """The report of a large year beside what each format costs bare; 1 when a target is missed."""
    began = time.monotonic()
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-bench-") as folder:
        prepare(TO_RUN)
        prepare_pdf_libraries()
        compile_messages()
        with running_services("bench", empty=True) as (env, _services):
            env |= _as_in_production(folder)
            with step("Booking a large year"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                _part(env, "report.world")
            with step("Asking the page and the spreadsheet"):
                _part(env, "report.measure", folder)
            with step("Making the PDF, and bare"):
                for ways in ("ours", "bare"):
                    _part(env, "report.paper", ways, "alone", folder)
                # In turns in one process, so that other work on the machine meets both; the order
                # turns too, because whoever comes second finds a warmer machine.
                _part(env, "report.paper", "ours,bare,bare,ours,ours,bare", "turns", folder)
            code = run([*PART, "benchmarks.report.verdict", folder], env=env, cwd=CLONE)
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    say(f"Whole run: {time.monotonic() - began:.0f} s; {os.cpu_count()} cores, load {load}.")
    return code


def bench_audit() -> int:
    """What it costs a write that it is kept; exit code 1 when more than the target."""
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-bench-") as folder:
        prepare(TO_RUN)
        compile_messages()
        with running_services("bench", empty=True) as (env, _services):
            env |= _as_in_production(folder)
            with step("Preparing the portal"):
                Path(folder, "static").mkdir()
                manage(env, "migrate", "--verbosity=0")
            code = run([*PART, "benchmarks.audit.measure"], env=env, cwd=CLONE)
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    say(f"{os.cpu_count()} cores, load {load}.")
    return code


def _measure(env: dict[str, str], folder: str, port: int, size: int) -> None:
    plan, result = Path(folder, "plan.json"), Path(folder, f"{size}.json")
    with step(f"Growing to {size} files"):
        _part(env, "pages.world", size, plan)
    with step(f"Asking the pages at {size} files"):
        _part(env, "pages.visitors", port, plan, result)


PART = [PYTHON, "-m"]


def _as_in_production(folder: str) -> dict[str, str]:
    """Production's settings, behind a proxy whose part the visitors play; mail goes nowhere."""
    return {
        "PIO_ENV": "production",
        "DJANGO_SETTINGS_MODULE": "pio_portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": NAME,
        "SITE_URL": f"https://{NAME}",
        "PROXY_COUNT": "1",
        "EMAIL_URL": "dummymail://",
        "VAR_DIR": folder,
        "LOG_LEVEL": "WARNING",
        "WEB_WORKERS": "2",
        "RATE_LIMITS": "false",  # a handful of visitors plays thousands
        "GUNICORN_CMD_ARGS": f"--access-logfile {folder}/access.log",
    }


def _part(env: dict[str, str], name: str, *arguments: object) -> None:
    """Run a part of the benchmark in a process of its own."""
    if code := run([*PART, f"benchmarks.{name}", *map(str, arguments)], env=env, cwd=CLONE):
        raise Refusal(f"the part `{name}` of the benchmark failed (exit code {code}).")


def _set_closing(env: dict[str, str]) -> str:
    """Let the round close when the minutes are over; the instant, in seconds since 1970."""
    opening = [*PART, "benchmarks.deadline.opening", str(MINUTES * 60)]
    return subprocess.check_output(opening, env=env, cwd=CLONE, text=True).strip()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
