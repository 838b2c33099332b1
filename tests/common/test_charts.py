"""Charts: readable without colour, without style, with figures in words, and never a crash."""

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from common.charts import (
    Series,
    bar_chart,
    column_chart,
    line_chart,
    nice_ticks,
    share_chart,
)

SVG = "{http://www.w3.org/2000/svg}"
YEARS = ["2024", "2025", "2026"]
MONEY = [Series("Vastgelegd", [100, 250, None]), Series("Betaald", [50, -20, 0])]
ALL = [
    bar_chart([("Steden", Decimal("1850000.5")), ("Terug", -3)], title="Per type", desc="Veel."),
    column_chart(YEARS, MONEY, title="Naast elkaar"),
    column_chart(YEARS, MONEY, title="Gestapeld", stacked=True),
    line_chart(YEARS, MONEY, title="Verloop"),
    share_chart([("Betaald", 30), ("Open", 20)], title="Gebruik", total=100, rest="Over"),
]


def drawing(figure: str) -> ET.Element:
    svg = re.search(r"<svg.*</svg>", figure, re.DOTALL)
    assert svg
    return ET.fromstring(svg.group())  # noqa: S314 - our own text


@pytest.mark.parametrize("figure", ALL)
def test_every_drawing_is_an_image_with_a_name_sizes_and_no_style(figure):
    svg = drawing(figure)
    assert svg.get("role") == "img"
    assert svg.get("aria-label", "").startswith(svg.findtext(f"{SVG}title") or "?")
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"
    assert "style" not in figure
    assert "nan" not in figure.lower()


@pytest.mark.parametrize("figure", ALL)
def test_nothing_is_drawn_outside_the_frame(figure):
    svg = drawing(figure)
    width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
    for shape in svg.iter(f"{SVG}rect"):
        x, y = float(shape.get("x", 0)), float(shape.get("y", 0))
        assert 0 <= x <= x + float(shape.get("width", 0)) <= width + 1
        assert 0 <= y <= y + float(shape.get("height", 0)) <= height + 1


def test_bars_tell_the_exact_figure():
    texts = [text.text for text in drawing(ALL[0]).iter(f"{SVG}text")]
    assert texts == ["Steden", "€\xa01.850.000,50", "Terug", "€\xa0-3,00"]


def test_a_long_label_is_cut_but_whole_in_its_title():
    label = "Intergemeentelijke samenwerkingsverbanden voor afval, milieu en energie"
    text = next(drawing(bar_chart([(label, 1)], title="x")).iter(f"{SVG}text"))
    assert text.findtext(f"{SVG}title") == label
    assert "…" in "".join(text.itertext())


def test_texts_of_people_are_escaped():
    figure = bar_chart([("<b>&", 1)], title='"><script>')
    assert "<script" not in figure
    assert "&lt;b&gt;&amp;" in figure


def test_stacked_columns_stand_on_each_other():
    figure = column_chart(["2026"], [Series("A", [2]), Series("B", [1])], title="x", stacked=True)
    first, second = [
        r for r in drawing(figure).iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None
    ]
    bottom = float(second.get("y", 0)) + float(second.get("height", 0))
    assert bottom == pytest.approx(float(first.get("y", 0)), abs=0.2)
    assert float(first.get("height", 0)) == pytest.approx(
        2 * float(second.get("height", 0)), abs=0.2
    )


def test_a_missing_value_breaks_the_line():
    figure = line_chart(["a", "b", "c"], [Series("x", [1, None, 2])], title="x")
    assert 'stroke-width="2.5"' not in figure
    assert figure.count("<circle") == 2


def test_the_rest_of_a_budget_is_named():
    texts = ["".join(text.itertext()) for text in drawing(ALL[4]).iter(f"{SVG}text")]
    assert texts == [
        "Betaald: €\xa030,00 (30\xa0%)",
        "Open: €\xa020,00 (20\xa0%)",
        "Over: €\xa050,00 (50\xa0%)",
    ]


def test_more_than_the_total_shows_where_the_total_ended():
    assert "#aa2729" in share_chart([("Gevraagd", 150)], title="x", total=100, rest="Over")


@pytest.mark.parametrize(
    "figure",
    [
        bar_chart([], title="Leeg"),
        column_chart([], [], title="Leeg"),
        line_chart(["2026"], [Series("x", [None])], title="Leeg"),
        share_chart([("x", 0)], title="Leeg", total=0),
    ],
)
def test_without_figures_a_sentence_says_so(figure):
    assert figure == (
        '<figure class="chart"><figcaption>Leeg</figcaption>'
        '<p class="chart-empty">Er zijn nog geen cijfers om te tonen.</p></figure>'
    )


def test_only_zeros_is_drawn_without_dividing_by_zero():
    assert "<svg" in bar_chart([("x", 0)], title="x")
    assert "<svg" in column_chart(["a"], [Series("x", [0])], title="x")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 4_980_000, [0, 2_000_000, 4_000_000, 6_000_000]),
        (0, 100, [0, 25, 50, 75, 100]),
        (-20, 250, [-100, 0, 100, 200, 300]),
        (0, 0, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_axes_have_round_figures_and_hold_zero(low, high, ticks):
    assert nice_ticks(low, high) == ticks
