"""The kinds of message about payments and recoveries, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import LEGAL, MailKind

MONEY = _("Cofinanciering")

KINDS = (
    MailKind(
        code="payments.recovery",
        label=_("Vraag om terug te betalen"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
        always=LEGAL,
    ),
    MailKind(
        code="payments.recovery_due",
        label=_("Herinnering: terug te betalen bedrag"),
        because=_("mag indienen voor de organisatie van dit project"),
        group=MONEY,
        always=LEGAL,
    ),
)
