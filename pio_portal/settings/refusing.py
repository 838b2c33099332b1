"""What is not safe in production stops the portal at its start."""

from django.core.exceptions import ImproperlyConfigured

from pio_portal.settings.base import (
    ALLOWED_HOSTS,
    DEBUG,
    DEFAULT_SECRET_KEY,
    DEMO_LOGIN,
    PIO_ENV,
    PRODUCTION,
    SECRET_KEY,
)
from pio_portal.settings.sign_in import (
    OIDC_CLIENT_KEY_FILE,
    OIDC_HTTPS_ONLY,
    OIDC_ISSUER,
    OIDC_OP_AUTHORIZATION_ENDPOINT,
    OIDC_OP_END_SESSION_ENDPOINT,
    OIDC_OP_JWKS_ENDPOINT,
    OIDC_OP_TOKEN_ENDPOINT,
    OIDC_RP_CLIENT_ID,
    OIDC_RP_CLIENT_SECRET,
    OIDC_RP_SCOPES,
    STAFF_SECOND_FACTOR,
    STEP_UP,
)


def refuse_unsafe_production() -> None:
    """Stop at start-up rather than run unsafely.

    Raises:
        ImproperlyConfigured: naming the variable to set.
    """
    if PIO_ENV not in {"development", "test", "production"}:
        raise ImproperlyConfigured("PIO_ENV must be development, test or production.")
    if OIDC_HTTPS_ONLY:
        for name, address in {
            "OIDC_ISSUER": OIDC_ISSUER,
            "OIDC_OP_AUTHORIZATION_ENDPOINT": OIDC_OP_AUTHORIZATION_ENDPOINT,
            "OIDC_OP_TOKEN_ENDPOINT": OIDC_OP_TOKEN_ENDPOINT,
            "OIDC_OP_JWKS_ENDPOINT": OIDC_OP_JWKS_ENDPOINT,
            "OIDC_OP_END_SESSION_ENDPOINT": OIDC_OP_END_SESSION_ENDPOINT,
        }.items():
            if address and not address.startswith("https://"):
                raise ImproperlyConfigured(f"{name} must be an https address.")
    if not PRODUCTION:
        return
    if SECRET_KEY == DEFAULT_SECRET_KEY or len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("Set SECRET_KEY to a random value of 50 characters or more.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production.")
    if DEMO_LOGIN:
        raise ImproperlyConfigured("DEMO_LOGIN must be off in production.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the portal's host names.")
    if not STAFF_SECOND_FACTOR or not STEP_UP:
        raise ImproperlyConfigured("STAFF_SECOND_FACTOR and STEP_UP must be on in production.")
    if OIDC_ISSUER and not (OIDC_RP_CLIENT_ID and (OIDC_RP_CLIENT_SECRET or OIDC_CLIENT_KEY_FILE)):
        raise ImproperlyConfigured(
            "With OIDC_ISSUER, set OIDC_RP_CLIENT_ID and a secret or OIDC_CLIENT_KEY_FILE."
        )
    if "rrn" in OIDC_RP_SCOPES.split():
        raise ImproperlyConfigured("OIDC_RP_SCOPES must not ask for rrn.")
