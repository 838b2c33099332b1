"""How amounts, instants, numbers and texts read on the screen and on paper (domain.md 9.2)."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import nh3
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it import MarkdownIt

from common import clock
from common.moments import BRUSSELS, last_day_before, local_day

NONE = "–"
NBSP = "\N{NO-BREAK SPACE}"

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_ALLOWED_TAGS = {
    *("p", "br", "hr", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre"),
    *("h2", "h3", "h4", "h5", "h6", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
# A page has one h1; a person's "# Titel" is a heading inside it.
_HEADING_SHIFT = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}


class Deadline(NamedTuple):
    """What a deadline says: `relative` ("nog 3 dagen"), `absolute`, and how near it is."""

    relative: str
    absolute: str
    urgency: str  # past, now, soon or calm


def format_day(value: date | datetime | None) -> str:
    """`14 juni 2026`; an instant gives its Brussels day; `–` when there is none."""
    if value is None:
        return NONE
    return date_format(local_day(value) if isinstance(value, datetime) else value, "j F Y")


def format_clock(value: datetime) -> str:
    """`23.59`, Brussels time, written with a point as in Dutch."""
    return value.astimezone(BRUSSELS).strftime("%H.%M")


def format_moment(value: datetime | None) -> str:
    """`14 juni 2026 om 23.59 uur`, Brussels time; `–` when there is none."""
    if value is None:
        return NONE
    return _("%(day)s om %(clock)s uur") % {"day": format_day(value), "clock": format_clock(value)}


def is_midnight(value: datetime) -> bool:
    """Whether an instant is 00:00 in Brussels, the exclusive end of the day before."""
    return value.astimezone(BRUSSELS).time() == time.min


def format_deadline(value: datetime) -> str:
    """`14 juni 2026, 24.00 uur`: an exclusive 00:00 is written as 24.00 of the day before."""
    midnight = is_midnight(value)
    return _("%(day)s, %(clock)s uur") % {
        "day": format_day(last_day_before(value) if midnight else value),
        "clock": "24.00" if midnight else format_clock(value),
    }


def format_moment_until(value: datetime) -> str:
    """`14 juni 2026 om 24.00 uur`: `format_deadline` in the words of `format_moment`."""
    if not is_midnight(value):
        return format_moment(value)
    return _("%(day)s om %(clock)s uur") % {
        "day": format_day(last_day_before(value)),
        "clock": "24.00",
    }


def describe_deadline(value: datetime, now: datetime | None = None) -> Deadline:
    """How long until (or since) an exclusive deadline, in calendar days of Brussels.

    Under a day it counts hours, under an hour minutes (rounded down, at least one), so that nobody
    is told there is more time than there is.
    """
    now = now or clock.now()
    left = value - now
    days = (last_day_before(value) - local_day(now)).days
    if left <= timedelta(0):
        ago = (local_day(now) - last_day_before(value)).days
        relative = (
            ngettext("%(n)d dag geleden", "%(n)d dagen geleden", ago) % {"n": ago}
            if ago
            else _("vandaag verstreken")
        )
        urgency = "past"
    elif days > 0:
        relative = ngettext("nog %(n)d dag", "nog %(n)d dagen", days) % {"n": days}
        urgency = "soon" if days <= 7 else "calm"
    else:
        hours, minutes = divmod(max(int(left.total_seconds()) // 60, 1), 60)
        relative = (
            _("vandaag, nog %(n)d uur") % {"n": hours}
            if hours
            else ngettext("nog %(n)d minuut", "nog %(n)d minuten", minutes) % {"n": minutes}
        )
        urgency = "now"
    return Deadline(relative, format_deadline(value), urgency)


def format_number(value: Decimal | int | float | None, decimals: int = 0) -> str:
    """`1.234,5` with a fixed number of decimals, half up; `–` when there is none."""
    if value is None:
        return NONE
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def format_pct(value: Decimal | int | float | None, decimals: int = 1) -> str:
    """A number of percent as `37,5 %` (no decimals when there are none): 50 gives `50 %`."""
    if value is None:
        return NONE
    text = format_number(value, decimals)
    if "," in text:
        text = text.rstrip("0").rstrip(",")
    return f"{text}{NBSP}%"


def format_kbo(value: str | None) -> str:
    """`0207.509.031` for ten digits; other text unchanged; `–` when empty."""
    if not value:
        return NONE
    if len(value) != 10 or not value.isdigit():
        return value
    return f"{value[:4]}.{value[4:7]}.{value[7:]}"


def format_iban(value: str | None) -> str:
    """`BE68 5390 0754 7034`: groups of four; `–` when empty."""
    if not value:
        return NONE
    compact = value.replace(" ", "")
    return NBSP.join(compact[i : i + 4] for i in range(0, len(compact), 4))


def format_size(size: int | None) -> str:
    """A file's size in bytes, kB or MB of 1,000 (`1,2 MB`); `–` when unknown."""
    if size is None:
        return NONE
    if size < 1000:
        return f"{size}{NBSP}bytes"
    if size < 1_000_000:
        return f"{format_number(Decimal(size) / 1000)}{NBSP}kB"
    return f"{format_number(Decimal(size) / 1_000_000, 1)}{NBSP}MB"


_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:@])")
_SPACE_AROUND_LINE_END = re.compile(r"[ \t]*\r?\n[ \t]*")


def escape_markdown(value: str) -> str:
    """A plain value as Markdown that reads as that value: a title cannot become a link."""
    # A line that starts with spaces would become a block of code.
    return _SPACE_AROUND_LINE_END.sub("\n", _PUNCTUATION.sub(r"\\\1", value))


def render_markdown(text: str | None) -> SafeString:
    """A small, safe Markdown subset: never HTML of the writer, no images, headings from h3 down."""
    if not text:
        return SafeString("")
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADING_SHIFT[token.tag]
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    clean = nh3.clean(
        html,
        tags=_ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)
