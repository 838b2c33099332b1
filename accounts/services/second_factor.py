"""The second step of a local account: an app that shows codes, and spare codes on paper.

django-otp keeps the devices, refuses a code that was used and makes each wrong one wait longer. Of
a spare code only a digest is stored.
"""

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.policies import is_administrator
from audit.services import record
from common import clock

SPARE_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks like something else."""


@dataclass(frozen=True)
class Proof:
    """Whether a code was right, by which device, and how many seconds the next try must wait."""

    device: TOTPDevice | None = None
    wait: int = 0


def must_have_second_factor(user: User) -> bool:
    """Staff with a local account, where settings.STAFF_SECOND_FACTOR is on.

    Who may enter /admin/ is staff too, also without a role: the account of the installation.
    """
    return bool(settings.STAFF_SECOND_FACTOR) and (user.is_programme_staff or user.is_staff)


def device_of(user: User) -> TOTPDevice | None:
    """The app of this person; None when no second step was set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def new_key() -> str:
    """A fresh secret in hexadecimal, not stored yet."""
    return secrets.token_hex(20)


def readable_key(key: str) -> str:
    """The secret as an app wants it typed: base32 in groups of four."""
    text = base64.b32encode(bytes.fromhex(key)).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def app_address(user: User, key: str) -> str:
    """What the QR code says."""
    address: str = TOTPDevice(user=user, key=key).config_url
    return address


@transaction.atomic
def set_up(*, user: User, key: str, code: str) -> tuple[TOTPDevice, list[str]]:
    """Connect an app, when `code` shows that it has the key; gives it and the spare codes.

    An app that was there before stops working, and so do other sessions.

    Raises:
        ValidationError: for `code`, when it does not fit.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    TOTPDevice.objects.filter(user=person).delete()
    device = TOTPDevice.objects.create(user=person, name="app", key=key)
    if not device.verify_token(_tidy(code)):
        raise ValidationError(
            {"code": _("Deze code klopt niet. Neem de code die de app nu toont.")}
        )
    codes = _fresh_codes(person)
    _end_sessions(person)
    _record(person, person, "second_factor_set", "Tweede stap ingesteld")
    return device, codes


def check_code(*, user: User, code: str) -> Proof:
    """Whether this is the code of the app, or a spare code; each works once.

    A wrong code makes the next try wait: one second, then twice as long each time.
    """
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            return Proof()
        tidy = _tidy(code)
        asked: Any = device
        if not (tidy.isascii() and tidy.isdigit() and len(tidy) == device.digits):
            asked = StaticDevice.objects.select_for_update().filter(user=user).first()
            tidy = _digest(user, tidy)
        if asked is None:
            return Proof()
        allowed, why = asked.verify_is_allowed()
        if not allowed:
            left = (why["locked_until"] - clock.now()).total_seconds()
            return Proof(wait=max(1, round(left + 0.5)))
        if not asked.verify_token(tidy):
            return Proof()
        if asked is not device:
            _record(user, user, "spare_code_used", "Aangemeld met een reservecode")
        return Proof(device=device)


@transaction.atomic
def renew_codes(*, actor: User) -> list[str]:
    """Ten new spare codes; the former ones stop working.

    Raises:
        ValidationError: when no second step was set up.
    """
    person = User.objects.select_for_update().get(pk=actor.pk)
    if device_of(person) is None:
        raise ValidationError(_("Stel eerst de tweede stap in."))
    codes = _fresh_codes(person)
    _record(actor, person, "spare_codes_renewed", "Nieuwe reservecodes gemaakt")
    return codes


@transaction.atomic
def take_off(*, actor: User) -> None:
    """End the second step of one's own account.

    Raises:
        ValidationError: for staff, who must have one.
    """
    person = User.objects.select_for_update().get(pk=actor.pk)
    if must_have_second_factor(person):
        raise ValidationError(_("Voor medewerkers van het programma is de tweede stap verplicht."))
    _remove(person)
    _record(actor, person, "second_factor_removed", "Tweede stap uitgezet")


@transaction.atomic
def reset_second_factor(*, actor: User, person_id: int, reason: str) -> None:
    """Take away a lost device, so that the person sets up another at the next sign-in.

    Raises:
        PermissionDenied: when `actor` is no administrator.
        ValidationError: without a reason, and for one's own account.
    """
    is_administrator.check(User.objects.get(pk=actor.pk))
    person = User.objects.select_for_update().get(pk=person_id)
    if person.pk == actor.pk:
        raise ValidationError(_("Vraag een andere beheerder om uw eigen tweede stap te wissen."))
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom.")})
    _remove(person)
    record(
        actor=actor,
        action="user.second_factor_reset",
        label="Tweede stap gewist door een beheerder",
        about=person,
        comment=reason.strip(),
    )


def spare_codes_left(user: User) -> int:
    """How many spare codes were not used yet."""
    return StaticDevice.objects.filter(user=user, token_set__isnull=False).count()


def _remove(person: User) -> None:
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()
    _end_sessions(person)


def _end_sessions(person: User) -> None:
    User.objects.filter(pk=person.pk).update(session_series=F("session_series") + 1)


def _fresh_codes(person: User) -> list[str]:
    StaticDevice.objects.filter(user=person).delete()
    spare = StaticDevice.objects.create(user=person, name="reservecodes")
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _part in range(2))
        for _code in range(SPARE_CODES)
    ]
    for code in codes:
        spare.token_set.create(token=_digest(person, _tidy(code)))
    return codes


def _tidy(code: str) -> str:
    return "".join(code.lower().split()).replace("-", "")


def _digest(person: User, code: str) -> str:
    return salted_hmac(f"accounts.spare_code.{person.pk}", code, algorithm="sha256").hexdigest()[
        :16
    ]


def _record(actor: User, person: User, action: str, label: str) -> None:
    record(actor=actor, action=f"user.{action}", label=label, about=person)
