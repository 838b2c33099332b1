"""What every visitor gets with a page: the headers themselves are looked at in test_urls.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone


def test_a_weakness_can_be_reported(client: Client) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"] == "mailto:pio@example.invalid"
    ends = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=170) < ends - timezone.now() < timedelta(days=365)


@pytest.mark.django_db
def test_a_page_may_not_be_shown_in_a_frame(client: Client) -> None:
    answer = client.get("/")
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_forged_host_gets_no_page_and_leads_nowhere(client: Client) -> None:
    """Nor does what a proxy of somebody else claims."""
    assert client.get("/", headers={"host": "kwaad.example"}).status_code == 400
    claimed = client.get("/mijn/", headers={"x-forwarded-host": "kwaad.example"})
    assert claimed["Location"] == "/aanmelden/?next=/mijn/"
    page = client.get("/wachtwoord/vergeten/", headers={"x-forwarded-host": "kwaad.example"})
    assert (page.status_code, b"kwaad.example" in page.content) == (200, False)
