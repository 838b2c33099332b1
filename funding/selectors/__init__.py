"""Every read about money that pages and the dashboard need."""

from funding.selectors.work import member_work, work_for

__all__ = ["member_work", "work_for"]
