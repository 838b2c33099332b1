"""Facts over time, up to which instant the past is closed, and editions of the yearly report."""

from reporting.models.editions import ReportEdition
from reporting.models.facts import Fact, Horizon

__all__ = ["Fact", "Horizon", "ReportEdition"]
