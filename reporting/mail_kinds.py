"""The kinds of message about the budget year, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Audience, MailKind

WORK = _("Uw werk in het programma")

KINDS = (
    MailKind(
        code="reporting.budget_cut_off",
        label=_("Herinnering: laatste dag om te boeken in een begrotingsjaar"),
        because=_("de begroting van het programma opvolgt"),
        group=WORK,
        audience=Audience.STAFF,
    ),
)
