"""The order as the bank reads it: pain.001.001.09 (ISO 20022), checked against its schema."""

import re
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError as AgainstSchema
from sepaxml.validation import try_valid_xml

from payments.models import OrderLine, PaymentOrder

SCHEMA = "pain.001.001.09"


def pain_001(order: PaymentOrder, lines: list[OrderLine], made_at: datetime) -> bytes:
    """The XML of an order: the same bytes for the same order and instant.

    Letters that banks do not exchange are written without their accents.

    Raises:
        ValidationError: when the result does not fit the published schema.
    """
    config = {
        "name": order.debtor_name,
        "IBAN": order.debtor_iban,
        "batch": True,
        "currency": "EUR",
    }
    if order.debtor_bic:
        config["BIC"] = order.debtor_bic
    transfer = SepaTransfer(config, schema=SCHEMA, clean=True)
    for line in lines:
        transfer.add_payment(
            {
                "name": line.name,
                "IBAN": line.iban,
                "amount": int(line.amount * Decimal(100)),
                "execution_date": order.execute_on,
                "description": line.message,
                "endtoend_id": line.end_to_end_id,
            }
        )
    made = _with_own_ids(transfer.export(validate=False).decode(), order, made_at).encode()
    try:
        try_valid_xml(made, SCHEMA)
    except AgainstSchema as error:
        raise ValidationError(
            _("Het bestand voor de bank past niet in het schema %(schema)s: %(why)s")
            % {"schema": SCHEMA, "why": getattr(error.__cause__, "reason", "")},
            code="schema",
        ) from error
    return made


def _with_own_ids(xml: str, order: PaymentOrder, made_at: datetime) -> str:
    """The library draws lots for these three; an order says them itself."""
    moment = f"{localtime(made_at):%Y-%m-%dT%H:%M:%S}"
    for tag, text in (
        ("MsgId", order.number),
        ("CreDtTm", moment),
        ("PmtInfId", order.number),
    ):
        xml = re.sub(rf"<{tag}>[^<]*</{tag}>", f"<{tag}>{text}</{tag}>", xml, count=1)
    return xml
