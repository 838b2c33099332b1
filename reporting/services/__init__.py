"""What people do with reports."""

from reporting.services.horizon import close_the_past

__all__ = ["close_the_past"]
