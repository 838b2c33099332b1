"""The small targets: format, wipe, lock, collect translations, open a shell."""

import contextlib
import os
import shutil

from devtools.console import Refusal, say, step
from devtools.environment import CLONE, PYTHON, TO_RUN, TO_TEST, VENV, prepare, site_packages
from devtools.home import find_home, private_folder
from devtools.processes import run
from devtools.services import Services, only_one


def reset() -> int:
    """Remove the database, files and everything else under var/, here and in the private folder."""
    var = CLONE / "var"
    with contextlib.ExitStack() as locks:
        for name in ("run", "test", "bench"):
            locks.enter_context(only_one(CLONE, name))
        shutil.rmtree(private_folder(CLONE), ignore_errors=True)
        for path in var.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    say("The data is gone. `make run` starts afresh.")
    return 0


def lock() -> int:
    """Pin and hash the packages of requirements*.in again; UPGRADE=1 takes the newest versions."""
    prepare(TO_TEST)
    compile_ = [str(VENV / "bin" / "uv"), "pip", "compile", "--quiet", "--generate-hashes"]
    compile_ += ["--python-version", "3.11"]
    if os.environ.get("UPGRADE"):
        compile_.append("--upgrade")
    for target in TO_TEST:
        source = target.replace(".txt", ".in")
        with step(f"Locking {source}"):
            # Relative names: they end up in the header of the file.
            if run([*compile_, source, "-o", target], cwd=CLONE):
                raise Refusal(f"{source} could not be locked.")
    return 0


def format_code() -> int:
    """Format Python and templates, and repair what the linter can repair."""
    prepare(TO_TEST)
    ruff = [PYTHON, "-m", "ruff"]
    templates = [str(path) for path in sorted((CLONE / "templates").rglob("*.html"))]
    djade = [str(VENV / "bin" / "djade"), "--target-version", "5.2", *templates]
    run(djade, cwd=CLONE)  # its exit code says whether it changed something
    return run([*ruff, "check", "--fix", "."], cwd=CLONE) or run([*ruff, "format", "."], cwd=CLONE)


def make_messages() -> int:
    """Collect the texts to translate from code and templates (needs gettext), then compile them."""
    if not shutil.which("xgettext"):
        raise Refusal("collecting texts needs gettext: sudo apt-get install gettext")
    prepare(TO_RUN)
    makemessages = [PYTHON, "manage.py", "makemessages", "--locale", "en", "--no-obsolete"]
    makemessages += ["--add-location", "file", "--ignore", "var", "--ignore", "node_modules"]
    return run(makemessages, cwd=CLONE) or run([PYTHON, "-m", "devtools.translations"], cwd=CLONE)


def shell() -> int:
    """A Django shell on the database of the `make run` that is going on."""
    services = Services(find_home(CLONE, site_packages()), "run")
    env = {"DATABASE_URL": services.database_url, "REDIS_URL": services.broker_url, **os.environ}
    os.chdir(CLONE)
    os.execve(PYTHON, [str(PYTHON), "manage.py", "shell"], env)  # noqa: S606 - that is the purpose
