"""Every write about payments; each function is one thing a person does."""

from payments.services.bank import confirm_account, end_account, enter_account
from payments.services.confirmations import book_bank_file, read_bank_file
from payments.services.orders import cancel_order, export_order, make_order, sign_order

__all__ = [
    "book_bank_file",
    "cancel_order",
    "confirm_account",
    "end_account",
    "enter_account",
    "export_order",
    "make_order",
    "read_bank_file",
    "sign_order",
]
