"""What every template knows about the portal."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dashboard.navigation import staff_navigation
from operations.selectors import what_waits


def portal(request: HttpRequest) -> dict[str, Any]:
    """`portal`: demo flag, environment, contact, and the side navigation for staff pages.

    `what_waits` is asked by the staff pages alone; other pages pay nothing for it.
    """
    return {
        "portal": {
            "demo": settings.DEMO_LOGIN,
            "environment": settings.PIO_ENV,
            "contact_email": settings.CONTACT_EMAIL,
            "staff_nav": staff_navigation(request),
            "what_waits": what_waits,
        }
    }
