"""Pages that belong to no room: the legal ones, and in development the living style page."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from common import clock
from common.charts import Series
from common.forms import DayField, PortalForm
from common.moments import end_of_day, today
from common.money import MoneyFormField

app_name = "pages"

SECURITY_TXT_HOLDS = timedelta(days=180)
"""RFC 9116 advises less than a year; counted from each answer, so that it never expires unseen."""


class SampleFilterForm(PortalForm):
    """Filters as on a list page."""

    q = forms.CharField(label="Zoek op titel", required=False)
    state = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Alle"), ("draft", "Ontwerp")]
    )


class SampleForm(PortalForm):
    """One of each kind of field, with a mistake in some."""

    title = forms.CharField(label="Titel van het project", help_text="Kort en duidelijk.")
    summary = forms.CharField(
        label="Samenvatting",
        widget=forms.Textarea(attrs={"data-maxlength": 300, "rows": 4}),
        help_text="Hoogstens 300 tekens. Deze tekst staat na de beslissing op de website.",
    )
    theme = forms.ChoiceField(label="Thema", choices=[("", "Kies een thema"), ("c", "Circulair")])
    kind = forms.ChoiceField(
        label="Soort opdracht",
        choices=[("s", "Diensten"), ("l", "Leveringen"), ("w", "Werken")],
        widget=forms.RadioSelect,
    )
    phases = forms.MultipleChoiceField(
        label="Fasen",
        required=False,
        choices=[("prep", "Voorbereiding"), ("test", "Test"), ("pilot", "Pilootproject")],
        widget=forms.CheckboxSelectMultiple,
    )
    amount = MoneyFormField(label="Gevraagde cofinanciering", help_text="Zonder btw.")
    starts = DayField(label="Startdatum", required=False)
    attachment = forms.FileField(label="Bijlage", required=False, help_text="Pdf, tot 20 MB.")
    agree = forms.BooleanField(label="Ik verklaar dat deze gegevens juist zijn.")

    def clean(self) -> dict[str, Any]:
        raise ValidationError("De partners zijn samen goed voor 90 %; maak er 100 % van.")


def design(request: HttpRequest) -> HttpResponse:
    """Every component once, with sample data (development only)."""
    messages.success(request, "Uw ontwerp is opgeslagen.")
    messages.error(request, "De oproep is gesloten; indienen kan niet meer.")
    now, day = clock.now(), today()
    rows = [
        SimpleNamespace(
            number=f"PIO-2026-{n:04}",
            title=title,
            state=state,
            get_state_display=lambda label=label: label,
            amount=Decimal(amount),
        )
        for n, (title, state, label, amount) in enumerate(
            [
                ("Kwaliteit van bermgras (voorbeelddata)", "draft", "Ontwerp", "48250.5"),
                ("Slimme dijkbewaking (voorbeelddata)", "submitted", "Ingediend", "1000000"),
                ("Circulaire werkkledij (voorbeelddata)", "open", "Lopend", "312400"),
                ("Zorg op afstand (voorbeelddata)", "incomplete", "Onvolledig", "0"),
                ("Stille nachtlevering (voorbeelddata)", "expired", "Vervallen", "75000"),
            ],
            start=1,
        )
    ]
    context = {
        "rows": rows,
        "page_obj": Paginator(range(230), 10).get_page(request.GET.get("page")),
        "filter_form": SampleFilterForm(request.GET),
        "form": SampleForm({"title": "Bermgras", "amount": "twaalf", "summary": "Kort. " * 60}),
        "closes_soon": end_of_day(day + timedelta(days=3)),
        "closes_today": now + timedelta(hours=1, minutes=30),
        "closes_later": end_of_day(day + timedelta(days=40)),
        "closed": end_of_day(day - timedelta(days=2)),
        "now": now,
        "nothing": [],
        "checks": [
            {"label": "Gegevens van de organisatie", "done": True},
            {"label": "Begroting", "done": False, "url": "#", "note": "2 posten zonder bedrag"},
        ],
        "stages": [
            {"label": "Ingediend", "state": "done", "note": "3 maart 2026"},
            {"label": "Volledigheid", "state": "done"},
            {"label": "Advies", "state": "current", "note": "tot 14 juni 2026"},
            {"label": "Beslissing", "state": "todo"},
        ],
        "events": [
            {"when": now, "title": "Advies gevraagd", "actor": "An Peeters", "text": "Aan VLAIO."},
            {"when": now - timedelta(days=9), "title": "Voorstel ingediend"},
        ],
        "tab_items": [
            {"label": "Voorstel", "url": "#", "active": True},
            {"label": "Beoordelingen", "url": "#", "active": False, "count": 3},
        ],
        "files": [
            {"name": "Projectplan.pdf", "url": "#", "size": 1_240_000, "at": now},
            {"name": "Begroting.xlsx", "url": "#", "size": 48_300, "note": "vertrouwelijk"},
        ],
        "bars": [
            ("Steden en gemeenten", Decimal("1850000")),
            ("Intergemeentelijke samenwerkingsverbanden voor afval en milieu", Decimal("740000")),
            ("Ziekenhuizen", Decimal("312400.5")),
            ("Agentschappen", Decimal(0)),
        ],
        "years": ["2023", "2024", "2025", "2026"],
        "money_series": [
            Series("Vastgelegd", [3_900_000, 4_450_000, 4_980_000, 2_300_000]),
            Series("Betaald", [1_200_000, 2_900_000, 3_750_000, 1_100_000]),
        ],
        "parts": [("Betaald", 1_100_000), ("Vastgelegd, nog te betalen", 1_200_000)],
    }
    return render(request, "pages/design.html", context)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness of the portal (RFC 9116)."""
    lines = [
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {clock.now() + SECURITY_TXT_HOLDS:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path(
        "toegankelijkheid/",
        TemplateView.as_view(template_name="pages/accessibility.html"),
        name="accessibility",
    ),
    path("privacy/", TemplateView.as_view(template_name="pages/privacy.html"), name="privacy"),
]
if settings.PIO_ENV != "production":
    urlpatterns.append(path("ontwerp/", design, name="design"))
