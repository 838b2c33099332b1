"""Every read about money that pages and the dashboard need."""

from funding.selectors.work import work_for

__all__ = ["work_for"]
