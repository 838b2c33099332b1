"""Forms of what a project must deliver."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from documents.upload_fields import UploadField
from projects.models import Obligation


class PlanForm(PortalForm):
    """The execution, from which the usual obligations follow."""

    starts_on = DayField(label=_("Start van de uitvoering"))
    ends_on = DayField(label=_("Einde van de uitvoering"))


class ObligationForm(PortalForm):
    """One more thing to deliver."""

    kind = forms.ChoiceField(label=_("Soort"), choices=Obligation.Kind.choices)
    title = forms.CharField(label=_("Wat"), max_length=200)
    due_on = DayField(label=_("Ten laatste op"))


class MoveForm(PortalForm):
    """Another day, and why."""

    due_on = DayField(label=_("Ten laatste op"))
    reason = forms.CharField(
        label=_("Reden"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeliverForm(PortalForm):
    """A file, or where it is."""

    file = UploadField(label=_("Bestand"), required=False)
    note = forms.CharField(
        label=_("Toelichting"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(PortalForm):
    """What the organisation reads."""

    answer = forms.CharField(
        label=_("Wat u de organisatie schrijft"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CalendarFilterForm(PortalForm):
    """Which part of the calendar."""

    q = forms.CharField(label=_("Zoeken"), required=False, max_length=100)
    stand = forms.ChoiceField(
        label=_("Toon"),
        required=False,
        choices=[
            ("", _("Te leveren")),
            ("late", _("Te laat")),
            ("delivered", _("Geleverd, na te kijken")),
            ("all", _("Alles")),
        ],
    )
