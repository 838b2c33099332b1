"""The portal's own template language: formatting filters and page components.

Loaded in every template (settings: builtins). docs/components.md lists each with an example.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common import formatting
from common.money import format_eur

register = template.Library()

# --- Filters -------------------------------------------------------------------------------------


@register.filter
def eur(amount: Decimal | int | None) -> str:
    """`{{ amount|eur }}` → `€ 1.234,56`; nothing → `–`."""
    return format_eur(amount if amount != "" else None)


@register.filter
def pct(value: Decimal | int | float | None, decimals: int = 1) -> str:
    """`{{ 37.5|pct }}` → `37,5 %`. The value counts in percent, not as a fraction."""
    return formatting.format_pct(value if value != "" else None, decimals)


@register.filter
def number(value: Decimal | int | float | None, decimals: int = 0) -> str:
    """`{{ 12345|number }}` → `12.345`; `{{ x|number:1 }}` for one decimal."""
    return formatting.format_number(value if value != "" else None, decimals)


@register.filter
def moment(value: datetime | None) -> str:
    """`{{ instant|moment }}` → `14 juni 2026 om 23.59 uur`, Brussels time."""
    return formatting.format_moment(value or None)


@register.filter
def day(value: date | datetime | None) -> str:
    """`{{ d|day }}` → `14 juni 2026`; an instant gives its Brussels day."""
    return formatting.format_day(value or None)


@register.filter
def until(value: datetime | None) -> str:
    """`{{ closes_at|until }}` → `14 juni 2026, 24.00 uur` for an exclusive 00:00 of 15 June."""
    return formatting.format_deadline(value) if value else formatting.NONE


@register.filter
def kbo(value: str | None) -> str:
    """`{{ organisation.kbo|kbo }}` → `0207.509.031`."""
    return formatting.format_kbo(value)


@register.filter
def iban(value: str | None) -> str:
    """`{{ account|iban }}` → `BE68 5390 0754 7034`."""
    return formatting.format_iban(value)


@register.filter
def filesize(size: int | None) -> str:
    """`{{ file.size|filesize }}` → `1,2 MB`."""
    return formatting.format_size(size if size != "" else None)


@register.filter(is_safe=True)
def markdown(text: str | None) -> SafeString:
    """`{{ text|markdown }}`: a safe subset of Markdown; writer's HTML is shown as text."""
    return formatting.render_markdown(text)


# --- Small pieces --------------------------------------------------------------------------------

TONES = ("neutral", "info", "success", "warning", "danger")

# What the states of all lifecycles have in common; a model may add `state_tones = {value: tone}`.
STATE_TONES: Mapping[str, str] = {
    state: tone
    for tone, states in {
        "info": (
            "submitted in_check in_evaluation evaluation requested claimed running registered"
        ),
        "success": (
            "open published selected granted approved complete completed paid active done "
            "positive decided committed sent"
        ),
        "warning": (
            "incomplete information_requested attention positive_with_points planned waiting "
            "on_hold suspended"
        ),
        "danger": "rejected refused negative failed expired cancelled late",
    }.items()
    for state in states.split()
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "check" %}`: decoration; with a label it is an image with that name."""
    url = f"{static('icons/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}" width="24" height="24">'
            '<use href="{}"/></svg>',
            label,
            url,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24">'
        '<use href="{}"/></svg>',
        url,
    )


@register.simple_tag
def badge(label: str, tone: str = "neutral") -> SafeString:
    """`{% badge _("Voorbeelddata") tone="warning" %}`; the words carry the meaning."""
    return format_html('<span class="tag tag-{}">{}</span>', _known(tone), label)


@register.simple_tag
def state_badge(thing: Any, field: str = "state") -> SafeString:
    """`{% state_badge proposal %}`: the state's label, coloured by its value."""
    value = str(getattr(thing, field))
    tones: Mapping[str, str] = getattr(thing, "state_tones", {})
    display = getattr(thing, f"get_{field}_display", None)
    label = display() if display else value
    return badge(label, tones.get(value, STATE_TONES.get(value, "neutral")))


@register.simple_tag
def instant(value: datetime, *, until: bool = False) -> SafeString:
    """`{% instant closes_at until=True %}` → 14 juni 2026 om 24.00 uur, Belgische tijd.

    Spelled out for people; programs read the exact moment, in UTC, from `<time>`.
    """
    words = formatting.format_moment_until(value) if until else formatting.format_moment(value)
    return format_html(
        '<time datetime="{}">{}</time>',
        value.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        _("%(moment)s, Belgische tijd") % {"moment": words},
    )


@register.simple_tag
def deadline(instant: datetime | None, now: datetime | None = None) -> SafeString:
    """`{% deadline round.closes_at %}` → nog 3 dagen (14 juni 2026, 24.00 uur)."""
    if not instant:
        return SafeString(formatting.NONE)
    words = formatting.describe_deadline(instant, now)
    return format_html(
        '<span class="deadline deadline-{}"><time datetime="{}">{}</time> '
        '<span class="deadline-date">({})</span></span>',
        words.urgency,
        instant.isoformat(),
        words.relative,
        words.absolute,
    )


@register.simple_tag
def fact(label: str, value: Any = None) -> SafeString:
    """`<dl class="facts">{% fact _("KBO-nummer") organisation.kbo|kbo %}</dl>`; empty → –."""
    shown = formatting.NONE if value is None or value == "" else value
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.simple_tag
def tile(label: str, value: Any, note: str = "", url: str = "") -> SafeString:
    """`<dl class="tiles">{% tile _("Vastgelegd") total|eur note=_("van 5 miljoen") %}</dl>`."""
    shown = format_html('<a href="{}">{}</a>', url, value) if url else value
    extra = format_html('<dd class="tile-note">{}</dd>', note) if note else ""
    return format_html(
        '<div class="tile"><dt>{}</dt><dd class="tile-value">{}</dd>{}</div>', label, shown, extra
    )


@register.simple_tag
def usage_bar(label: str, value: Decimal | int, maximum: Decimal | int) -> SafeString:
    """`{% usage_bar _("VAK gebruikt") used total %}`: a `<progress>` and its percentage."""
    whole = Decimal(maximum)
    share = Decimal(value) / whole * 100 if whole > 0 else Decimal(0)
    return format_html(
        '<div class="usage"><span class="usage-label">{}</span> '
        '<span class="usage-value">{}</span>'
        '<progress max="100" value="{}" aria-label="{}"></progress></div>',
        label,
        formatting.format_pct(share),
        f"{min(max(share, Decimal(0)), Decimal(100)):.1f}",
        label,
    )


# --- Blocks --------------------------------------------------------------------------------------


@register.simple_block_tag
def callout(content: str, tone: str = "info", title: str = "") -> SafeString:
    """`{% callout "warning" title=_("Let op") %}…{% endcallout %}`."""
    tone = _known(tone)
    heading = format_html('<p class="callout-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="callout callout-{}">{}<div class="callout-body">{}{}</div></div>',
        tone,
        icon({"neutral": "info"}.get(tone, tone)),
        heading,
        SafeString(content),
    )


@register.simple_block_tag
def panel(
    content: str, title: str, tone: str = "", level: int = 2, id: str = "", badge: str = ""
) -> SafeString:
    """`{% panel _("Uw aanvraag") %}…{% endpanel %}`: a titled section; tone="danger" to confirm."""
    anchor = id or f"deel-{slugify(title)}"
    return format_html(
        '<section class="panel{}" aria-labelledby="{}"><h{} class="panel-title" id="{}">{}{}</h{}>'
        '<div class="panel-body">{}</div></section>',
        f" panel-{_known(tone)}" if tone else "",
        anchor,
        level,
        anchor,
        title,
        format_html(' <span class="panel-note">{}</span>', badge) if badge else "",
        level,
        SafeString(content),
    )


@register.simple_block_tag
def table(
    content: str,
    caption: str,
    *,
    stack: bool = False,
    dense: bool = False,
    hide_caption: bool = False,
    id: str = "",
) -> SafeString:
    """`{% table _("Projectvoorstellen") %}<thead>…<tbody>…{% endtable %}`.

    Scrolls sideways in a focusable group on a narrow screen; `stack=True` makes each row a card
    there instead (give every `<td>` a `data-label`). No region: the section around it may well have
    the name of its one table, and landmarks with one name are no landmarks.
    """
    anchor = id or f"tabel-{slugify(caption)}"
    return format_html(
        '<div class="table-scroll{}" role="group" aria-labelledby="{}" tabindex="0">'
        '<table class="table{}"><caption id="{}"{}>{}</caption>{}</table></div>',
        " table-stack" if stack else "",
        anchor,
        " table-sm" if dense else "",
        anchor,
        SafeString(' class="visually-hidden"') if hide_caption else "",
        caption,
        SafeString(content),
    )


@register.simple_block_tag
def empty_state(content: str, title: str) -> SafeString:
    """`{% empty_state _("Nog geen dossiers") %}<p>…</p>{% endempty_state %}`."""
    return format_html(
        '<div class="empty-state">{}<p class="empty-state-title">{}</p>{}</div>',
        icon("list"),
        title,
        SafeString(content),
    )


@register.simple_block_tag
def details(content: str, title: str, *, open: bool = False) -> SafeString:
    """`{% details _("Toon de vragen") %}…{% enddetails %}`: folds without JavaScript."""
    return format_html(
        '<details class="fold"{}><summary>{}</summary><div class="fold-body">{}</div></details>',
        SafeString(" open") if open else "",
        title,
        SafeString(content),
    )


def _known(tone: str) -> str:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"Unknown tone {tone!r}; choose one of {TONES}.")
    return tone
