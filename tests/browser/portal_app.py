"""The portal as it runs for the browser tests: the demo, in a corner of the broker of its own.

Served as `gunicorn tests.browser.portal_app:application` and worked for by
`celery -A tests.browser.portal_app worker`; see tests/browser/server.py.
"""

import os
from collections.abc import Callable

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pio_portal.settings")

UNDEFINED = "!!undefined template variable: %s!!"


def refuse_undefined(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """An undefined variable on a page is a server error here, as it fails the other tests."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        mark = UNDEFINED.split("%")[0].encode()
        if not response.streaming and mark in response.content:
            name = response.content.split(mark)[1].split(b"!!")[0]
            raise AssertionError(f"Undefined in {request.path}: {name.decode()}")
        return response

    return middleware


settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UNDEFINED
settings.MIDDLEWARE.append(f"{__name__}.refuse_undefined")
# Everybody signs in many times: after the first time by a hash that costs nothing.
settings.PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
django.setup()

from pio_portal.celery import app  # noqa: E402 - only after setup
from pio_portal.wsgi import application  # noqa: E402

__all__ = ["app", "application"]

app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "global_keyprefix": os.environ["TEST_KEY_PREFIX"],
}
