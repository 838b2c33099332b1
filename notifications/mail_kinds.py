"""The engine's own kind of message."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Audience, MailKind
from notifications.services.limits import DIGEST_KIND

DIGEST = MailKind(
    code=DIGEST_KIND,
    label=_("Dagelijkse samenvatting"),
    because=_(
        "berichten in een samenvatting wilt, of meer mails kreeg dan er op één dag vertrekken"
    ),
    group="",
    audience=Audience.EVERYBODY,
    always=_("De samenvatting komt alleen als er iets in staat."),
)
