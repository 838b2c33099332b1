"""From where somebody signs in: failed attempts are counted per person and place."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The visitor's address as the outermost of our own proxies (PROXY_COUNT) saw it.

    Each of our proxies adds or sets the last part of X-Forwarded-For; what a visitor writes in that
    header stands before those parts and is not read. None when no address is known.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    count = settings.PROXY_COUNT
    seen = hops[-count] if 0 < count <= len(hops) else ""
    for address in (seen, request.META.get("REMOTE_ADDR", "")):
        try:
            validate_ipv46_address(address)
        except ValidationError:
            continue
        return address
    return None
