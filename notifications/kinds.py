"""Every kind of message that the portal sends: what it is, who gets it and why, and how.

An app declares its kinds from `AppConfig.ready()`; see docs/how-to-add-a-reminder.md. A kind that
nobody declared is sent at once and cannot be switched off: better a mail too many than one lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Channel(models.TextChoices):
    """How a kind of message comes. In all three the person finds it at "Mijn berichten"."""

    AT_ONCE = "at_once", _("Meteen per mail")
    DIGEST = "digest", _("In de dagelijkse samenvatting")
    PORTAL = "portal", _("Enkel in het portaal")


class Audience(StrEnum):
    """Who gets a kind of message; the page of choices shows one's own kinds."""

    APPLICANT = "applicant"
    STAFF = "staff"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class MailKind:
    """One kind of message.

    code: the stable code of `queue_mail(kind=…)` or of the reminder rule.
    label: Dutch, what it tells: "Ontwerp nog niet ingediend".
    because: Dutch, the role in which somebody gets it, after "omdat u": "aan dit voorstel werkt".
    group: the heading under which it stands on the page of choices.
    always: the Dutch sentence why nobody can switch it off; "" when one may choose. Such a mail
        also passes the quiet hours and the maximum per day.
    channel: how it comes when nobody chose.
    """

    code: str
    label: Words
    because: Words
    group: Words
    audience: Audience = Audience.APPLICANT
    always: Words = ""
    channel: Channel = Channel.AT_ONCE

    @property
    def is_free(self) -> bool:
        """Whether a person may choose how it comes."""
        return not self.always


LEGAL = _("Dit bericht heeft gevolgen voor uw dossier. Het komt altijd meteen per mail.")
ASKED_FOR = _("U vraagt deze mail zelf. Ze komt altijd meteen.")

_kinds: dict[str, MailKind] = {}


def declare(kinds: Iterable[MailKind]) -> None:
    """Add kinds of message.

    Raises:
        ValueError: when another kind has the same code.
    """
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) is not kind:
            raise ValueError(f"There is already a kind of message with code {kind.code}.")


def forget(code: str) -> None:
    """Take a kind away (tests)."""
    _kinds.pop(code, None)


def get_kind(code: str) -> MailKind | None:
    return _kinds.get(code)


def all_kinds() -> list[MailKind]:
    """Every declared kind, in the order in which the apps declared them."""
    return list(_kinds.values())


def label_of(code: str) -> str:
    """The Dutch name of a kind; its code when nobody declared it."""
    kind = _kinds.get(code)
    return str(kind.label) if kind else code
