"""Identifiers of organisations (domain.md 2.3)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.identifiers import (
    format_kbo,
    normalise_kbo,
    validate_kbo,
    validate_nis,
    validate_ovo,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0566.988.259", "0566988259"),
        ("0207509031", "0207509031"),
        ("0426994097", "0426994097"),
        ("0423968786", "0423968786"),
        ("0643634986", "0643634986"),
        ("BE 0207.509.031", "0207509031"),
        ("be0207509031", "0207509031"),
        ("BE-0207-509-031", "0207509031"),
        (" 0207 509 031 ", "0207509031"),
        ("0207\N{NO-BREAK SPACE}509\N{NO-BREAK SPACE}031", "0207509031"),
        ("207.509.031", "0207509031"),  # nine digits, as before 2005
        ("BE207509031", "0207509031"),
        ("0207007797", "0207007797"),  # 02070077 is a multiple of 97: remainder 0 gives 97
        ("1000002197", "1000002197"),  # the 1-series, and again a remainder of 0
        ("1005.001.261", "1005001261"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_company_number_is_stored_as_ten_digits(typed: str, stored: str) -> None:
    assert normalise_kbo(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "0566.988.258",  # wrong check digits
        "0207007700",  # remainder 0 is 97, never 00
        "0207509013",  # two digits swapped
        "2207509031",  # there is no 2-series
        "20750903",
        "02075090311",
        "0207509O31",  # a letter O
        "٠٢٠٧٥٠٩٠٣١",  # digits, but not ours
        "BE",
        "NL0207509031",
    ],
)
def test_a_wrong_company_number_is_refused_with_an_example(typed: str) -> None:
    if typed == "BE":
        assert normalise_kbo(typed) == ""
        return
    with pytest.raises(ValidationError, match=r"bijvoorbeeld 0207\.509\.031"):
        normalise_kbo(typed)


def test_a_stored_number_has_no_dots() -> None:
    validate_kbo("0207509031")
    with pytest.raises(ValidationError):
        validate_kbo("0207.509.031")


def test_a_company_number_is_shown_with_dots() -> None:
    assert format_kbo("0207509031") == "0207.509.031"
    assert format_kbo("") == ""


@pytest.mark.parametrize("code", ["OVO002949", "OVO000001"])
def test_an_ovo_code_has_six_digits(code: str) -> None:
    validate_ovo(code)


@pytest.mark.parametrize("code", ["OVO2949", "ovo002949", "OVO0029490", "OVO002949\n", "002949"])
def test_a_wrong_ovo_code_is_refused(code: str) -> None:
    with pytest.raises(ValidationError, match="OVO002949"):
        validate_ovo(code)


def test_a_nis_code_has_five_digits() -> None:
    validate_nis("44021")
    for wrong in ("4402", "440211", "4402a"):
        with pytest.raises(ValidationError, match="vijf cijfers"):
            validate_nis(wrong)
