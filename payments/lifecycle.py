"""The states of payment orders and their lines, of settlements and of recoveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lifecycle import Lifecycle, step


class OrderState(models.TextChoices):
    MADE = "made", _("Opgemaakt")
    SIGNED = "signed", _("Ondertekend")
    EXPORTED = "exported", _("Uitgegeven")
    CANCELLED = "cancelled", _("Ingetrokken")


ORDER_LIFECYCLE = Lifecycle(
    OrderState,
    [
        step("sign", _("Ondertekenen"), [OrderState.MADE], OrderState.SIGNED),
        step("export", _("Uitgeven"), [OrderState.SIGNED], OrderState.EXPORTED),
        step(
            "cancel",
            _("Intrekken"),
            [OrderState.MADE, OrderState.SIGNED, OrderState.EXPORTED],
            OrderState.CANCELLED,
        ),
    ],
)


class LineState(models.TextChoices):
    WAITING = "waiting", _("Wacht op de bank")
    PAID = "paid", _("Betaald")
    RETURNED = "returned", _("Teruggekeerd")
    DROPPED = "dropped", _("Ingetrokken")


LINE_LIFECYCLE = Lifecycle(
    LineState,
    [
        step("pay", _("Betaald"), [LineState.WAITING], LineState.PAID),
        step("return", _("Teruggekeerd"), [LineState.PAID], LineState.RETURNED),
        step("drop", _("Ingetrokken"), [LineState.WAITING], LineState.DROPPED),
    ],
)


class SettlementState(models.TextChoices):
    PROPOSED = "proposed", _("Voorgesteld")
    CONFIRMED = "confirmed", _("Bevestigd")
    WITHDRAWN = "withdrawn", _("Ingetrokken")


SETTLEMENT_LIFECYCLE = Lifecycle(
    SettlementState,
    [
        step("confirm", _("Bevestigen"), [SettlementState.PROPOSED], SettlementState.CONFIRMED),
        step("withdraw", _("Intrekken"), [SettlementState.PROPOSED], SettlementState.WITHDRAWN),
    ],
)


class RecoveryState(models.TextChoices):
    ASKED = "asked", _("Gevraagd")
    RECEIVED = "received", _("Ontvangen")


RECOVERY_LIFECYCLE = Lifecycle(
    RecoveryState,
    [step("receive", _("Ontvangst boeken"), [RecoveryState.ASKED], RecoveryState.RECEIVED)],
)
