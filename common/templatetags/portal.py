"""The portal's own template language: formatting filters and page components.

Loaded in every template (settings: builtins). docs/components.md lists each with an example.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from common import formatting
from common.money import MoneyInput, format_eur

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

    Scrolls sideways in a focusable region on a narrow screen; `stack=True` makes each row a card
    there instead (give every `<td>` a `data-label`).
    """
    anchor = id or f"tabel-{slugify(caption)}"
    return format_html(
        '<div class="table-scroll{}" role="region" aria-labelledby="{}" tabindex="0">'
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


# --- Lists ---------------------------------------------------------------------------------------


@register.inclusion_tag("components/checklist.html")
def checklist(items: Iterable[Any]) -> dict[str, Any]:
    """`{% checklist items %}`: each item has label, done and, if wanted, url and note."""
    return {"items": items}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Any]) -> dict[str, Any]:
    """`{% steps items %}`: each has label, state (done, current, todo) and, if wanted, note."""
    return {"items": items}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[Any]) -> dict[str, Any]:
    """`{% timeline events %}`: each item has when, title and, if wanted, actor and text."""
    return {"items": items}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """`{% tabs items %}`: links; each item has label, url, active and, if wanted, count."""
    return {"items": items, "label": label or _("Onderdelen")}


@register.inclusion_tag("components/file_list.html")
def file_list(items: Iterable[Any]) -> dict[str, Any]:
    """`{% file_list files %}`: each item has name, url and, if wanted, size, at and note."""
    return {"items": items}


# --- Lists of rows: sorting, filtering, pages ----------------------------------------------------


def _query(context: Context, **changes: str | int | None) -> str:
    """The page's query string with some parameters set, or dropped when None."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(
    context: Context, field: str, label: str, default: str = "", css: str = "", param: str = "sort"
) -> SafeString:
    """`{% sort_header "title" _("Titel") default="-submitted_at" %}`: a `<th>` with a sorting link.

    Reads and writes `?sort=field` or `?sort=-field`; `default` is the order without parameter.
    """
    current = context["request"].GET.get(param) or default
    direction = {field: "ascending", f"-{field}": "descending"}.get(current, "none")
    target = f"-{field}" if direction == "ascending" else field
    symbol = {"ascending": "sort-up", "descending": "sort-down", "none": "sort"}[direction]
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="{}">{}{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', direction) if direction != "none" else "",
        _query(context, page=None, **{param: target}),
        label,
        icon(symbol),
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], param: str = "page") -> dict[str, Any]:
    """`{% pagination page_obj %}`: keeps filters and order; one page shows only the count."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [
            {
                "number": n,
                "url": _query(context, **{param: n}) if isinstance(n, int) else "",
                "current": n == page.number,
            }
            for n in numbers
        ],
        "previous": _query(context, **{param: page.number - 1}) if page.has_previous() else "",
        "next": _query(context, **{param: page.number + 1}) if page.has_next() else "",
    }


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: BaseForm, sort_param: str = "sort") -> dict[str, Any]:
    """`{% filters filter.form %}`: a GET form around a filter's fields; keeps the chosen order."""
    request = context["request"]
    return {
        "form": form,
        "sort": request.GET.get(sort_param, ""),
        "sort_param": sort_param,
        "path": request.path,
        "used": form.is_bound and any(value for value in form.data.values()),
    }


# --- Navigation ----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str, *, exact: bool = False) -> SafeString:
    """`{% nav_link "calls:list" _("Oproepen") %}`: a list item, marked when the page is below."""
    try:
        url = reverse(name)
    except NoReverseMatch:  # an app that this installation does not serve
        return SafeString("")
    request = context.get("request")
    path = request.path if request is not None else ""
    active = path == url if exact else path.startswith(url)
    return format_html(
        '<li><a href="{}"{}>{}</a></li>',
        url,
        SafeString(' aria-current="page"') if active else "",
        label,
    )


@register.simple_tag
def crumbs(*parts: Any) -> SafeString:
    """`{% crumbs _("Oproepen") calls_url _("Bewerken") %}`: label, url, label, url, last label."""
    pairs = list(zip(parts[:-1:2], parts[1::2], strict=False))
    items = format_html_join("", '<li class="breadcrumb-item"><a href="{1}">{0}</a></li>', pairs)
    last = format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', parts[-1])
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol class="breadcrumb">{}{}</ol></nav>',
        _("Kruimelpad"),
        items,
        last,
    )


# --- Forms ---------------------------------------------------------------------------------------


def error_target(field: BoundField) -> str:
    """The id that an error link jumps to: the first option of a group has its own id."""
    if field.field.widget.use_fieldset:
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    """`{% error_summary form formset %}`: all errors with links; `{% crispy form %}` has it."""
    errors: list[dict[str, str]] = []
    for source in sources:
        if hasattr(source, "management_form"):
            errors += [{"text": text, "target": ""} for text in source.non_form_errors()]
            for form in source.forms:
                errors += _form_errors(form)
        else:
            errors += _form_errors(source)
    return {"errors": errors}


def _form_errors(form: BaseForm) -> list[dict[str, str]]:
    if not form.is_bound:
        return []
    errors = [{"text": str(text), "target": "", "label": ""} for text in form.non_field_errors()]
    for bound in form:
        target = "" if bound.is_hidden else error_target(bound)
        errors += [
            {"text": str(text), "target": target, "label": str(bound.label).rstrip(".:?")}
            for text in bound.errors
        ]
    return errors


@register.filter
def input_prefix(field: BoundField) -> str:
    """What stands before the box: € for an amount, or the widget's own `input_prefix`."""
    widget: forms.Widget = field.field.widget
    return "€" if isinstance(widget, MoneyInput) else str(getattr(widget, "input_prefix", ""))


@register.filter
def input_suffix(field: BoundField) -> str:
    """What stands after the box, from the widget's `input_suffix`, such as % or dagen."""
    return str(getattr(field.field.widget, "input_suffix", ""))


@register.filter
def describedby_error_id(field: BoundField) -> str:
    """The id of the error text, the one Django puts in aria-describedby."""
    return f"{field.auto_id}_error"


def _known(tone: str) -> str:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"Unknown tone {tone!r}; choose one of {TONES}.")
    return tone
