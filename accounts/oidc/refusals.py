"""Why a sign-in with ACM/IDM was refused, in the words that the person reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Refusal(models.TextChoices):
    """The code goes to the log, the sentence to the person."""

    CANCELLED = "cancelled", _("U hebt het aanmelden afgebroken. U bent niet aangemeld.")
    BY_PROVIDER = (
        "by_provider",
        _("ACM/IDM heeft de aanmelding geweigerd. Probeer opnieuw, of neem contact met ons op."),
    )
    STALE = (
        "stale",
        _("Deze aanmelding is al gebruikt of heeft te lang geduurd. Meld u opnieuw aan."),
    )
    REPLAYED = (
        "replayed",
        _("De code van deze aanmelding is al gebruikt of vervallen. Meld u opnieuw aan."),
    )
    NONCE = (
        "nonce",
        _("Deze aanmelding hoort niet bij dit venster. Om veilig te blijven begint u opnieuw."),
    )
    EXPIRED = (
        "expired",
        _("Het bewijs van uw aanmelding is vervallen. Meld u opnieuw aan."),
    )
    TOKEN = (
        "token",
        _("Wij kunnen niet nagaan dat dit antwoord van ACM/IDM komt. U bent niet aangemeld."),
    )
    DOWN = (
        "down",
        _("ACM/IDM antwoordt niet. Probeer het over enkele minuten opnieuw."),
    )
    CITIZEN = (
        "citizen",
        _(
            "U hebt zich aangemeld als burger. Dit portaal is er voor overheden: "
            "meld u opnieuw aan en kies de organisatie waarvoor u werkt."
        ),
    )
    NO_SUBJECT = (
        "no_subject",
        _("ACM/IDM heeft niet doorgegeven wie u bent. Neem contact met ons op."),
    )
    NO_EMAIL = (
        "no_email",
        _(
            "ACM/IDM heeft geen e-mailadres doorgegeven. Vraag de toegangsbeheerder van uw "
            "organisatie om uw e-mailadres in te vullen en meld u daarna opnieuw aan."
        ),
    )
    EMAIL_TAKEN = (
        "email_taken",
        _(
            "Er is al een account met uw e-mailadres. Meld u aan met dat e-mailadres en uw "
            "wachtwoord, en kies daarna bij Mijn gegevens voor Koppelen met ACM/IDM."
        ),
    )
    CLOSED = "closed", _("Uw account is afgesloten. Neem contact op met het PIO-team.")
    NO_ROLE = (
        "no_role",
        _(
            "U hebt nog geen rol in dit portaal voor de organisatie die u koos. Vraag de "
            "toegangsbeheerder van uw organisatie om die rol te geven."
        ),
    )
    NO_ORGANISATION = (
        "no_organisation",
        _("ACM/IDM heeft niet doorgegeven voor welke organisatie u werkt. Meld u opnieuw aan."),
    )
    UNCLEAR_ORGANISATION = (
        "unclear_organisation",
        _(
            "Wij weten niet zeker welke organisatie in het portaal de uwe is. "
            "Neem contact op met het PIO-team: dat kijkt het na."
        ),
    )
    OTHER_PERSON = (
        "other_person",
        _("U hebt zich bij ACM/IDM aangemeld als iemand anders. Er is niets gewijzigd."),
    )
    ALREADY_LINKED = (
        "already_linked",
        _("Deze persoon van ACM/IDM is al met een ander account verbonden."),
    )
    TOO_WEAK = (
        "too_weak",
        _(
            "U hebt zich bij ACM/IDM aangemeld op een manier die voor dit portaal niet"
            " veilig genoeg is. Meld u opnieuw aan, bijvoorbeeld met itsme of uw eID."
        ),
    )
    NOT_FRESH = (
        "not_fresh",
        _("ACM/IDM heeft u niet opnieuw laten aanmelden. Probeer opnieuw."),
    )

    @property
    def status(self) -> int:
        """The HTTP status of the page that says so."""
        if self is Refusal.DOWN:
            return 503
        technical = {
            *(Refusal.STALE, Refusal.REPLAYED, Refusal.NONCE),
            *(Refusal.EXPIRED, Refusal.TOKEN, Refusal.BY_PROVIDER),
        }
        return 400 if self in technical else 403


class SignInRefusedError(Exception):
    """Nobody is signed in; `about` is the account that it was about, when that is known."""

    def __init__(self, refusal: Refusal, *, about: User | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.about = about
