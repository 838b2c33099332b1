"""What can be known of the production set-up without an engine to run it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools.environment import CLONE

COMPOSE: dict[str, Any] = yaml.safe_load((CLONE / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (CLONE / ".env.example").read_text()
READ_BY_OTHERS = {"CHROMIUM", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def variables_in(path: Path) -> set[str]:
    read = path.read_text()
    return set(re.findall(r'\benv\.\w+\(\s*"([A-Z0-9_]+)"', read)) | set(
        re.findall(r'os\.environ\.get\("([A-Z0-9_]+)"', read)
    )


def test_env_example_documents_every_variable() -> None:
    """And no other: those of settings, gunicorn, docker-compose.yml, the browser and buckets."""
    settings = (CLONE / "pio_portal" / "settings").glob("*.py")
    read = set[str]().union(*map(variables_in, settings))
    read |= variables_in(CLONE / "deploy" / "gunicorn.conf.py")
    read |= set(re.findall(r"\$\{([A-Z0-9_]+)", (CLONE / "docker-compose.yml").read_text()))
    assert (
        set(re.findall(r"^#?([A-Z0-9_]+)=", EXAMPLE, flags=re.MULTILINE)) == read | READ_BY_OTHERS
    )


def test_env_example_holds_no_secret() -> None:
    assert re.findall(r"^(?:SECRET_KEY|POSTGRES_PASSWORD)=(.*)$", EXAMPLE, flags=re.M) == ["", ""]


def test_compose_has_every_part() -> None:
    assert set(SERVICES) == {
        "migrate",
        "web",
        "worker-default",
        "worker-mail",
        "worker-pdf",
        "worker-rehearsal",
        "beat",
        "postgres",
        "redis",
        "clamav",
        "proxy",
    }


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "web"}))
def test_every_lasting_service_restarts_and_is_checked(name: str) -> None:
    """web's check stands in the image itself."""
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["backend"]
    assert COMPOSE["networks"]["backend"] == {"internal": True}


def test_every_queue_of_the_settings_has_a_worker(settings: Any) -> None:
    command = " ".join(
        part for service in SERVICES.values() for part in service.get("command", [])
    ).replace("=", " ")
    served = set(re.findall(r"--queues (\w+)", command))
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert served == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_the_image_runs_unprivileged_without_secret_or_embedded_database() -> None:
    dockerfile = (CLONE / "Dockerfile").read_text()
    final_stage = dockerfile.split("\nFROM base\n")[1]
    assert "\nUSER pio\n" in final_stage
    assert not re.findall(r"^\s*(?:ENV|ARG)\b.*(?:SECRET|PASSWORD)", dockerfile, flags=re.M)
    assert "requirements-demo" not in dockerfile
    ignored = (CLONE / ".dockerignore").read_text().splitlines()
    assert {".*", "requirements*", "deploy/tls", "var"} <= set(ignored)
