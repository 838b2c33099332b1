"""`make bench-…`: the portal as production runs it, under load. Figures: docs/benchmarks.md."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.deadline import HOST as NAME
from benchmarks.deadline import MINUTES
from benchmarks.pages import SIZES
from devtools.console import say, step
from devtools.environment import CLONE, TO_RUN, prepare, prepare_pdf_libraries
from devtools.portal import (
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
from devtools.production import PART, as_in_production, free_port, run_part
from devtools.services import only_one


def bench_deadline() -> int:
    """300 authorities submit in the last two minutes; exit code 1 when anything went wrong."""
    began = time.monotonic()
    with only_one(CLONE, "bench"), tempfile.TemporaryDirectory(prefix="pio-bench-") as folder:
        prepare(TO_RUN)
        prepare_pdf_libraries()
        compile_messages()
        with running_services("bench", empty=True) as (env, services):
            env |= as_in_production(folder)
            port = free_port()
            plan, result = Path(folder, "plan.json"), Path(folder, "result.json")
            with step("Preparing the portal and the drafts"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                manage(env, "migrate", "--verbosity=0")
                run_part(env, "deadline.world", plan)
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
            env |= as_in_production(folder)
            with step("Preparing the files that were decided"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                run_part(env, "letters.world")
            result = Path(folder, "letters.json")
            with step("Making the letters"):
                run_part(env, "letters.watch", result, *pdf_worker())
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
            env |= as_in_production(folder)
            port = free_port()
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
            env |= as_in_production(folder)
            with step("Booking a large year"):
                Path(folder, "static").mkdir()
                manage(env, "collectstatic", "--noinput", "--verbosity=0")
                run_part(env, "report.world")
            with step("Asking the page and the spreadsheet"):
                run_part(env, "report.measure", folder)
            with step("Making the PDF, and bare"):
                # Each time in a process of its own, as old as the other; in turns, so that other
                # work on the machine meets both.
                for number, way in enumerate(["ours", "bare", "bare", "ours", "ours", "bare"]):
                    run_part(env, "report.paper", way, number, folder)
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
            env |= as_in_production(folder)
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
        run_part(env, "pages.world", size, plan)
    with step(f"Asking the pages at {size} files"):
        run_part(env, "pages.visitors", port, plan, result)


def _set_closing(env: dict[str, str]) -> str:
    """Let the round close when the minutes are over; the instant, in seconds since 1970."""
    opening = [*PART, "benchmarks.deadline.opening", str(MINUTES * 60)]
    return subprocess.check_output(opening, env=env, cwd=CLONE, text=True).strip()
