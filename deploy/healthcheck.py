"""Container health of the web server. Workers and beat are asked with `manage.py probe`."""

import http.client
import os
import sys


def web_is_well() -> bool:
    """The portal only answers to its own names: ask under the first of them."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip("*.") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        connection.request("GET", "/health/live", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if web_is_well() else 1)
