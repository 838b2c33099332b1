"""`make test`: every test, against a PostgreSQL and a broker of their own."""

import os
import shlex
import signal

from devtools.environment import (
    CLONE,
    PYTHON,
    TO_TEST,
    prepare,
    prepare_browser,
    prepare_pdf_libraries,
    prepare_tools,
)
from devtools.portal import compile_messages, running_services
from devtools.processes import Child, launch, stop_all, undisturbed
from devtools.schema import make_template
from devtools.services import only_one

# A file as a whole, the longest first: see tests/workers.py. Three at a time for the two cores of
# CI, because browser and concurrency tests wait more than they work.
WHOLE_SUITE = ["-q", "-n", "3", "--dist", "loadfile"]


def run_tests() -> int:
    """Run pytest with the arguments of ARGS; its closing line is the last thing on the screen."""
    with only_one(CLONE, "test"):
        prepare(TO_TEST)
        prepare_pdf_libraries()
        prepare_browser()
        prepare_tools({"pdftotext": "poppler-utils"}, purpose="tests that read PDF documents")
        prepare_tools({"soffice": "libreoffice-calc-nogui"}, purpose="tests that recompute sheets")
        prepare_tools({"pgbouncer": "pgbouncer"}, purpose="tests with a pool before the database")
        compile_messages()
        with running_services("test", for_tests=True) as (env, services):
            env["PIO_ENV"] = "test"
            if services.has_postgres:
                make_template(services, env)
            # A dozen processes read the same thousand files: only the first should compile them.
            env.pop("PYTHONDONTWRITEBYTECODE", None)
            arguments = shlex.split(os.environ.get("ARGS", "")) or WHOLE_SUITE
            # Standard input stays ours, for --pdb.
            process = launch([PYTHON, "-m", "pytest", *arguments], env=env, cwd=CLONE, stdin=None)
            try:
                return process.wait()
            finally:
                with undisturbed():  # an interrupt lets pytest end its fixtures, so their servers
                    stop_all([Child("pytest", process, [(signal.SIGINT, 30), (signal.SIGTERM, 5)])])
