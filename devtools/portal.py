"""`make run`: the whole portal on this machine, until Ctrl-C."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

from devtools.console import Refusal, say, step
from devtools.environment import (
    CLONE,
    PYTHON,
    TO_RUN,
    prepare,
    prepare_pdf_libraries,
    site_packages,
)
from devtools.home import find_home
from devtools.processes import Supervisor, run, undisturbed
from devtools.services import Services, only_one

HOST = "127.0.0.1"
ADDRESSES = ("DATABASE_URL", "REDIS_URL")
START_PATIENCE = 60  # seconds for the web server to answer
# As root Celery warns at length; here it serves one developer on one machine.
CELERY = [PYTHON, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet"]
CELERY += ["--app", "pio_portal"]
WORKER = [*CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
# A worker first finishes what it does; then it gives its task back to the broker.
WORKER_FAREWELL = [(signal.SIGTERM, 10), (signal.SIGQUIT, 3)]


def run_portal() -> int:
    """Prepare everything, start it, and stay until interrupted."""
    port = _free_port(os.environ.get("PORT") or "8000")
    with only_one(CLONE, "run"):
        prepare(TO_RUN)
        prepare_pdf_libraries()
        with running_services("run") as (env, services):
            env.setdefault("SITE_URL", f"http://{HOST}:{port}")
            env.setdefault("BACKUP_DIR", f"{CLONE}/var/backups")
            env.setdefault("WEB_PROBE_URL", f"http://{HOST}:{port}/health/ready")
            # The address and the accounts must not scroll away behind every finished job.
            env.setdefault("LOG_LEVEL", "WARNING")
            env.setdefault("EMAIL_URL", "dummymail://")  # mails are read at /mailbox/
            migrate_and_load(env)
            supervisor = Supervisor(also=services.children)
            try:
                start_portal(supervisor, env, port)
                supervisor.watch(lambda: answers(port), patience=START_PATIENCE)
                _welcome(env, port)
                supervisor.watch(lambda: False)
            except KeyboardInterrupt:
                say("Stopping …")
                return 0
            finally:
                with undisturbed():
                    supervisor.stop()
    return 0


@contextlib.contextmanager
def running_services(
    name: str, *, for_tests: bool = False, empty: bool = False
) -> Iterator[tuple[dict[str, str], Services]]:
    """PostgreSQL and broker for those of DATABASE_URL and REDIS_URL that are not set.

    `empty`: both, without data, whatever is set.
    """
    env = dict(os.environ)
    if empty:
        env = {key: value for key, value in env.items() if key not in ADDRESSES}
    postgres, broker = "DATABASE_URL" not in env, "REDIS_URL" not in env
    home = find_home(CLONE, site_packages())
    services = Services(home, name, for_tests=for_tests, empty=empty)
    try:
        if postgres or broker:
            with step("Starting " + " and ".join(["PostgreSQL"] * postgres + ["broker"] * broker)):
                env |= services.start(postgres=postgres, broker=broker)
        yield env, services
    finally:
        with undisturbed():
            services.stop()


def migrate_and_load(env: dict[str, str]) -> None:
    """Bring the database and its demo data up to date; both may be repeated."""
    compile_messages()
    with step("Bringing the database up to date"):
        manage(env, "migrate", "--verbosity=0")
    with step("Loading the demo data"):
        manage(env, "load_demo")


def compile_messages() -> None:
    """Make the .mo files of the translations that changed."""
    if run([PYTHON, "-m", "devtools.translations"], cwd=CLONE):
        raise Refusal("the translations could not be compiled.")


def manage(env: dict[str, str], *arguments: str) -> None:
    """Run a Django management command."""
    if code := run([PYTHON, "manage.py", *arguments], cwd=CLONE, env=env):
        raise Refusal(f"`manage.py {' '.join(arguments)}` failed (exit code {code}).")


def _free_port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refusal(f"PORT={text} is not a port number.")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, int(text)))
        except PermissionError:
            raise Refusal(f"port {text} is for root only: choose one above 1023.") from None
        except OSError:
            raise Refusal(
                f"port {text} is taken: choose another, as in `make run PORT=8001`."
            ) from None
    return int(text)


def start_portal(
    supervisor: Supervisor, env: dict[str, str], port: int, application: str = "pio_portal.wsgi"
) -> None:
    """Start web, workers and beat; `application` is what gunicorn serves."""
    quick = [*WORKER, "--hostname", "default@%h", "--queues", "default,mail", "--concurrency", "1"]
    play = ["nice", "-n", "10"] if shutil.which("nice") else []
    play += [*WORKER, "--hostname", "rehearsal@%h", "--queues", "rehearsal"]
    play += ["--concurrency", "1"]
    beat = [
        *CELERY,
        "beat",
        "--schedule",
        f"{env.get('VAR_DIR', f'{CLONE}/var')}/beat-schedule",
        "--pidfile",
        "",
    ]
    for name, command, farewell in (
        ("worker", quick, WORKER_FAREWELL),
        ("worker-pdf", pdf_worker(), WORKER_FAREWELL),
        ("worker-rehearsal", play, WORKER_FAREWELL),
        ("beat", beat, [(signal.SIGTERM, 5)]),
    ):
        # A worker would wait for the broker, which goes too; its pool notices by itself.
        death_signal = signal.SIGKILL if farewell is WORKER_FAREWELL else signal.SIGTERM
        supervisor.start(
            name, command, env=env, cwd=CLONE, farewell=farewell, death_signal=death_signal
        )
    start_web(supervisor, env, port, application)


def start_web(
    supervisor: Supervisor, env: dict[str, str], port: int, application: str = "pio_portal.wsgi"
) -> None:
    """Start the web server alone."""
    web = [PYTHON, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    web += ["--bind", f"{HOST}:{port}", application]
    if os.environ.get("RELOAD"):
        web.append("--reload")
    supervisor.start(
        "web",
        web,
        env=env,
        cwd=CLONE,
        farewell=[(signal.SIGTERM, 10)],
        death_signal=signal.SIGTERM,
    )


def pdf_worker() -> list[str | Path]:
    """The worker that makes documents.

    Rendering takes memory that Python gives back only when the process ends; and documents wait
    while people need the processor, as docker-compose.yml has it.
    """
    command = ["nice", "-n", "10"] if shutil.which("nice") else []
    command += [*WORKER, "--hostname", "pdf@%h", "--queues", "pdf", "--concurrency", "1"]
    return [*command, "--max-tasks-per-child", "50", "--max-memory-per-child", "800000"]


def answers(port: int, name: str = HOST) -> bool:
    """Whether the web server answers to this name."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/live", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(env: dict[str, str], port: int) -> None:
    say("")
    say(f"PIO Portal answers at http://{HOST}:{port}/")
    manage(env, "demo_accounts")
    say("Stop with Ctrl-C.")
