"""`python3 -m devtools COMMAND`: what each target of the Makefile does."""

import argparse
import os
import signal
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the very message for those who have less
    sys.exit("PIO Portal needs Python 3.11 or newer: make run PYTHON=python3.11")

from devtools import benchmarks, chaos, checks, housekeeping, portal, rehearsing, testing
from devtools.console import Refusal, complain
from devtools.processes import die_with_parent, interrupt_on_signals

COMMANDS = {
    "run": portal.run_portal,
    "test": testing.run_tests,
    "check": checks.run_checks,
    "bench-deadline": benchmarks.bench_deadline,
    "bench-pdf": benchmarks.bench_pdf,
    "bench-pages": benchmarks.bench_pages,
    "bench-report": benchmarks.bench_report,
    "bench-audit": benchmarks.bench_audit,
    "chaos": chaos.chaos,
    "format": housekeeping.format_code,
    "lock": housekeeping.lock,
    "messages": housekeeping.make_messages,
    "rehearse-upgrade": rehearsing.rehearse_upgrade,
    "reset": housekeeping.reset,
    "shell": housekeeping.shell,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m devtools", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command = COMMANDS[parser.parse_args().command]
    interrupt_on_signals()
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)  # a killed `make` must not leave us behind
    try:
        return command()
    except Refusal as refusal:
        complain(f"make {parser.parse_args().command}: {refusal}")
        return 1
    except PermissionError as error:
        complain(f"{error.filename} belongs to somebody else: was this clone used as root before?")
        return 1
    except KeyboardInterrupt:
        complain("Interrupted.")
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
