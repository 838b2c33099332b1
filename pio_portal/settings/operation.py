"""Operation: how the portal watches over itself, the record of what happened, and the log."""

from pio_portal.settings.base import PRODUCTION, env

# --- How the portal watches over itself (docs/operations.md) ------------------------------------
# Where beat asks each minute whether the web server is ready; empty: it does not ask.
WEB_PROBE_URL = env.str("WEB_PROBE_URL", "")
HEARTBEAT_SILENCE_MINUTES = env.int("HEARTBEAT_SILENCE_MINUTES", 5)
HEARTBEAT_DAYS = env.int("HEARTBEAT_DAYS", 90)
# From how many minutes a gap is an outage, and until how many hours after it a closing suffered.
OUTAGE_MINUTES = env.int("OUTAGE_MINUTES", 5)
OUTAGE_SHADOW_HOURS = env.int("OUTAGE_SHADOW_HOURS", 24)
# Where `manage.py backup` writes, and how many it keeps; empty: backups are made elsewhere.
BACKUP_DIR = env.str("BACKUP_DIR", "")
BACKUP_COUNT = env.int("BACKUP_COUNT", 14)
# When the doctor speaks up: a backup older than so many hours, a restore test than so many days,
# and less than so many GB (of 1,000,000,000 bytes) free for files.
BACKUP_HOURS = env.int("BACKUP_HOURS", 26)
RESTORE_TEST_DAYS = env.int("RESTORE_TEST_DAYS", 90)
FREE_GIGABYTES = env.int("FREE_GIGABYTES", 2)
# Who may read /metrics: a bearer token, or addresses and networks; neither: nobody (404).
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=[])
# No upgrade within so many hours of a closing (`manage.py deploy_guard`).
DEPLOY_GUARD_HOURS = env.int("DEPLOY_GUARD_HOURS", 24)

# --- Record -------------------------------------------------------------------------------------
AUDIT_HISTORY = "pio_portal.history"  # which tables keep what changed in their rows
# Different refused attempts of one person that are listed per hour; more are counted together.
AUDIT_REFUSALS_PER_HOUR = env.int("AUDIT_REFUSALS_PER_HOUR", 100)

# --- Logs: JSON in production, readable elsewhere; never personal data --------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structlog": {"()": "pio_portal.logs.formatter", "json": PRODUCTION}},
    "filters": {"task_failure": {"()": "pio_portal.logs.TaskFailureFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structlog"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django_structlog": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
        # It names who failed to sign in; that stands in its own tables.
        "axes": {"level": "ERROR"},
        "celery.app.trace": {"filters": ["task_failure"]},
    },
}
# The id of a request goes with every task that it wakes; no address of a visitor.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
