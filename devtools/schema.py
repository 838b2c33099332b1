"""The empty database that the tests start from: migrated once, then only copied.

Django draws every model anew after each step of each migration, which takes far longer than
PostgreSQL takes to build the tables. So the outcome is kept as SQL beside the services until a
migration or a requirement changes.
"""

import hashlib
from pathlib import Path

from devtools.console import step
from devtools.environment import CLONE
from devtools.portal import manage
from devtools.services import Services

TEMPLATE = "pio_template"


def make_template(services: Services, env: dict[str, str]) -> None:
    """Give this server the database TEMPLATE, and name it to the tests (TEST_DB_TEMPLATE)."""
    services.create_database(TEMPLATE)
    fill(services, env, TEMPLATE)
    env["TEST_DB_TEMPLATE"] = TEMPLATE


def fill(services: Services, env: dict[str, str], database: str) -> None:
    """Give an empty database of this server all tables, as the migrations leave them."""
    kept = services.folder.parent / "schema" / f"{_key()}.sql"
    if kept.exists():
        with step("Copying the tables"):
            services.restore(database, kept)
        return
    with step("Building the tables"):
        url = services.database_url.replace("/pio?", f"/{database}?")
        manage({**env, "DATABASE_URL": url}, "migrate", "--verbosity=0")
        for outdated in kept.parent.glob("*.sql"):
            outdated.unlink()
        services.dump(database, kept)


def _key() -> str:
    """Of everything that the tables follow from: our migrations and those of the libraries."""
    content = hashlib.sha256((CLONE / "requirements.txt").read_bytes())
    for migration in sorted(Path(CLONE).glob("*/migrations/*.py")):
        content.update(migration.relative_to(CLONE).as_posix().encode())
        content.update(migration.read_bytes())
    return content.hexdigest()[:16]
