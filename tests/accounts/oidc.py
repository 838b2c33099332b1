"""The provider of the tests as a running process, and a person who goes there and back."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client

from tests.accounts.oidc_provider import CLIENT, SECRET

GHENT = "0207451227"
"""KBO number of a town, with right check digits."""
TOWN: dict[str, Any] = {
    "vo_id": "vo-an",
    "given_name": "An",
    "family_name": "Peeters",
    "vo_email": "an@stad.example",
    "vo_doelgroepcode": "LB",
    "vo_orgcode": GHENT,
    "vo_orgnaam": "Stad Voorbeeld",
    "pio_portaal_rol_3d": [f"PIOAanvrager-indiener:{GHENT}"],
}


@dataclass
class Live:
    """A provider that answers on loopback."""

    issuer: str
    client_key: str

    @property
    def root(self) -> str:
        return self.issuer.removesuffix("/op")

    def order(self, fault: str = "", *, forget: bool = False, **claims: Any) -> None:
        """Who signs in next and what goes wrong; claims with None are left out."""
        said = {name: value for name, value in (TOWN | claims).items() if value is not None}
        ordered = {"claims": said, "fault": fault, "forget": forget}
        requests.post(f"{self.root}/_control", json=ordered, timeout=5).raise_for_status()

    def seen(self, at: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = requests.get(f"{self.root}/_seen", timeout=5).json()
        return [item for item in found if item["at"] == at]

    def way_back(self, client: Client, **fields: str) -> str:
        """Begin in the portal, sign in at the provider; the local address it sends one back to."""
        to = client.post("/aanmelden/acm-idm/", fields)
        assert to.status_code == 302, to.content
        back = requests.get(to["Location"], allow_redirects=False, timeout=5)
        assert back.status_code == 302, back.text
        parts = urlsplit(back.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def sign_in(self, client: Client, **fields: str) -> Any:
        return client.get(self.way_back(client, **fields))


@contextmanager
def live_provider() -> Iterator[Live]:
    """Start the provider; it stops with the block."""
    script = Path(__file__).with_name("oidc_provider.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Live(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def use(settings: Any, live: Live) -> None:
    """Let the portal sign people in at this provider."""
    settings.OIDC_ISSUER = live.issuer
    settings.OIDC_RP_CLIENT_ID = CLIENT
    settings.OIDC_RP_CLIENT_SECRET = SECRET
    settings.OIDC_TIMEOUT = 5
