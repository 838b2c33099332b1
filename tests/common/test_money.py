"""Amounts in EUR (domain.md 6.2)."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.money import MoneyField, MoneyFormField, format_eur, parse_amount, round_cents

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1234.5", "1234.50"),
        ("1234,5", "1234.50"),
        ("1.234", "1234.00"),  # a point before three digits separates thousands
        ("1.234.567,8", "1234567.80"),
        ("12", "12.00"),
        ("0", "0.00"),
        ("€ 1 234", "1234.00"),
        (f"€{NBSP}1.000,00", "1000.00"),
        ("1\N{NARROW NO-BREAK SPACE}234,00 EUR", "1234.00"),
        ("-5,10", "-5.10"),
        ("−5,10", "-5.10"),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, amount: str) -> None:
    assert parse_amount(typed) == Decimal(amount)
    assert str(parse_amount(typed)) == amount


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,2,3", "1.2.3", "12.34.567", "1234.567", "1e5", "NaN", "5-", "9" * 40]
)
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        parse_amount(typed)
    assert refusal.value.messages == ["Schrijf een bedrag in euro, bijvoorbeeld 1.234,56."]


@pytest.mark.parametrize("typed", ["1,234", "10,000", "0,001", "1.000,000"])
def test_more_than_two_decimals_are_never_guessed(typed: str) -> None:
    """10,000 is ten thousand in English and ten in Dutch: we ask rather than guess."""
    with pytest.raises(ValidationError) as refusal:
        parse_amount(typed)
    assert refusal.value.messages == ["Een bedrag heeft hoogstens twee cijfers na de komma."]


def test_amounts_are_rounded_half_up() -> None:
    assert round_cents(Decimal("0.005")) == Decimal("0.01")
    assert round_cents(Decimal("2.675")) == Decimal("2.68")
    assert round_cents(Decimal("-0.005")) == Decimal("-0.01")
    assert str(round_cents(Decimal("1"))) == "1.00"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("1234.56"), f"€{NBSP}1.234,56"),
        (Decimal("5000000"), f"€{NBSP}5.000.000,00"),
        (0, f"€{NBSP}0,00"),
        (Decimal("-12.3"), f"€{NBSP}-12,30"),
        (Decimal("-0.001"), f"€{NBSP}0,00"),  # no minus before nothing
        (None, "–"),
    ],
)
def test_amounts_read_the_dutch_way(amount: Decimal | int | None, shown: str) -> None:
    assert format_eur(amount) == shown


@given(st.decimals("-999999999999.99", "999999999999.99", places=2))
def test_what_is_shown_reads_back_as_the_same_amount(amount: Decimal) -> None:
    assert parse_amount(format_eur(amount)) == amount


class CostForm(forms.Form):
    cost = MoneyField(verbose_name="kost").formfield()
    change = MoneyField(allow_negative=True, blank=True).formfield(required=False)


def test_a_form_field_takes_a_dutch_amount() -> None:
    form = CostForm({"cost": "1.234,56", "change": "-3"})
    assert form.is_valid()
    assert form.cleaned_data == {"cost": Decimal("1234.56"), "change": Decimal("-3.00")}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "Een bedrag is niet negatief."),
        ("veel", "Schrijf een bedrag in euro, bijvoorbeeld 1.234,56."),
        ("1234567890123", None),  # thirteen digits before the comma do not fit
    ],
)
def test_a_form_field_refuses_and_shows_what_was_typed(typed: str, sentence: str | None) -> None:
    form = CostForm({"cost": typed})
    assert not form.is_valid()
    if sentence:
        assert form.errors["cost"] == [sentence]
    assert f'value="{typed}"' in str(form["cost"])


def test_a_form_field_shows_an_amount_the_dutch_way_in_a_text_box() -> None:
    form = CostForm(initial={"cost": Decimal("1234.5")})
    box = str(form["cost"])
    assert 'value="1.234,50"' in box
    assert 'type="text"' in box
    assert 'inputmode="decimal"' in box


def test_an_amount_that_did_not_change_is_not_reported_as_changed() -> None:
    field = MoneyFormField()
    assert not field.has_changed(Decimal("1234.50"), "1.234,5")
    assert field.has_changed(Decimal("1234.50"), "1.234,51")


def test_a_migration_needs_no_digits_or_validators() -> None:
    assert MoneyField().deconstruct()[3] == {}
    assert MoneyField(allow_negative=True).deconstruct()[3] == {"allow_negative": True}
