"""Every write about payments; each function is one thing a person does."""

from payments.services.bank import confirm_account, end_account, enter_account
from payments.services.confirmations import book_bank_file, read_bank_file
from payments.services.orders import cancel_order, export_order, make_order, sign_order
from payments.services.settlements import (
    confirm_settlement,
    propose_settlement,
    receive_recovery,
    withdraw_settlement,
)

__all__ = [
    "book_bank_file",
    "cancel_order",
    "confirm_account",
    "confirm_settlement",
    "end_account",
    "enter_account",
    "export_order",
    "make_order",
    "propose_settlement",
    "read_bank_file",
    "receive_recovery",
    "sign_order",
    "withdraw_settlement",
]
