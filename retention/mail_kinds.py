"""The kinds of message about keeping and one's own data, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import LEGAL, Audience, MailKind

DATA = _("Uw gegevens")

KINDS = (
    MailKind(
        code="retention.draft_ends",
        label=_("Een ontwerp wordt binnenkort gewist"),
        because=_("aan dit voorstel werkt"),
        group=DATA,
        always=LEGAL,
    ),
    MailKind(
        code="retention.request_answered",
        label=_("Antwoord op uw vraag over uw gegevens"),
        because=_("een vraag over uw gegevens stelde"),
        group=DATA,
        audience=Audience.EVERYBODY,
        always=LEGAL,
    ),
    MailKind(
        code="retention.request_extended",
        label=_("Meer tijd voor uw vraag over uw gegevens"),
        because=_("een vraag over uw gegevens stelde"),
        group=DATA,
        audience=Audience.EVERYBODY,
        always=LEGAL,
    ),
)
