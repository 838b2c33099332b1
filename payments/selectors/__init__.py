"""Every read about accounts, orders and confirmations."""

from payments.selectors.work import work_for

__all__ = ["work_for"]
