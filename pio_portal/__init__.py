"""Composition of the portal: settings, root URLs, Celery. No rule of the programme lives here."""

from pio_portal.celery import app as celery_app

__all__ = ["celery_app"]
