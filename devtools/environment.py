"""The virtual environment, its pinned packages, and the few system libraries that wheels lack."""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.console import Refusal, complain, step
from devtools.processes import Command, run

CLONE = Path(__file__).resolve().parent.parent
VENV = CLONE / ".venv"
PYTHON = str(VENV / "bin" / "python")
TO_RUN = ("requirements.txt", "requirements-demo.txt")
TO_TEST = (*TO_RUN, "requirements-dev.txt")

# WeasyPrint opens these by name: library -> Debian package.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# Chromium without windows opens a page in two thirds of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def prepare(requirements: Sequence[str]) -> None:
    """Create .venv when missing and install the requirement files that changed since last time."""
    (CLONE / "var" / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise asks for it
    if not Path(PYTHON).exists():
        if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            if not install_system_packages(
                [f"python{version}-venv"], purpose="virtual environments"
            ):
                raise Refusal("Python cannot make a virtual environment yet: see above.")
        with step("Creating .venv"):
            _must([sys.executable, "-m", "venv", "--clear", VENV])
    wanted = {name: _fingerprint(CLONE / name) for name in requirements}
    stamps = {name: VENV / f".installed-{name}" for name in requirements}
    changed = [
        name
        for name, fingerprint in wanted.items()
        if not stamps[name].exists() or stamps[name].read_text() != fingerprint
    ]
    if not changed:
        return
    with step(f"Installing {', '.join(changed)} (the first time takes a minute or two)"):
        pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        files = [argument for name in changed for argument in ("-r", name)]
        # The lock is whole, so nothing is resolved: pip would otherwise refuse `coverage[toml]` as
        # unpinned as soon as a newer coverage exists than the one we pinned.
        _must([*pip, "--no-input", "--no-deps", "--require-hashes", *files])
    for name in changed:
        stamps[name].write_text(wanted[name])


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _must(command: Command) -> None:
    if code := run(command, cwd=CLONE):
        raise Refusal(f"this command failed (exit code {code}): {' '.join(map(str, command))}")


def site_packages() -> Path:
    """Where .venv keeps packages with compiled parts."""
    code = 'import sysconfig; print(sysconfig.get_path("platlib"))'
    return Path(subprocess.check_output([PYTHON, "-c", code], text=True).strip())


def prepare_pdf_libraries() -> None:
    """See to what WeasyPrint needs; without it everything works but PDF documents."""
    missing = [package for library, package in PDF_LIBRARIES.items() if not _loads(library)]
    if missing and sys.platform == "linux":
        install_system_packages(missing, purpose="PDF documents")


def prepare_browser() -> None:
    """See to Chromium for the browser tests; without it they are skipped, with the reason."""
    if "CHROMIUM" in os.environ or shutil.which(BROWSERS[0]):
        return
    may_install = os.geteuid() == 0 and shutil.which("apt-get")
    if may_install or not any(map(shutil.which, BROWSERS)):
        install_system_packages([BROWSERS[0], "fonts-liberation"], purpose="browser tests")


def prepare_tools(packages: Mapping[str, str], *, purpose: str) -> None:
    """See to command-line tools: command -> Debian package."""
    missing = [package for command, package in packages.items() if not shutil.which(command)]
    if missing:
        install_system_packages(missing, purpose=purpose)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(packages: Sequence[str], *, purpose: str) -> bool:
    """Install through apt as root, else say which command does; answers whether it is done."""
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        complain(f"Needed for {purpose}: sudo {' '.join(install)}")
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = CLONE / "var" / "apt.log"
    log.parent.mkdir(exist_ok=True)
    with step(f"Installing {' '.join(packages)} for {purpose} (apt)"), log.open("wb") as output:
        done = all(
            run(command, cwd=CLONE, env=env, output=output) == 0
            for command in (["apt-get", "update"], install)
        )
    if not done:
        complain(f"apt could not install {' '.join(packages)} for {purpose}: see {log}")
    return done
