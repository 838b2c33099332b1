"""How figures, instants and texts read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from common import formatting
from common.moments import BRUSSELS, end_of_day

NBSP = "\N{NO-BREAK SPACE}"


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BRUSSELS)  # type: ignore[arg-type, misc]


def test_a_moment_is_told_in_brussels_time():
    assert formatting.format_moment(datetime(2026, 6, 14, 21, 59, tzinfo=UTC)) == (
        "14 juni 2026 om 23.59 uur"
    )
    assert formatting.format_moment(None) == "–"


def test_a_day_of_an_instant_is_its_brussels_day():
    assert formatting.format_day(datetime(2026, 6, 14, 22, 30, tzinfo=UTC)) == "15 juni 2026"
    assert formatting.format_day(date(2026, 3, 1)) == "1 maart 2026"
    assert formatting.format_day(None) == "–"


def test_an_exclusive_midnight_is_24_hours_of_the_day_before():
    assert formatting.format_deadline(end_of_day(date(2026, 6, 14))) == "14 juni 2026, 24.00 uur"
    assert formatting.format_deadline(brussels(2026, 6, 14, 12, 0)) == "14 juni 2026, 12.00 uur"


@pytest.mark.parametrize(
    ("now", "relative", "urgency"),
    [
        (brussels(2026, 6, 4, 23, 59), "nog 10 dagen", "calm"),
        (brussels(2026, 6, 7, 9, 0), "nog 7 dagen", "soon"),
        (brussels(2026, 6, 13, 23, 59), "nog 1 dag", "soon"),
        (brussels(2026, 6, 14, 0, 0), "vandaag, nog 24 uur", "now"),
        (brussels(2026, 6, 14, 22, 30), "vandaag, nog 1 uur", "now"),
        (brussels(2026, 6, 14, 23, 45), "nog 15 minuten", "now"),
        (brussels(2026, 6, 14, 23, 59, 30), "nog 1 minuut", "now"),
        (brussels(2026, 6, 15, 0, 0), "1 dag geleden", "past"),
        (brussels(2026, 6, 17, 8, 0), "3 dagen geleden", "past"),
    ],
)
def test_time_left_never_promises_more_than_there_is(now, relative, urgency):
    told = formatting.describe_deadline(end_of_day(date(2026, 6, 14)), now)
    assert told == (relative, "14 juni 2026, 24.00 uur", urgency)


def test_a_deadline_earlier_today_has_passed_today():
    noon = brussels(2026, 6, 14, 12, 0)
    assert formatting.describe_deadline(noon, noon).relative == "vandaag verstreken"
    assert formatting.describe_deadline(noon, noon + timedelta(hours=5)).urgency == "past"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("37.50"), f"37,5{NBSP}%"),
        (50, f"50{NBSP}%"),
        (Decimal("33.3333"), f"33,3{NBSP}%"),
        (100, f"100{NBSP}%"),
        (0, f"0{NBSP}%"),
        (None, "–"),
    ],
)
def test_a_percentage_has_decimals_only_when_it_needs_them(value, text):
    assert formatting.format_pct(value) == text


def test_numbers_are_grouped_and_rounded_half_up():
    assert formatting.format_number(1234567) == "1.234.567"
    assert formatting.format_number(Decimal("2.5")) == "3"
    assert formatting.format_number(-1234.56, 1) == "-1.234,6"
    assert formatting.format_number(None) == "–"


def test_identifiers_are_grouped_as_on_paper():
    assert formatting.format_kbo("0207509031") == "0207.509.031"
    assert formatting.format_kbo("OVO002949") == "OVO002949"
    assert formatting.format_kbo("") == "–"
    assert formatting.format_iban("BE68539007547034") == NBSP.join(["BE68", "5390", "0754", "7034"])
    assert formatting.format_iban(None) == "–"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, f"0{NBSP}bytes"),
        (999, f"999{NBSP}bytes"),
        (48_300, f"48{NBSP}kB"),
        (1_240_000, f"1,2{NBSP}MB"),
        (None, "–"),
    ],
)
def test_file_sizes(size, text):
    assert formatting.format_size(size) == text


def test_markdown_gives_structure():
    assert formatting.render_markdown("# Doel\n\n**Vet** en\n\n- een\n- twee") == (
        "<h3>Doel</h3>\n<p><strong>Vet</strong> en</p>\n<ul>\n<li>een</li>\n<li>twee</li>\n</ul>\n"
    )
    assert formatting.render_markdown(None) == ""


def test_markdown_refuses_html_scripts_and_images():
    html = formatting.render_markdown(
        "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://a.be/p.png)"
        " [goed](https://vlaanderen.be)"
    )
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html
    assert '<a href="https://vlaanderen.be" rel="noopener noreferrer nofollow">goed</a>' in html
