"""Charts as SVG text: the same drawing on the screen and on paper.

Only presentation attributes (the content security policy refuses styles), explicit sizes
(WeasyPrint needs them), figures in words beside each mark, and series that differ in lightness,
outline, dash and marker, so that a black-and-white print can be read. Put a table with the figures
beside a chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common.formatting import NBSP, NONE, format_number, format_pct
from common.money import format_eur

Amount = Decimal | int | float | None

TEXT, SOFT_TEXT, GRID = "#333332", "#5a6675", "#cfd5dd"
# Light differs from dark in print too; every fill has an outline, for the pale ones.
FILLS = ("#003b8e", "#6aa5ee", "#ffe615", "#9aa5b3", "#00703a", "#ffffff")
DASHES = ("", "8 4", "2 4", "10 4 2 4", "", "8 4")
NARROW, WIDE = 440, 720  # a narrow chart can be read on a phone without scrolling
FONT = "Source Sans 3, Source Sans 3 Ext, sans-serif"


@dataclass(frozen=True)
class Series:
    """One named row of values, as many as the chart has labels; None draws nothing."""

    name: str
    values: Sequence[Amount]


def bar_chart(
    rows: Sequence[tuple[str, Amount]], *, title: str, desc: str = "", unit: str = "eur"
) -> SafeString:
    """Horizontal bars with the label above and the figure beside each; negative bars go left."""
    if not rows:
        return _nothing(title)
    values = [_number(value) for _label, value in rows]
    low, high = min(0.0, *values), max(0.0, *values)
    width, line, label_room = NARROW, 46, 130
    scale = (width - label_room) / ((high - low) or 1)
    zero = -low * scale
    parts = []
    for index, ((label, value), number) in enumerate(zip(rows, values, strict=True)):
        top = index * line
        length = abs(number) * scale
        left = zero - length if number < 0 else zero
        parts.append(_line(zero, top + 17, zero, top + 39, TEXT))
        words = _words(value, unit)
        parts += [
            _text(0, top + 14, _shorten(label, 56), full=label),
            _rect(left, top + 20, length, 16, FILLS[0], f"{label}: {words}"),
            _text(max(left + length, zero) + 6, top + 33, words, weight=600),
        ]
    bottom = len(rows) * line
    return _figure(title, desc, width, bottom, parts)


def column_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    desc: str = "",
    unit: str = "eur",
    stacked: bool = False,
) -> SafeString:
    """Columns per label: side by side, or stacked (positive values upwards, negative downwards)."""
    if not labels or not any(one.values for one in series):
        return _nothing(title)
    rows = [[_number(value) for value in one.values] for one in series]
    if stacked:
        columns = list(zip(*rows, strict=True))
        highest = max(sum(value for value in column if value > 0) for column in columns)
        lowest = min(sum(value for value in column if value < 0) for column in columns)
    else:
        highest, lowest = max(map(max, rows)), min(map(min, rows))
    frame = _Frame(labels, lowest, highest, unit, series)
    slot = frame.slot * 0.7
    thin = slot if stacked else slot / len(series)
    show = stacked or len(labels) * len(series) <= 8
    parts = frame.parts()
    for index, label in enumerate(labels):
        left = frame.centre(index) - slot / 2
        up = down = 0.0
        for number, one in enumerate(series):
            value, words = rows[number][index], _words(one.values[index], unit)
            start = (up if value >= 0 else down) if stacked else 0.0
            top, bottom = sorted((frame.y(start), frame.y(start + value)))
            x = left if stacked else left + number * thin
            hint = f"{label}, {one.name}: {words}"
            parts.append(_rect(x + 1, top, thin - 2, bottom - top, _fill(number), hint))
            if value >= 0:
                up += value
            else:
                down += value
            if show and not stacked:
                figure = frame.figure(value)
                parts.append(_text(x + thin / 2, top - 5, figure, size=12, anchor="middle"))
        if stacked:
            total = _short(up + down, unit)
            parts.append(
                _text(frame.centre(index), frame.y(up) - 6, total, 12, "middle", weight=600)
            )
    return _figure(title, desc, frame.width, frame.height, parts)


def line_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    desc: str = "",
    unit: str = "eur",
) -> SafeString:
    """Lines that differ in dash and marker as well as in colour; a None value breaks the line."""
    values = [_number(value) for one in series for value in one.values if value is not None]
    if not labels or not values:
        return _nothing(title)
    frame = _Frame(labels, min(0.0, *values), max(0.0, *values), unit, series, lines=True)
    parts = frame.parts()
    for number, one in enumerate(series):
        colour = _stroke(number)
        previous: tuple[float, float] | None = None
        for index, value in enumerate(one.values):
            if value is None:
                previous = None
                continue
            point = (frame.centre(index), frame.y(_number(value)))
            if previous:
                parts.append(_line(*previous, *point, colour, 2.5, DASHES[number % len(DASHES)]))
            hint = f"{labels[index]}, {one.name}: {_words(value, unit)}"
            parts.append(_marker(number, *point, hint))
            previous = point
        if previous and len(series) <= 3:
            last = next(value for value in reversed(one.values) if value is not None)
            x, y = previous
            before = [value for value in one.values[:-1] if value is not None]
            y += 20 if before and _number(last) < _number(before[-1]) else -9
            parts.append(_text(x, y, _short(_number(last), unit), 12, "middle", weight=600))
    return _figure(title, desc, frame.width, frame.height, parts)


def share_chart(
    parts: Sequence[tuple[str, Amount]],
    *,
    title: str,
    desc: str = "",
    unit: str = "eur",
    total: Amount = None,
    rest: str = "",
) -> SafeString:
    """One stacked bar, as of a budget: the parts, and what is left of `total` named `rest`.

    Negative parts count as nothing. When the parts exceed `total`, a line marks where it ended.
    """
    values = [max(_number(value), 0.0) for _label, value in parts]
    used, whole = sum(values), max(_number(total), 0.0)
    names: list[tuple[str, float]] = [
        (label, value) for (label, _value), value in zip(parts, values, strict=True)
    ]
    if whole > used and rest:
        names.append((rest, whole - used))
    span = max(used, whole)
    if span <= 0:
        return _nothing(title)
    width, x = NARROW, 0.0
    drawn = [_rect(0, 4, width - 1, 32, "#ffffff")]
    for number, (label, value) in enumerate(names):
        length = value / span * (width - 1)
        left_over = rest and number == len(parts)
        share = format_pct(value / span * 100)
        words = f"{label}: {_words(value, unit)} ({share})"
        fill = "#ffffff" if left_over else _fill(number)
        drawn.append(_rect(x, 4, length, 32, fill, words))
        y = 62 + number * 24
        drawn += [_rect(0.5, y - 12, 14, 14, fill), _text(24, y, _shorten(words, 60), full=words)]
        x += length
    if 0 < whole < used:
        mark = whole / span * (width - 1)
        drawn.append(_line(mark, 0, mark, 40, "#aa2729", 3))
    return _figure(title, desc, width, 62 + len(names) * 24 - 10, drawn)


# --- Drawing -------------------------------------------------------------------------------------


class _Frame:
    """Axes, grid and legend of a chart with labels below and amounts at the left."""

    left, top, plot = 84, 20, 220

    def __init__(
        self,
        labels: Sequence[str],
        low: float,
        high: float,
        unit: str,
        series: Sequence[Series],
        *,
        lines: bool = False,
    ) -> None:
        self.labels, self.unit, self.series, self.lines = labels, unit, series, lines
        self.ticks = nice_ticks(low, high)
        self.width = min(max(self.left + 100 * len(labels), NARROW), WIDE)
        self.slot = (self.width - self.left) / len(labels)
        self.legend = self._legend()
        rows = 1 + max((row for _x, row in self.legend), default=-1)
        self.height = self.top + self.plot + 48 + 24 * rows

    def _legend(self) -> list[tuple[float, int]]:
        """Where each name of several series begins, and in which row: what is too long goes on."""
        places: list[tuple[float, int]] = []
        x, row = float(self.left), 0
        for one in self.series if len(self.series) > 1 else ():
            width = 56 + 7.2 * min(len(one.name), 30)
            if x > self.left and x + width - 22 > self.width:
                x, row = float(self.left), row + 1
            places.append((x, row))
            x += width
        return places

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.top + self.plot * (1 - (value - low) / (high - low))

    def figure(self, value: float) -> str:
        """A figure without symbol, in the axis's own millions, for narrow columns."""
        if self.ticks[-1] < 1_000_000:
            return format_number(value)
        return format_number(value / 1_000_000, 2).rstrip("0").rstrip(",")

    def centre(self, index: int) -> float:
        return self.left + self.slot * (index + 0.5)

    def parts(self) -> list[str]:
        parts = []
        for tick in self.ticks:
            y = self.y(tick)
            parts.append(_line(self.left, y, self.width, y, TEXT if tick == 0 else GRID))
            words = _short(tick, self.unit)
            parts.append(_text(self.left - 8, y + 4, words, 13, "end", SOFT_TEXT))
        base = self.top + self.plot
        room = max(int(self.slot / 7.5), 4)
        for index, label in enumerate(self.labels):
            for row, words in enumerate(_wrap(label, room)):
                y = base + 18 + row * 15
                parts.append(_text(self.centre(index), y, words, 13, "middle", full=label))
        for number, (one, (x, row)) in enumerate(zip(self.series, self.legend, strict=False)):
            y = base + 66 + 24 * row
            if self.lines:
                dash = DASHES[number % len(DASHES)]
                parts.append(_line(x, y - 5, x + 28, y - 5, _stroke(number), 2.5, dash))
                parts.append(_marker(number, x + 14, y - 5))
            else:
                parts.append(_rect(x, y - 12, 14, 14, _fill(number)))
            parts.append(_text(x + (34 if self.lines else 20), y, _shorten(one.name, 30)))
        return parts


def nice_ticks(low: float, high: float) -> list[float]:
    """Four to six round values that hold low, high and zero."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    rough = (high - low) / 4
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999999)
    first, last = floor(low / step), -floor(-high / step)
    return [index * step for index in range(first, last + 1)]


def _figure(title: str, desc: str, width: int, height: float, parts: Sequence[str]) -> SafeString:
    css = "chart-narrow" if width <= NARROW + 80 else "chart-wide"
    return format_html(
        '<figure class="chart {}"><figcaption>{}</figcaption>'
        '<div class="chart-scroll" role="group" aria-label="{}" tabindex="0">'
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" width="{}" height="{}"'
        ' viewBox="0 0 {} {}" font-family="{}" font-size="14"><title>{}</title><desc>{}</desc>'
        "{}</svg></div></figure>",
        *(css, title, title, f"{title}. {desc}".removesuffix(". "), width, int(height)),
        *(width, int(height), FONT, title, desc, mark_safe("".join(parts))),
    )


def _nothing(title: str) -> SafeString:
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption><p class="chart-empty">{}</p></figure>',
        title,
        _("Er zijn nog geen cijfers om te tonen."),
    )


def _text(
    x: float,
    y: float,
    words: str,
    size: int = 14,
    anchor: str = "start",
    fill: str = TEXT,
    *,
    weight: int = 400,
    full: str = "",
) -> str:
    hint = f"<title>{escape(full)}</title>" if full and full != words else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
        f' font-weight="{weight}" fill="{fill}">{hint}{escape(words)}</text>'
    )


def _rect(x: float, y: float, width: float, height: float, fill: str, hint: str = "") -> str:
    if width <= 0 or height <= 0:
        return ""
    inside = f"<title>{escape(hint)}</title>" if hint else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"'
        f' stroke="{TEXT}" stroke-width="1">{inside}</rect>'
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, dash: str = ""
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"'
        f' stroke-width="{width}"{dashes}/>'
    )


def _marker(number: int, x: float, y: float, hint: str = "") -> str:
    inside = f"<title>{escape(hint)}</title>" if hint else ""
    look = f'fill="{_fill(number)}" stroke="{TEXT}" stroke-width="1.5"'
    if number % 3 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {look}>{inside}</circle>'
    if number % 3 == 1:
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {look}>{inside}</rect>'
    points = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
    return f'<polygon points="{points}" {look}>{inside}</polygon>'


def _fill(number: int) -> str:
    return FILLS[number % len(FILLS)]


def _stroke(number: int) -> str:
    """A line needs contrast 3 with white: the pale fills become the text colour."""
    return TEXT if number % len(FILLS) in {2, 5} else _fill(number)


def _number(value: Amount) -> float:
    return 0.0 if value is None else float(value)


def _words(value: Amount, unit: str) -> str:
    """The exact figure in words."""
    if value is None:
        return NONE
    if unit == "eur":
        return format_eur(Decimal(str(value)))
    if unit == "pct":
        return format_pct(value)
    return format_number(value) + (f"{NBSP}{unit}" if unit else "")


def _short(value: float, unit: str) -> str:
    """A figure for an axis: whole, and in millions from a million on."""
    if unit == "pct":
        return format_pct(value)
    symbol = f"€{NBSP}" if unit == "eur" else ""
    if abs(value) >= 1_000_000:
        words = format_number(value / 1_000_000, 2).rstrip("0").rstrip(",")
        return symbol + _("%(number)s mln.") % {"number": words}
    return symbol + format_number(value, 0 if value == int(value) or unit == "eur" else 1)


def _shorten(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 1].rstrip() + "…"


def _wrap(words: str, room: int) -> list[str]:
    """At most two lines of `room` characters; the rest is cut with an ellipsis."""
    first, rest = "", words.split()
    while rest and len(f"{first} {rest[0]}".strip()) <= room:
        first = f"{first} {rest.pop(0)}".strip()
    if not first:
        return [_shorten(words, room)]
    return [first, _shorten(" ".join(rest), room)] if rest else [first]
