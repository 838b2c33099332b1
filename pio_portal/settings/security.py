"""Web security: limits, which pages take files, and what the browser may do."""

from csp.constants import NONE, SELF

from pio_portal.settings.base import PIO_ENV, PRODUCTION, env
from pio_portal.settings.files import DATA_UPLOAD_MAX_MEMORY_SIZE
from pio_portal.settings.sign_in import (
    OIDC_ISSUER,
    OIDC_OP_AUTHORIZATION_ENDPOINT,
    OIDC_OP_END_SESSION_ENDPOINT,
)
from pio_portal.settings.workers import REDIS_URL

# Requests a minute of one person or one network address; 0: no limit. Far above what hands can do:
# a town hall of a hundred people may share one address (pio_portal/limits.py).
RATE_LIMITS = env.bool("RATE_LIMITS", PIO_ENV != "test")
REQUESTS_PER_MINUTE = {
    "person": env.int("RATE_PERSON", 600),
    "person_writes": env.int("RATE_PERSON_WRITES", 240),
    "address": env.int("RATE_ADDRESS", 3000),
    "address_writes": env.int("RATE_ADDRESS_WRITES", 300),
    "search": env.int("RATE_SEARCH", 600),
    "sign_in": env.int("RATE_SIGN_IN", 300),
    "reports": env.int("RATE_REPORTS", 60),
}
# Where the counts stand; sessions and the like do not need it, and without it nothing is counted.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "limits": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://", 1),
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    },
}
# Bytes of one request: of who is not signed in, of text, of the pages that take files.
BODY_LIMITS = {
    "small": 64 * 1024,
    "anonymous": 4 * 1024 * 1024,
    "text": DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024,
    "files": 110 * 1024 * 1024,
}
CSP_REPORT_PATH = "/csp-melding/"
SMALL_BODY_VIEWS = {
    *("operations:csp_report", "operations:live", "operations:ready", "operations:startup"),
    *("operations:metrics", "calls:stop_following"),
}
# Pages where a visitor may send a file: read once, never kept.
VISITORS_UPLOAD_VIEWS = {"documents:control"}
# Every page with a field for files (tests/portal/test_urls.py finds those that are not here).
UPLOAD_VIEWS = {
    "documents:control",
    *("projects:section", "projects:information", "projects:partner_part"),
    *("projects:obligation_deliver", "calls:document_add", "evaluations:upload_scores"),
    *("payments:organisation_accounts", "payments:bank_files", "reporting:double_subsidies"),
    *("funding:claim_new", "funding:request_new", "funding:request_rule"),
    *("funding:request_tender_document", "funding:agreement_sign", "funding:agreement_member_sign"),
}
# Signing in and out posts a form here that is answered by the way to the provider.
_provider_origins = sorted(
    {
        "/".join(address.split("/")[:3])
        for address in (OIDC_ISSUER, OIDC_OP_AUTHORIZATION_ENDPOINT, OIDC_OP_END_SESSION_ENDPOINT)
        if address
    }
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *_provider_origins],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": CSP_REPORT_PATH,  # the older way, which all browsers know
        "report-to": "csp",
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready|startup)$", r"^metrics$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
