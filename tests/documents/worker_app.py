"""The portal's own Celery app with a slow kind of document and short waits.

Run by tests/concurrency/test_jobs.py as `celery -A tests.documents.worker_app worker`.
"""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pio_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - only after setup

from pio_portal.celery import app  # noqa: E402
from tests.documents.slow import register_slow  # noqa: E402

LEASE_SECONDS = 2

settings.DOCUMENT_LEASE_SECONDS = LEASE_SECONDS
settings.TEMPLATES[0]["DIRS"].append(str(Path(__file__).parent / "templates"))
app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "global_keyprefix": os.environ["TEST_KEY_PREFIX"],
}
register_slow()
