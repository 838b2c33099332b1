"""The numbers of this room, with defaults that settings replace."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings


def silence() -> timedelta:
    """HEARTBEAT_SILENCE_MINUTES (5): a part that gives no sign for longer is taken for dead."""
    return timedelta(minutes=settings.HEARTBEAT_SILENCE_MINUTES)


def outage_from() -> timedelta:
    """OUTAGE_MINUTES (5): a shorter gap between two heartbeats is no outage."""
    return timedelta(minutes=settings.OUTAGE_MINUTES)


def outage_shadow() -> timedelta:
    """OUTAGE_SHADOW_HOURS (24): a closing so soon after an outage suffered from it too."""
    return timedelta(hours=settings.OUTAGE_SHADOW_HOURS)


def heartbeats_kept() -> timedelta:
    """HEARTBEAT_DAYS (90): how long heartbeats are kept."""
    return timedelta(days=settings.HEARTBEAT_DAYS)


def guard_hours() -> int:
    """DEPLOY_GUARD_HOURS (24): no upgrade so shortly before a closing."""
    return int(settings.DEPLOY_GUARD_HOURS)


def backup_dir() -> Path | None:
    """BACKUP_DIR: where backups stand; None when none is set."""
    return Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None
