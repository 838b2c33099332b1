"""The states of a mail and of a reminder, and the only steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lifecycle import Lifecycle, step
from notifications.policies import may_resend


class MailState(models.TextChoices):
    """Where a mail stands. "Sending", "failed" and "uncertain" are the only ones with a doubt.

    A held mail waits for a person, who reads it as it will leave and then releases or cancels it.
    One for a digest waits for the morning. What is only in the portal is no mail, yet the person
    reads it there.
    """

    HELD = "held", _("Wordt vastgehouden")
    QUEUED = "queued", _("Wacht op verzending")
    SENDING = "sending", _("Wordt verzonden")
    SENT = "sent", _("Verzonden")
    FAILED = "failed", _("Mislukt")
    UNCERTAIN = "uncertain", _("Onzeker")
    CANCELLED = "cancelled", _("Geannuleerd")
    DIGEST = "digest", _("Wacht op de samenvatting")
    DIGESTED = "digested", _("In een samenvatting verstuurd")
    PORTAL = "portal", _("Enkel in het portaal")
    LAPSED = "lapsed", _("Niet meer nodig")


class ReminderState(models.TextChoices):
    """Where a reminder stands."""

    PLANNED = "planned", _("Gepland")
    SENT = "sent", _("Verstuurd")
    SKIPPED = "skipped", _("Overgeslagen")
    CANCELLED = "cancelled", _("Geannuleerd")


MAIL_LIFECYCLE = Lifecycle(
    MailState,
    [
        # Part of an act of the domain that held the mail, which records it.
        step("release", _("Vrijgeven"), [MailState.HELD], MailState.QUEUED),
        step("cancel", _("Annuleren"), [MailState.HELD], MailState.CANCELLED),
        # At the moment of sending: over the maximum of a day, to an address that does not work, or
        # about something that is done by now.
        step("set_apart", _("Naar de samenvatting"), [MailState.QUEUED], MailState.DIGEST),
        step(
            "keep",
            _("Enkel in het portaal"),
            [MailState.QUEUED, MailState.DIGEST],
            MailState.PORTAL,
        ),
        step("lapse", _("Vervallen"), [MailState.QUEUED, MailState.DIGEST], MailState.LAPSED),
        step("gather", _("Samenvatten"), [MailState.DIGEST], MailState.DIGESTED),
        step("claim", _("Verzenden"), [MailState.QUEUED], MailState.SENDING),
        # Also from "uncertain": a very slow server may accept after we stopped waiting for it.
        step("accept", _("Aanvaard"), [MailState.SENDING, MailState.UNCERTAIN], MailState.SENT),
        step("retry", _("Later opnieuw"), [MailState.SENDING], MailState.QUEUED),
        step("fail", _("Mislukt"), [MailState.SENDING], MailState.FAILED),
        step("lose", _("Onzeker"), [MailState.SENDING], MailState.UNCERTAIN),
        step(
            "resend",
            _("Opnieuw versturen"),
            [MailState.UNCERTAIN, MailState.FAILED],
            MailState.QUEUED,
            who=may_resend,
        ),
    ],
)
"""The portal's own steps are taken row by row with `filter(state=…).update(…)` and leave no audit
event: the row itself is their record. "resend" is a person's act and goes through `perform`."""

REMINDER_LIFECYCLE = Lifecycle(
    ReminderState,
    [
        step("send", _("Versturen"), [ReminderState.PLANNED], ReminderState.SENT),
        step("skip", _("Overslaan"), [ReminderState.PLANNED], ReminderState.SKIPPED),
        step("cancel", _("Annuleren"), [ReminderState.PLANNED], ReminderState.CANCELLED),
        # A deadline that moves away and back again.
        step("replan", _("Opnieuw plannen"), [ReminderState.CANCELLED], ReminderState.PLANNED),
    ],
)
