"""The kinds of message about calls, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import ASKED_FOR, LEGAL, Audience, MailKind

FOLLOWERS = ""  # written to an address: who follows a call stops with the link in each mail
WORK = _("Uw werk in het programma")

KINDS = (
    MailKind(
        code="calls.opened",
        label=_("Een oproep gaat open"),
        because=_("deze oproep volgt"),
        group=FOLLOWERS,
    ),
    MailKind(
        code="calls.published",
        label=_("Een oproep is bekendgemaakt"),
        because=_("oproepen volgt"),
        group=FOLLOWERS,
    ),
    MailKind(
        code="calls.closing_moved",
        label=_("De sluiting van een oproep verandert"),
        because=_("deze oproep volgt"),
        group=FOLLOWERS,
        always=LEGAL,
    ),
    MailKind(
        code="calls.question_published",
        label=_("Een vraag over een oproep is beantwoord"),
        because=_("deze oproep volgt"),
        group=FOLLOWERS,
    ),
    MailKind(
        code="calls.question_answered",
        label=_("Antwoord op uw vraag"),
        because=_("deze vraag stelde"),
        group=FOLLOWERS,
    ),
    MailKind(
        code="calls.question_received",
        label=_("Uw vraag is goed aangekomen"),
        because=_("deze vraag stelde"),
        group=FOLLOWERS,
        always=ASKED_FOR,
    ),
    MailKind(
        code="calls.question_asked",
        label=_("Nieuwe vraag over een oproep"),
        because=_("vragen over oproepen beantwoordt"),
        group=WORK,
        audience=Audience.STAFF,
    ),
    MailKind(
        code="calls.confirm_follower",
        label=_("Bevestigen dat u een oproep volgt"),
        because=_("vroeg om deze oproep te volgen"),
        group=FOLLOWERS,
        always=ASKED_FOR,
    ),
)
