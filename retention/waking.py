"""Waking a worker for an approved list; when the broker is away the sweep finds it."""

import logging

from celery import current_app

logger = logging.getLogger(__name__)
CARRY_OUT = "retention.carry_out"


def wake(list_id: int) -> None:
    """Ask a worker to carry out the list now."""
    try:
        current_app.signature(CARRY_OUT, args=(list_id,)).apply_async()
    except Exception:
        logger.warning("broker_unreachable", exc_info=True)
