"""Identifiers of Belgian organisations (domain.md 2.3)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

KBO_INVALID = _(
    "Dit is geen geldig ondernemingsnummer. Schrijf tien cijfers, bijvoorbeeld 0207.509.031."
)
OVO_INVALID = _("Een OVO-code bestaat uit OVO en zes cijfers, bijvoorbeeld OVO002949.")
NIS_INVALID = _("Een NIS-code bestaat uit vijf cijfers.")


def normalise_kbo(text: str) -> str:
    """Ten digits from what a person types: dots, spaces, a BE prefix, nine digits of old.

    Empty stays empty: not every organisation has a number of its own.

    Raises:
        ValidationError: when the number has another form or its check digits are wrong (97 minus
            the first eight digits mod 97; a remainder of 0 gives 97).
    """
    digits = re.sub(r"[\s.\-]", "", text.upper()).removeprefix("BE")
    if not digits:
        return ""
    if len(digits) == 9:
        digits = "0" + digits
    if not re.fullmatch(r"[01]\d{9}", digits):
        raise ValidationError(KBO_INVALID, code="kbo")
    if 97 - int(digits[:8]) % 97 != int(digits[8:]):
        raise ValidationError(KBO_INVALID, code="kbo")
    return digits


def format_kbo(digits: str) -> str:
    """`0207.509.031`"""
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}" if digits else ""


def validate_kbo(value: str) -> None:
    """Accept only the stored form: ten digits with right check digits."""
    if normalise_kbo(value) != value:
        raise ValidationError(KBO_INVALID, code="kbo")


def validate_ovo(value: str) -> None:
    if not re.fullmatch(r"OVO\d{6}", value):
        raise ValidationError(OVO_INVALID, code="ovo")


def validate_nis(value: str) -> None:
    if not re.fullmatch(r"\d{5}", value):
        raise ValidationError(NIS_INVALID, code="nis")
