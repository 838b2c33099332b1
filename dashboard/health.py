"""Probes for who runs the portal: is the process alive, and can it work? Never personal data."""

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

BROKER_TIMEOUT = 2  # seconds


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is touched."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and broker answer; 503 when the database does not.

    Without a broker pages still work and rows wait for the sweep, so that is reported, not refused.
    """
    checks = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(
        {
            "status": "ok" if all(checks.values()) else "degraded",
            "checks": {name: "ok" if works else "unreachable" for name, works in checks.items()},
        },
        status=200 if checks["database"] else 503,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write(transport_options={}) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT)
    except Exception:  # each transport has errors of its own
        return False
    return True
