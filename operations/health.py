"""Probes for who runs the portal. Never personal data, and nothing that costs."""

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from documents import clamd
from documents import conf as documents_conf
from documents import registry as documents
from notifications import registry as notifications

BROKER_TIMEOUT = 2  # seconds
SCANNER_TIMEOUT = 2


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is touched. Fails: start the process again."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database and broker answer; 503 when the database does not. Fails: send no visitors here.

    Without a broker or a virus scanner pages still work and rows wait for the sweep, so that is
    reported, not refused.
    """
    checks = {"database": database_answers(), "broker": broker_answers()}
    if documents_conf.clamd_address():
        checks["scanner"] = scanner_answers()
    return JsonResponse(
        {
            "status": "ok" if all(checks.values()) else "degraded",
            "checks": {name: "ok" if works else "unreachable" for name, works in checks.items()},
        },
        status=200 if checks["database"] else 503,
    )


@never_cache
@require_safe
def startup(request: HttpRequest) -> JsonResponse:
    """Every migration is applied and every room registered itself; else 503. Fails: wait."""
    checks = {"migrations": not missing_migrations(), "registry": registry_is_loaded()}
    return JsonResponse(
        {
            "status": "ok" if all(checks.values()) else "starting",
            "checks": {name: "ok" if works else "missing" for name, works in checks.items()},
        },
        status=200 if all(checks.values()) else 503,
    )


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    try:
        with current_app.connection_for_write(transport_options={}) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT)
    except Exception:  # each transport has errors of its own
        return False
    return True


def scanner_answers() -> bool:
    return clamd.answers(address=documents_conf.clamd_address(), timeout=SCANNER_TIMEOUT)


def missing_migrations() -> list[str]:
    """Names of the migrations that the database lacks; ["?"] when it cannot say."""
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return ["?"]
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def registry_is_loaded() -> bool:
    return bool(documents.all_declarations()) and bool(notifications.all_rules())
