"""What mail servers refused (voorbeelddata), so that staff see what such a page holds."""

from notifications.models import OutboxMail, UnreachableAddress
from notifications.services.bounces import note_refusal

GONE = "vroegere.medewerker@voorbeeldegem.example"


def came_back() -> None:
    """Two refusals that pass by themselves, and an address that is out of use."""
    full, busy = OutboxMail.objects.order_by("pk")[:2]
    note_refusal(full, 552, "5.2.2 Mailbox full (voorbeelddata)")
    note_refusal(busy, 451, "4.7.1 Greylisted, try again later (voorbeelddata)")
    UnreachableAddress.objects.create(address=GONE, bounces=3)
