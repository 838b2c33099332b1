"""Production's settings in a hurry, for a run too short for the minutes of beat and of a lease.

Nothing else differs: what is tried again is tried again sooner.
"""

from pio_portal.settings import *  # noqa: F403
from pio_portal.settings import CELERY_BEAT_SCHEDULE as MINUTES
from pio_portal.settings import STORAGES as PLAIN

HURRIED = {"sweep-jobs": 4, "send-due-reminders": 5, "deliver-outbox": 5}  # seconds

CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": HURRIED.get(name, entry["schedule"])}
    for name, entry in MINUTES.items()
}
DOCUMENT_LEASE_SECONDS = 10
# Files of the style need no names of their own for so short a time.
STORAGES = {
    **PLAIN,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
