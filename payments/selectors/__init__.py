"""Every read about accounts, orders and confirmations."""

from payments.selectors.work import member_work, work_for

__all__ = ["member_work", "work_for"]
