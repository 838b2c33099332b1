"""The OpenID Connect client: mozilla-django-oidc, with what ACM/IDM does in another way.

The claims stand in the ID token and there is no userinfo call; accounts are found by `vo_id`, never
by e-mail (`accounts.services.acm_idm`); endpoints may come from discovery; issuer, audience and
times of the token are checked too; the client may prove itself with a private key.
"""

import uuid
from pathlib import Path
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from accounts.oidc.provider import provider
from accounts.oidc.refusals import Refusal, SignInRefusedError
from common import clock

BACKEND = "accounts.oidc.backend.AcmIdmBackend"
CLOCK_SKEW = 30
"""Seconds that the clocks of the provider and of the portal may differ."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class AcmIdmBackend(OIDCAuthenticationBackend):
    """Made for every request, so it asks the provider nothing until a code comes in."""

    OIDC_RP_SIGN_ALGO = "RS256"

    def __init__(self) -> None:
        self.UserModel = get_user_model()

    @property
    def OIDC_OP_TOKEN_ENDPOINT(self) -> str:  # noqa: N802 - the library's name
        return provider().token

    @property
    def OIDC_OP_JWKS_ENDPOINT(self) -> str:  # noqa: N802 - the library's name
        return provider().jwks

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Nobody: a code is redeemed by the page that the provider sends people back to."""

    def get_user(self, user_id: int) -> Any:
        """The account, while it is open."""
        return self.UserModel.objects.filter(pk=user_id, is_active=True).first()

    def claims_of(
        self, *, code: str, nonce: str, code_verifier: str, redirect_uri: str
    ) -> dict[str, Any]:
        """Redeem the code and give what the verified ID token claims.

        Raises:
            SignInRefusedError: saying what was wrong with the code or the token.
        """
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": code_verifier,
            "redirect_uri": redirect_uri,
            "client_id": settings.OIDC_RP_CLIENT_ID,
            **self._proof_of_client(),
        }
        try:
            tokens = self.get_token(asked)
            claims = self._claims(tokens["id_token"])
        except requests.HTTPError as error:
            refused = error.response is not None and error.response.status_code < 500
            raise SignInRefusedError(Refusal.REPLAYED if refused else Refusal.DOWN) from error
        except requests.RequestException as error:
            raise SignInRefusedError(Refusal.DOWN) from error
        except jwt.ExpiredSignatureError as error:
            raise SignInRefusedError(Refusal.EXPIRED) from error
        except (jwt.PyJWTError, SuspiciousOperation, KeyError, TypeError, ValueError) as error:
            raise SignInRefusedError(Refusal.TOKEN) from error
        if not constant_time_compare(str(claims.get("nonce", "")), nonce):
            raise SignInRefusedError(Refusal.NONCE)
        if claims.get("azp", settings.OIDC_RP_CLIENT_ID) != settings.OIDC_RP_CLIENT_ID:
            raise SignInRefusedError(Refusal.TOKEN)
        return claims

    def _claims(self, token: str) -> dict[str, Any]:
        if jwt.get_unverified_header(token).get("alg") != self.OIDC_RP_SIGN_ALGO:
            raise SuspiciousOperation("Signed in another way than agreed.")
        claims: dict[str, Any] = jwt.decode(
            token,
            self.retrieve_matching_jwk(token),
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=settings.OIDC_RP_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=CLOCK_SKEW,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
        return claims

    def _proof_of_client(self) -> dict[str, str]:
        """The secret, or what the private key signed: one use, two minutes."""
        if not settings.OIDC_CLIENT_KEY_FILE:
            return {"client_secret": settings.OIDC_RP_CLIENT_SECRET}
        now = int(clock.now().timestamp())
        signed = jwt.encode(
            {
                "iss": settings.OIDC_RP_CLIENT_ID,
                "sub": settings.OIDC_RP_CLIENT_ID,
                "aud": provider().token,
                "jti": uuid.uuid4().hex,
                "iat": now,
                "exp": now + 120,
            },
            Path(settings.OIDC_CLIENT_KEY_FILE).read_text(),
            algorithm="RS256",
        )
        return {"client_assertion_type": _ASSERTION, "client_assertion": signed}
