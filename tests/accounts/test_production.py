"""Production does not start with a sign-in that is not safe."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from pio_portal.settings import refusing

SAFE: dict[str, Any] = {
    "PIO_ENV": "production",
    "PRODUCTION": True,
    "SECRET_KEY": "x" * 60,
    "DEBUG": False,
    "DEMO_LOGIN": False,
    "ALLOWED_HOSTS": ["pio.example.be"],
    "STAFF_SECOND_FACTOR": True,
    "STEP_UP": True,
    "OIDC_HTTPS_ONLY": True,
    "OIDC_ISSUER": "https://authenticatie.example.be/op",
    "OIDC_RP_CLIENT_ID": "pio",
    "OIDC_RP_CLIENT_SECRET": "geheim",
    "OIDC_RP_SCOPES": "openid profile vo",
}


@pytest.mark.parametrize(
    ("unsafe", "says"),
    [
        ({}, None),
        ({"DEMO_LOGIN": True}, "DEMO_LOGIN"),
        ({"STAFF_SECOND_FACTOR": False}, "STAFF_SECOND_FACTOR"),
        ({"STEP_UP": False}, "STEP_UP"),
        ({"OIDC_ISSUER": "http://authenticatie.example.be/op"}, "https"),
        ({"OIDC_OP_TOKEN_ENDPOINT": "http://authenticatie.example.be/token"}, "TOKEN_ENDPOINT"),
        ({"OIDC_OP_JWKS_ENDPOINT": "http://authenticatie.example.be/jwks"}, "JWKS_ENDPOINT"),
        ({"OIDC_RP_CLIENT_SECRET": ""}, "OIDC_CLIENT_KEY_FILE"),
        ({"OIDC_RP_SCOPES": "openid rrn vo"}, "rrn"),
    ],
)
def test_what_is_unsafe_is_named(
    monkeypatch: pytest.MonkeyPatch, unsafe: dict[str, Any], says: str | None
) -> None:
    for name, value in (SAFE | unsafe).items():
        monkeypatch.setattr(refusing, name, value)
    if says is None:
        refusing.refuse_unsafe_production()
        return
    with pytest.raises(ImproperlyConfigured, match=says):
        refusing.refuse_unsafe_production()
