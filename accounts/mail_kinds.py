"""The kinds of message about accounts, and why somebody gets each."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import ASKED_FOR, Audience, MailKind

ACCOUNT = _("Uw account")

KINDS = (
    MailKind(
        code="accounts.password_reset",
        label=_("Een nieuw wachtwoord kiezen"),
        because=_("vroeg om een nieuw wachtwoord"),
        group=ACCOUNT,
        audience=Audience.EVERYBODY,
        always=ASKED_FOR,
    ),
    MailKind(
        code="accounts.invitation",
        label=_("Uitnodiging voor het portaal"),
        because=_("toegang kreeg tot het portaal"),
        group=ACCOUNT,
        audience=Audience.EVERYBODY,
        always=_("Zonder deze uitnodiging kunt u niet aanmelden. Ze komt altijd meteen."),
    ),
)
