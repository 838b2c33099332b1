"""How much and how often: large bodies are refused before they are read, floods wait a minute."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, reverse

from pio_portal.limits import WINDOW, Counted, counter, counts_of
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

NGINX = (Path(project_settings.BASE_DIR) / "deploy/nginx.conf").read_text()
MEGABYTE = 1024 * 1024


@pytest.fixture
def limits(settings: Any) -> Any:
    """Counting is on, in a cache of this test alone."""
    settings.RATE_LIMITS = True
    settings.CACHES = {
        **settings.CACHES,
        "limits": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "test_limits",
        },
    }
    caches["limits"].clear()
    settings.REQUESTS_PER_MINUTE = dict.fromkeys(settings.REQUESTS_PER_MINUTE, 0)
    return settings.REQUESTS_PER_MINUTE


def signed_in() -> Client:
    client = Client()
    client.force_login(UserFactory())
    return client


class TestHowOften:
    def test_the_last_one_that_fits_and_the_first_that_waits(self, limits: Any) -> None:
        limits["address"] = 3
        assert [Client().get("/").status_code for _time in range(4)] == [200, 200, 200, 429]

    def test_the_answer_says_how_long_in_dutch(self, limits: Any) -> None:
        limits["person_writes"] = 1
        client = signed_in()
        client.post("/taal/setlang/", {"language": "nl"})
        answer = client.post("/taal/setlang/", {"language": "nl"})
        page = answer.content.decode()
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= WINDOW + 1
        assert f"Wacht {answer['Retry-After']} seconden" in page
        assert "uw browser verstuurt alles opnieuw" in page
        assert answer["Cache-Control"] == "no-store"

    def test_a_town_hall_behind_one_address_is_many_people(self, limits: Any) -> None:
        limits.update(address=2, person=2)
        people = [signed_in() for _person in range(5)]
        assert [p.get("/mijn-gegevens/").status_code for p in people * 2] == [200] * 10
        assert people[0].get("/mijn-gegevens/").status_code == 429
        assert people[1].get("/health/live").status_code == 200

    def test_a_new_minute_begins_anew(self, limits: Any, time_machine: Any) -> None:
        limits["address"] = 1
        time_machine.move_to("2027-03-01 10:00:59+01:00", tick=False)
        assert [Client().get("/").status_code for _time in range(2)] == [200, 429]
        time_machine.move_to("2027-03-01 10:01:00+01:00", tick=False)
        assert Client().get("/").status_code == 200

    @pytest.mark.parametrize(
        ("method", "path", "names"),
        [
            ("get", "/oproepen/", ["address"]),
            ("get", "/oproepen/?q=riool", ["address", "search"]),
            ("post", "/oproepen/x/vragen/stellen/", ["address", "address_writes"]),
            ("post", "/aanmelden/", ["address", "sign_in"]),
            ("get", "/aanmelden/", ["address"]),
            ("post", "/csp-melding/", ["reports"]),
        ],
    )
    def test_what_a_visitor_adds_to(self, method: str, path: str, names: list[str]) -> None:
        request = getattr(RequestFactory(), method)(path)
        assert counts_of(request) == [Counted(name, "127.0.0.1") for name in names]

    def test_without_its_cache_everybody_goes_on(
        self, settings: Any, limits: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counter, "away_until", 0.0)
        settings.CACHES = {
            **settings.CACHES,
            "limits": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://127.0.0.1:9/0",
                "OPTIONS": {"socket_connect_timeout": 0.5},
            },
        }
        limits["address"] = 1
        assert [Client().get("/").status_code for _time in range(3)] == [200] * 3
        assert counter.away_until > 0
        monkeypatch.setattr(counter, "away_until", 0.0)

    def test_it_counts_in_redis(self, settings: Any) -> None:
        """The cache that production uses; its library must know the address of the broker."""
        cache = caches["limits"]
        try:
            cache.delete("limit:test:x:1")
        except Exception:
            pytest.skip("no broker here")
        assert [counter.add(Counted("test", "x"), 1) for _time in range(3)] == [1, 2, 3]


class Body(io.BytesIO):
    """Notes whether anybody read it."""

    was_read = False

    def read(self, *args: Any) -> bytes:
        self.was_read = True
        return super().read(*args)


def post(client: Client, path: str, size: int, kind: str = "text/plain") -> tuple[Any, bool]:
    body = Body(b"x" * 10)
    answer = client.generic(
        "POST", path, b"", kind, CONTENT_LENGTH=str(size), **{"wsgi.input": body}
    )
    return answer, body.was_read


class TestHowLarge:
    @pytest.mark.parametrize(
        "path", ["/aanmelden/", "/mijn-gegevens/", "/oproepen/", "/admin/login/"]
    )
    def test_a_visitor_sends_little_and_nothing_of_it_is_read(self, path: str) -> None:
        answer, was_read = post(Client(), path, 5 * MEGABYTE)
        assert (answer.status_code, was_read) == (413, False)
        assert "Meld u aan in een ander tabblad" in answer.content.decode()

    @pytest.mark.parametrize("path", ["/csp-melding/", "/health/live", "/bestaat-niet/"])
    def test_programs_send_almost_nothing(self, path: str) -> None:
        answer, was_read = post(Client(), path, 100 * 1024)
        assert (answer.status_code, was_read) == (413, False)

    def test_who_is_signed_in_sends_text_but_files_only_where_they_are_taken(self) -> None:
        client = signed_in()
        answer, was_read = post(client, "/mijn-gegevens/", 42 * MEGABYTE)
        assert (answer.status_code, was_read) == (413, False)
        assert "uw tekst staat er nog" in answer.content.decode()
        upload = reverse("projects:section", args=["PIO-1", "L"])
        assert post(client, upload, 42 * MEGABYTE)[0].status_code != 413
        answer, was_read = post(client, upload, 111 * MEGABYTE)
        assert (answer.status_code, was_read) == (413, False)

    def test_a_visitor_may_compare_a_document(self) -> None:
        path = reverse("documents:control", args=["pio-1-v1", "x"])
        assert post(Client(), path, 20 * MEGABYTE)[0].status_code != 413
        assert post(Client(), path, 42 * MEGABYTE)[0].status_code == 413

    def test_a_length_that_is_none_is_no_error(self) -> None:
        assert Client().get("/", CONTENT_LENGTH="veel").status_code == 200


def routes(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Each view by its full name with an address of it, filled with any values."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from routes(one, route, inner)
        elif one.name:
            filled = re.sub(r"<int:\w+>", "7", route)
            yield f"{space}{one.name}", re.sub(r"<(?:\w+:)?\w+>", "een-naam-2027", filled)


class TestTheProxyAgrees:
    def test_every_view_that_takes_files_exists_and_is_let_through(self) -> None:
        found = re.search(r"location ~ \^/(\(\?:.*\))/\$ \{\s+client_max_body_size (\d+)m;", NGINX)
        assert found is not None
        assert int(found[2]) * MEGABYTE == project_settings.BODY_LIMITS["files"]
        large = re.compile(f"{found[1]}/")
        addresses = dict(routes())
        assert set(addresses) >= project_settings.UPLOAD_VIEWS
        let_through = {name for name, path in addresses.items() if large.fullmatch(path)}
        assert let_through >= project_settings.UPLOAD_VIEWS
        assert not let_through & {"accounts:sign_in", "operations:csp_report", "home", "calls:list"}

    def test_text_and_reports(self) -> None:
        sizes = {int(size) for size in re.findall(r"client_max_body_size (\d+)m;", NGINX)}
        assert project_settings.BODY_LIMITS["text"] // MEGABYTE in sizes
        assert "location = /csp-melding/ {\n            client_max_body_size 64k;" in NGINX

    def test_the_proxy_is_wider_than_the_portal_and_counts_visitors_by_address(self) -> None:
        rates = {n: int(r) for n, r in re.findall(r"zone=(\w+):\d+m rate=(\d+)r/s", NGINX)}
        per_minute = project_settings.REQUESTS_PER_MINUTE
        assert rates["all"] * 60 >= per_minute["address"] + 10 * per_minute["person"]
        assert rates["sign_in"] * 60 >= per_minute["sign_in"]
        assert NGINX.count("limit_req_status 429;") == 1
        assert "client_body_timeout 30s;" in NGINX
        assert "client_header_timeout 15s;" in NGINX
