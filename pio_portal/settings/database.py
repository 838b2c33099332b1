"""The database, and the standby that reports may read from."""

from pio_portal.settings.base import env

DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgresql://pio@localhost:5432/pio"),
}
# A streaming standby that reports read from (reporting/standby.py); empty: they read the primary.
if env.str("REPORT_DATABASE_URL", ""):
    DATABASES["reports"] = env.db_url("REPORT_DATABASE_URL")
    DATABASE_ROUTERS = ["common.database.ReportRouter"]
# Seconds that a report waits until the standby knows what the primary knows.
REPORT_DATABASE_PATIENCE = env.float("REPORT_DATABASE_PATIENCE", 1.0)
for _database in DATABASES.values():
    # A Unix socket arrives as ?host=/folder; Django wants it as HOST.
    _database["HOST"] = _database.get("OPTIONS", {}).pop("host", "") or _database["HOST"]
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
    _database["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DISABLE_SERVER_SIDE_CURSORS", False)
if "reports" in DATABASES:
    _options = DATABASES["reports"].setdefault("OPTIONS", {})
    # One that does not answer is not waited for: there is the primary. Seconds, and milliseconds.
    _options.setdefault("connect_timeout", 2)
    _options.setdefault("tcp_user_timeout", 10_000)
    # PgBouncer refuses what it can't keep per client; each report's transaction says it anyhow.
    if not DATABASES["reports"]["DISABLE_SERVER_SIDE_CURSORS"]:
        _options.setdefault("options", "-c default_transaction_read_only=on")
    DATABASES["reports"]["TEST"] = {"MIRROR": "default"}
DATABASES["default"]["TEST"] = {
    "NAME": env.str("TEST_DB_NAME", "test_pio"),
    "TEMPLATE": env.str("TEST_DB_TEMPLATE", "") or None,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
