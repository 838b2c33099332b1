"""Amounts in EUR: `Decimal`, two decimals, rounded once, half up, at the end (domain.md 6.2)."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_DIGITS = 14

AMOUNT_UNREADABLE = _("Schrijf een bedrag in euro, bijvoorbeeld 1.234,56.")
AMOUNT_CENTS = _("Een bedrag heeft hoogstens twee cijfers na de komma.")

_DUTCH = re.compile(r"^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$")
_POINT_DECIMAL = re.compile(r"^-?\d+\.\d{1,2}$")


def round_cents(amount: Decimal) -> Decimal:
    """Round to the cent, half up. Call it once, on the final amount."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def format_eur(amount: Decimal | int | None) -> str:
    """`€ 1.234,56` with a non-breaking space; `–` when there is no amount."""
    if amount is None:
        return "–"
    rounded = round_cents(Decimal(amount))
    sign = "-" if rounded < 0 else ""
    digits = f"{abs(rounded):,.2f}"
    return f"€\N{NO-BREAK SPACE}{sign}" + digits.translate(str.maketrans(",.", ".,"))


def parse_amount(text: str) -> Decimal:
    """Read an amount as people in Flanders type it: `1.234,56`, `1234,56`, `1234.56`, `€ 1 234`.

    `1.234` alone is read as one thousand two hundred thirty-four: a point followed by exactly three
    digits separates thousands, as everywhere in Belgium.

    Raises:
        ValidationError: when it is no amount, or is written with more than two decimals: `10,000`
            may be meant the English way, and ten euro is not ten thousand.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f€]|EUR", "", text, flags=re.IGNORECASE).replace("−", "-")
    if _POINT_DECIMAL.match(cleaned):
        normal = cleaned
    elif _DUTCH.match(cleaned):
        normal = cleaned.replace(".", "").replace(",", ".")
    else:
        raise ValidationError(AMOUNT_UNREADABLE, code="invalid")
    if len(normal.partition(".")[2]) > 2:
        raise ValidationError(AMOUNT_CENTS, code="cents")
    try:
        return Decimal(normal).quantize(CENT)
    except InvalidOperation:  # more digits than a Decimal holds
        raise ValidationError(AMOUNT_UNREADABLE, code="invalid") from None


class MoneyInput(forms.TextInput):
    """A text box that shows amounts the Dutch way and keeps what was typed when it was wrong."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal):
            return format_eur(value).removeprefix("€\N{NO-BREAK SPACE}")
        return super().format_value(value)


class MoneyFormField(forms.DecimalField):
    """An amount in EUR, typed the Dutch way."""

    widget = MoneyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", MAX_DIGITS)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        return value if isinstance(value, Decimal) else parse_amount(str(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class MoneyField(models.DecimalField):
    """An amount in EUR with two decimals. Not negative unless `allow_negative`."""

    def __init__(self, *args: Any, allow_negative: bool = False, **kwargs: Any) -> None:
        self.allow_negative = allow_negative
        kwargs["max_digits"] = MAX_DIGITS
        kwargs["decimal_places"] = 2
        if not allow_negative:
            kwargs.setdefault(
                "validators", [MinValueValidator(ZERO, _("Een bedrag is niet negatief."))]
            )
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_digits", "decimal_places", "validators"):
            kwargs.pop(implied, None)
        if self.allow_negative:
            kwargs["allow_negative"] = True
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        given = {
            "form_class": MoneyFormField,
            "widget": MoneyInput,
            "validators": self._validators,  # type: ignore[attr-defined] # also in a form that is not made from the model
        }
        return super().formfield(**{**given, **kwargs})
