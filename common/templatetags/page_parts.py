"""Lists, tables' sorting and pages, navigation and forms: the larger parts of a page.

Loaded in every template (settings: builtins), beside `portal`.
"""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.money import MoneyInput
from common.templatetags.portal import icon

register = template.Library()

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
