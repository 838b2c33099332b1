"""Bank accounts, payment orders, and what the bank answers."""

from payments.models.bank import BankAccount
from payments.models.confirmations import BankFile
from payments.models.orders import OrderLine, PaymentOrder
from payments.models.settlements import RecoveryReceipt, RecoveryRequest, Settlement

__all__ = [
    "BankAccount",
    "BankFile",
    "OrderLine",
    "PaymentOrder",
    "RecoveryReceipt",
    "RecoveryRequest",
    "Settlement",
]
