"""Asking for a rehearsal, and finding the way on its time line."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from common.forms import MomentField, PortalForm
from rehearsals.conf import DEFAULT_APPLICANTS, MAX_APPLICANTS
from rehearsals.models import ItemKind

MAX_SEED = 999_999


class PlayForm(PortalForm):
    applicants = forms.IntegerField(
        label=_("Aantal aanvragers"),
        help_text=_(
            "1 tot 50. Elke aanvrager gedraagt zich anders; met 25 of meer komt alles voor."
        ),
        initial=DEFAULT_APPLICANTS,
        validators=[
            MinValueValidator(1, _("Oefen met minstens 1 aanvrager.")),
            MaxValueValidator(MAX_APPLICANTS, _("Oefen met hoogstens 50 aanvragers.")),
        ],
        error_messages={"invalid": _("Schrijf een geheel getal, bijvoorbeeld 25.")},
    )
    seed = forms.IntegerField(
        label=_("Startgetal"),
        help_text=_(
            "Met hetzelfde getal verloopt de oefening gelijk. Een ander getal geeft andere"
            " antwoorden en tijdstippen."
        ),
        initial=1,
        validators=[
            MinValueValidator(0, _("Schrijf een getal van 0 tot 999999.")),
            MaxValueValidator(MAX_SEED, _("Schrijf een getal van 0 tot 999999.")),
        ],
        error_messages={"invalid": _("Schrijf een geheel getal, bijvoorbeeld 1.")},
    )


class TimeLineForm(PortalForm):
    tot = MomentField(
        label=_("Het is nu"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": 1}
        ),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
        error_messages={"invalid": _("Schrijf een dag en uur, bijvoorbeeld 14/06/2026 10:00.")},
    )
    soort = forms.ChoiceField(
        label=_("Soort"), choices=[("", _("Alles")), *ItemKind.choices], required=False
    )
    wie = forms.CharField(
        label=_("Voor of door"), help_text=_("Een deel van naam, adres of rol."), required=False
    )
