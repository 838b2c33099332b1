"""`make check`: everything that can be wrong without running a test. All of it, always."""

import os
import secrets
import time

from devtools.console import say
from devtools.environment import CLONE, PYTHON, TO_TEST, VENV, prepare, prepare_tools
from devtools.processes import Command, run

TEST_ENV = {"PIO_ENV": "test"}


def production_env() -> dict[str, str]:
    """What `check --deploy` judges: our settings as a real installation has them."""
    return {
        "PIO_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "pio.example.be",
        "DEBUG": "false",
        "DEMO_LOGIN": "false",
    }


def checks() -> dict[str, tuple[Command, dict[str, str]]]:
    """Name -> command and extra environment, in the order in which they run."""
    module = [PYTHON, "-m"]
    # There is no database here: Django says so, and compares models with migrations all the same.
    manage = [PYTHON, "-W", "ignore::RuntimeWarning", "manage.py"]
    templates = sorted((CLONE / "templates").rglob("*.html"))
    return {
        "format": ([*module, "ruff", "format", "--check", "."], {}),
        "lint": ([*module, "ruff", "check", "."], {}),
        "types": ([*module, "mypy", "."], TEST_ENV),
        "imports": (
            [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
            TEST_ENV,
        ),
        "migrations": ([*manage, "makemigrations", "--check", "--dry-run"], TEST_ENV),
        "rights": ([*manage, "rights_matrix", "--check"], TEST_ENV),
        "deploy": (
            [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            production_env(),
        ),
        "templates": (
            [VENV / "bin" / "djade", "--check", "--target-version", "5.2", *templates],
            {},
        ),
        "template tags": ([*module, "djlint", "--lint", "--quiet", "templates"], {}),
        "translations": ([*manage, "check_translations"], TEST_ENV),
    }


def run_checks() -> int:
    """Run each check and end with a table; answers 1 when any of them failed."""
    prepare(TO_TEST)
    prepare_tools({"xgettext": "gettext"}, purpose="finding texts to translate")
    rows = []
    for name, (command, extra) in checks().items():
        say(f"==> {name}")
        begin = time.monotonic()
        code = run(command, cwd=CLONE, env={**os.environ, **extra})
        rows.append((name, code, time.monotonic() - begin))
    say("")
    for name, code, seconds in rows:
        say(f"{name:<14} {'FAILED' if code else 'ok':<7} {seconds:5.1f} s")
    return int(any(code for _name, code, _seconds in rows))
