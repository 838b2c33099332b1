"""Celery only wakes workers: what has to be done stands as rows in PostgreSQL."""

import os

from celery import Celery

from operations.ticking import WorkerHeartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pio_portal.settings")

app = Celery("pio_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WorkerHeartbeat)
