"""What browsers refused on our pages is counted, and nothing of a person with it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.roles import StaffRole
from common.moments import today
from operations.csp_reports import MOST_REPORTS
from operations.models import CspReport
from operations.services import remove_old_csp_reports
from operations.services.csp_reports import MOST_KINDS
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/csp-melding/"


def old(**changes: Any) -> dict[str, Any]:
    """As browsers send to report-uri."""
    told = {
        "document-uri": "https://pio.example.be/voorstellen/PIO-2027-1-001/deel/L/?q=An+Peeters",
        "violated-directive": "script-src 'self'",
        "effective-directive": "script-src-elem",
        "blocked-uri": "inline",
        "script-sample": "An Peeters",
    }
    return {"csp-report": told | changes}


def new(**changes: Any) -> dict[str, Any]:
    """As browsers send to report-to, several at once."""
    told = {
        "documentURL": "https://pio.example.be/oproepen/",
        "effectiveDirective": "img-src",
        "blockedURL": "https://Elders.example/beeld.png?wie=An",
    }
    return {"type": "csp-violation", "user_agent": "x", "body": told | changes}


def tell(report: Any, kind: str = "application/csp-report") -> int:
    body = report if isinstance(report, bytes) else json.dumps(report).encode()
    client = Client(enforce_csrf_checks=True)
    return client.generic("POST", ADDRESS, body, content_type=kind).status_code


def counted() -> list[tuple[str, str, str, int]]:
    found = CspReport.objects.order_by("directive", "blocked", "page")
    return [(one.directive, one.blocked, one.page, one.count) for one in found]


def test_both_shapes_are_counted_without_a_word_of_a_person() -> None:
    assert tell(old()) == tell(old()) == tell([new(), new()], "application/reports+json") == 204
    assert counted() == [
        ("img-src", "elders.example", "calls:list", 2),
        ("script-src-elem", "inline", "projects:section", 2),
    ]


@pytest.mark.parametrize(
    ("report", "kept"),
    [
        (new(blockedURL="chrome-extension://abc/x.js"), ("img-src", "extension", "calls:list")),
        (new(blockedURL="data"), ("img-src", "data", "calls:list")),
        (new(blockedURL="data:image/png;base64,An"), ("img-src", "data", "calls:list")),
        (new(blockedURL="An Peeters"), ("img-src", "other", "calls:list")),
        (new(blockedURL="https://[x"), ("img-src", "other", "calls:list")),
        (new(effectiveDirective="An Peeters"), ("other", "elders.example", "calls:list")),
        (new(documentURL="https://x/An/Peeters"), ("img-src", "elders.example", "other")),
        (new(documentURL=7, blockedURL=None), ("img-src", "other", "other")),
    ],
)
def test_what_is_strange_becomes_a_word_of_ours(report: Any, kept: tuple[str, ...]) -> None:
    assert tell([report]) == 204
    assert counted() == [(*kept, 1)]


@pytest.mark.parametrize(
    "body",
    [b"", b"geen json", b"7", b"[7]", b"{}", b'{"csp-report": 7}', b"\xff\xfe", b"[" * 5000],
)
def test_nonsense_counts_nothing(body: bytes) -> None:
    assert tell(body) == 204
    assert counted() == []


def test_a_flood_fills_neither_a_message_nor_a_day() -> None:
    assert tell([new()] * 100) == 204
    assert counted()[0][3] == MOST_REPORTS
    CspReport.objects.bulk_create(
        CspReport(day=today(), directive="img-src", blocked=f"{n}.example", page="x", count=1)
        for n in range(MOST_KINDS)
    )
    tell([new(), new(blockedURL="https://nieuw.example/"), new(blockedURL="https://nog.example/")])
    assert CspReport.objects.count() == MOST_KINDS + 2
    assert CspReport.objects.get(directive="other").count == 2


def test_it_is_posted_only() -> None:
    assert Client().get(ADDRESS).status_code == 405


def test_old_counts_go() -> None:
    for days in (90, 91):
        CspReport.objects.create(
            day=today() - timedelta(days=days), directive="img-src", blocked="x", page="y"
        )
    assert remove_old_csp_reports() == 1


def test_staff_see_the_last_week(client: Client) -> None:
    tell(old())
    CspReport.objects.create(
        day=today() - timedelta(days=8), directive="font-src", blocked="oud.example", page="y"
    )
    client.force_login(UserFactory(roles=[StaffRole.ADMINISTRATOR]))
    page = client.get("/beheer/werking/").content.decode()
    assert "script-src-elem" in page
    assert "oud.example" not in page


def test_every_page_tells_browsers_where(client: Client) -> None:
    answer = client.get("/")
    assert answer["Reporting-Endpoints"] == f'csp="{ADDRESS}"'
    policy = answer["Content-Security-Policy"]
    assert f"report-uri {ADDRESS}" in policy
    assert "report-to csp" in policy
