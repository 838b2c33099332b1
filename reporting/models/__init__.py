"""Facts over time, and up to which instant the past is closed."""

from reporting.models.facts import Fact, Horizon

__all__ = ["Fact", "Horizon"]
