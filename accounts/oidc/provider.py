"""Where the provider answers: from the settings, or from what it publishes itself."""

import time
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from accounts.oidc.refusals import Refusal, SignInRefusedError

REMEMBER = 3600
"""Seconds that what the provider publishes is kept."""
_known: dict[str, tuple[float, "Provider"]] = {}


@dataclass(frozen=True)
class Provider:
    """The addresses of one OpenID provider; `end_session` may be empty."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    end_session: str


def is_on() -> bool:
    """Whether people may sign in with ACM/IDM here."""
    return bool(settings.OIDC_ISSUER)


def provider() -> Provider:
    """The provider of the settings; its discovery document is asked for once an hour.

    Raises:
        SignInRefusedError: when it does not answer, or publishes something else.
    """
    issuer = settings.OIDC_ISSUER
    configured = Provider(
        issuer,
        settings.OIDC_OP_AUTHORIZATION_ENDPOINT,
        settings.OIDC_OP_TOKEN_ENDPOINT,
        settings.OIDC_OP_JWKS_ENDPOINT,
        settings.OIDC_OP_END_SESSION_ENDPOINT,
    )
    if configured.authorization and configured.token and configured.jwks:
        return configured
    at, known = _known.get(issuer, (0.0, configured))
    if at and time.monotonic() - at < REMEMBER:
        return known
    found = _discover(issuer)
    _known[issuer] = (time.monotonic(), found)
    return found


def _is_secure(found: Provider) -> bool:
    """What it publishes itself is held to the same as what stands in the settings."""
    addresses = (found.authorization, found.token, found.jwks, found.end_session)
    return not settings.OIDC_HTTPS_ONLY or all(
        address.startswith("https://") for address in addresses if address
    )


def _discover(issuer: str) -> Provider:
    try:
        response = requests.get(
            f"{issuer}/.well-known/openid-configuration", timeout=settings.OIDC_TIMEOUT
        )
        response.raise_for_status()
        published: Any = response.json()
        found = Provider(
            published["issuer"].rstrip("/"),
            published["authorization_endpoint"],
            published["token_endpoint"],
            published["jwks_uri"],
            published.get("end_session_endpoint", ""),
        )
    except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignInRefusedError(Refusal.DOWN) from error
    if found.issuer != issuer or not _is_secure(found):
        raise SignInRefusedError(Refusal.DOWN)
    return found
