"""The states of a payment order and of each of its lines."""

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
