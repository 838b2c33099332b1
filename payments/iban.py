"""Account numbers: read as people type them, checked, and a warning for a bank we do not know."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import iban as any_iban
from stdnum.be import iban as belgian_iban
from stdnum.exceptions import ValidationError as Wrong


def read_iban(typed: str) -> str:
    """The number without spaces and in capitals.

    The check digits decide, not the list of banks: that list lags, and refuses numbers of manuals.

    Raises:
        ValidationError: when it is no IBAN.
    """
    try:
        return str(any_iban.validate(typed, check_country=False))
    except Wrong:
        raise ValidationError(
            _("Dit is geen geldig rekeningnummer (IBAN). Kijk het na, bijvoorbeeld op %(example)s.")
            % {"example": _("een rekeninguittreksel")},
            code="iban",
        ) from None


def bank_is_known(iban: str) -> bool:
    """Whether the bank of a Belgian number stands in the list; yes for other countries."""
    return not iban.startswith("BE") or bool(belgian_iban.is_valid(iban))
