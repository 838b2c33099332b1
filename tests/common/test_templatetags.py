"""The template language of the portal: filters and components."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from common.forms import DayField, PortalForm
from common.moments import end_of_day
from common.money import MoneyFormField

# Components know no room of the house, so neither do their tests.
pytestmark = pytest.mark.urls("common.pages")

NBSP = "\N{NO-BREAK SPACE}"


def show(source: str, path: str = "/lijst/", **context: object) -> str:
    template = engines["django"].from_string(source)
    return template.render(context, RequestFactory().get(path)).strip()


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ x|eur }}", Decimal("1234.56"), f"€{NBSP}1.234,56"),
        ("{{ x|eur }}", Decimal("-0.5"), f"€{NBSP}-0,50"),
        ("{{ x|eur }}", None, "–"),
        ("{{ x|pct }}", Decimal("37.5"), f"37,5{NBSP}%"),
        ("{{ x|number:1 }}", 1234, "1.234,0"),
        ("{{ x|day }}", date(2026, 6, 14), "14 juni 2026"),
        ("{{ x|moment }}", end_of_day(date(2026, 6, 14)), "15 juni 2026 om 00.00 uur"),
        ("{{ x|until }}", end_of_day(date(2026, 6, 14)), "14 juni 2026, 24.00 uur"),
        ("{{ x|until }}", None, "–"),
        ("{{ x|kbo }}", "0207509031", "0207.509.031"),
        ("{{ x|filesize }}", 1_240_000, f"1,2{NBSP}MB"),
        ("{{ x|markdown }}", "*a* <b>", "<p><em>a</em> &lt;b&gt;</p>"),
    ],
)
def test_filters(source, value, text):
    assert show(source, x=value) == text


def test_a_state_is_a_word_with_a_tone():
    thing = SimpleNamespace(state="submitted", get_state_display=lambda: "Ingediend")
    assert show("{% state_badge x %}", x=thing) == '<span class="tag tag-info">Ingediend</span>'


def test_a_model_may_choose_its_own_tones_and_field():
    thing = SimpleNamespace(
        outcome="x", get_outcome_display=lambda: "Ja & nee", state_tones={"x": "warning"}
    )
    assert show('{% state_badge x field="outcome" %}', x=thing) == (
        '<span class="tag tag-warning">Ja &amp; nee</span>'
    )


def test_an_unknown_tone_is_a_mistake_of_the_builder():
    with pytest.raises(TemplateSyntaxError, match="Unknown tone"):
        show('{% badge "x" tone="paars" %}')


def test_a_deadline_has_a_machine_readable_instant():
    instant = end_of_day(date(2026, 6, 14))
    now = end_of_day(date(2026, 6, 11))
    html = show("{% deadline x now %}", x=instant, now=now)
    assert '<time datetime="2026-06-15T00:00:00+02:00">nog 2 dagen</time>' in html
    assert "(14 juni 2026, 24.00 uur)" in html
    assert show("{% deadline x %}", x=None) == "–"


def test_blocks_keep_their_content_and_escape_their_titles():
    html = show("{% panel x %}<p>{{ x }}</p>{% endpanel %}", x="A & <b>")
    assert html == (
        '<section class="panel" aria-labelledby="deel-a-b">'
        '<h2 class="panel-title" id="deel-a-b">A &amp; &lt;b&gt;</h2>'
        '<div class="panel-body"><p>A &amp; &lt;b&gt;</p></div></section>'
    )


def test_a_table_has_a_caption_that_names_what_scrolls():
    html = show('{% table "Voorstellen" stack=True %}<tbody></tbody>{% endtable %}')
    assert html == (
        '<div class="table-scroll table-stack" role="group" aria-labelledby="tabel-voorstellen"'
        ' tabindex="0"><table class="table"><caption id="tabel-voorstellen">Voorstellen</caption>'
        "<tbody></tbody></table></div>"
    )


def test_an_empty_fact_is_a_dash_but_zero_is_a_figure():
    assert show('{% fact "A" "" %}{% fact "B" 0 %}') == (
        "<div><dt>A</dt><dd>–</dd></div><div><dt>B</dt><dd>0</dd></div>"
    )


@pytest.mark.parametrize(
    ("used", "total", "bar"), [(46, 100, "46.0"), (150, 100, "100.0"), (1, 0, "0.0")]
)
def test_a_bar_never_leaves_its_box(used, total, bar):
    html = show('{% usage_bar "VAK" used total %}', used=used, total=total)
    assert f'<progress max="100" value="{bar}" aria-label="VAK">' in html


def test_sorting_keeps_filters_turns_round_and_starts_at_page_one():
    source = '{% sort_header "title" "Titel" default="title" %}'
    first = show(source, "/lijst/?q=gras&page=3")
    assert 'aria-sort="ascending"' in first
    assert 'href="?q=gras&amp;sort=-title"' in first
    second = show(source, "/lijst/?sort=-title")
    assert 'aria-sort="descending"' in second
    assert 'href="?sort=title"' in second
    assert "aria-sort" not in show(source, "/lijst/?sort=amount")


def test_pages_keep_the_filters():
    page = Paginator(range(45), 10).page(2)
    html = show("{% pagination x %}", "/lijst/?q=gras&page=2", x=page)
    assert "11 tot 20 van 45 resultaten" in html
    assert 'href="?q=gras&amp;page=3" rel="next"' in html
    assert 'href="?q=gras&amp;page=2" aria-current="page"' in html


def test_one_page_shows_only_the_count():
    html = show("{% pagination x %}", x=Paginator([1], 10).page(1))
    assert "1 resultaat" in html
    assert "<nav" not in html


def test_crumbs_end_at_the_page_itself():
    html = show('{% crumbs "Start" "/" "Oproep" %}')
    assert '<li class="breadcrumb-item"><a href="/">Start</a></li>' in html
    assert '<li class="breadcrumb-item active" aria-current="page">Oproep</li>' in html


def test_a_link_to_a_room_that_is_not_there_is_left_out():
    assert show('{% nav_link "nergens:lijst" "Nergens" %}') == ""


def test_lists_say_in_words_what_is_done():
    html = show(
        "{% checklist x %}",
        x=[{"label": "A", "done": True}, {"label": "B", "done": False, "url": "/b/"}],
    )
    assert html.count("In orde") == 1
    assert html.count("Nog te doen") == 1
    assert '<a href="/b/">B</a>' in html


class SampleForm(PortalForm):
    title = forms.CharField(label="Titel", help_text="Kort.")
    kind = forms.ChoiceField(label="Soort", choices=[("a", "A")], widget=forms.RadioSelect)
    amount = MoneyFormField(label="Bedrag", required=False)
    starts = DayField(label="Begin", required=False)
    agree = forms.BooleanField(label="Akkoord.")


def form_html(form: forms.Form) -> str:
    return show("{% load crispy_forms_tags %}{% crispy form %}", form=form)


def test_the_summary_links_to_the_fields_and_to_the_first_choice_of_a_group():
    html = form_html(SampleForm({}))
    assert 'role="alert" tabindex="-1" data-error-summary' in html
    assert '<a href="#id_title">Titel: Dit veld is verplicht.</a>' in html
    assert '<a href="#id_kind_0">Soort: Dit veld is verplicht.</a>' in html
    assert '<a href="#id_agree">Akkoord: Dit veld is verplicht.</a>' in html
    assert 'id="id_kind_0"' in html


def test_an_untouched_form_has_no_summary():
    assert "data-error-summary" not in form_html(SampleForm())


def test_label_help_error_and_box_stand_in_that_order_and_are_tied_together():
    html = form_html(SampleForm({}))
    order = [
        html.index(part)
        for part in (
            '<label for="id_title"',
            'id="id_title_helptext"',
            'id="id_title_error"',
            'name="title"',
        )
    ]
    assert order == sorted(order)
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert html.count('id="id_title_error"') == 1


def test_labels_say_in_words_what_is_needed():
    form = SampleForm()
    form.fields["starts"].marker = "nodig om in te dienen"  # type: ignore[attr-defined]
    html = form_html(form)
    assert html.count("(verplicht)") == 3
    assert html.count("(niet verplicht)") == 1
    assert html.count("(nodig om in te dienen)") == 1


def test_an_amount_shows_its_currency():
    assert form_html(SampleForm()).count('<span class="input-group-text">€</span>') == 1


def test_a_summary_of_several_forms_and_formsets():
    formset = forms.formset_factory(SampleForm, extra=0, min_num=1, validate_min=True)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "x"}
    )
    html = show("{% error_summary a b %}", a=SampleForm({}), b=formset)
    assert 'href="#id_title"' in html
    assert 'href="#id_form-0-kind_0"' in html
