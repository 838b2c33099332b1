"""One setting gives reports a standby; tests/concurrency/test_standby.py has a real one."""

import runpy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.environment import CLONE
from operations.checks import CHECKS, Level
from reporting.standby import read_for_report


@pytest.mark.django_db
def test_without_it_nothing_is_asked() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert read_for_report(lambda: "x") == "x"
        assert CHECKS["standby"].test(full=False).level == Level.OK
    assert len(asked) == 0


def settings_with(monkeypatch: pytest.MonkeyPatch, **env: str) -> tuple[Any, list[str]]:
    """Databases and routers, as settings/database.py makes them of the environment."""
    with monkeypatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        found = runpy.run_path(str(CLONE / "pio_portal" / "settings" / "database.py"))
    return found["DATABASES"], found.get("DATABASE_ROUTERS", [])


def test_with_it_the_standby_is_read_only_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    databases, routers = settings_with(monkeypatch, REPORT_DATABASE_URL="")
    assert (list(databases), routers) == (["default"], [])

    url = "postgresql://pio_reports:secret@standby:5433/pio"
    databases, routers = settings_with(monkeypatch, REPORT_DATABASE_URL=url, CONN_MAX_AGE="7")
    found = databases["reports"]
    assert routers == ["common.database.ReportRouter"]
    assert [found[key] for key in ("HOST", "PORT", "NAME", "USER", "CONN_MAX_AGE")] == [
        *("standby", 5433, "pio", "pio_reports", 7)
    ]
    assert found["OPTIONS"] == {
        "connect_timeout": 2,
        "tcp_user_timeout": 10_000,
        "options": "-c default_transaction_read_only=on",
    }
    assert found["TEST"] == {"MIRROR": "default"}
    pool = {"DISABLE_SERVER_SIDE_CURSORS": "true"}
    url += "?connect_timeout=5"
    databases, _routers = settings_with(monkeypatch, REPORT_DATABASE_URL=url, **pool)
    assert databases["reports"]["OPTIONS"] == {"connect_timeout": 5, "tcp_user_timeout": 10_000}
