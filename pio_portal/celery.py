"""Celery only wakes workers: what has to be done stands as rows in PostgreSQL."""

import logging.config
import os
from contextlib import suppress
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.exceptions import OperationalError

from operations.ticking import WorkerHeartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pio_portal.settings")

app = Celery("pio_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WorkerHeartbeat)
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_like_the_web_server(**_kwargs: Any) -> None:
    """One shape for the lines of web, workers and beat (settings.LOGGING)."""
    logging.config.dictConfig(settings.LOGGING)


@beat_init.connect
def tick_at_once(**_kwargs: Any) -> None:
    """Beat itself waits a minute before it first ticks: until then it would be taken for silent."""
    with suppress(OperationalError):  # no broker yet: the tick of the next minute comes by itself
        app.send_task("operations.tick", expires=50)
