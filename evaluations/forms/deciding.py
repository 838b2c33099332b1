"""Filters and forms of the ranking board and of meetings."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationType, User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import Theme
from common.forms import MomentField, PortalForm
from common.money import MoneyFormField
from evaluations.models import Conclusion, MeetingAttendee

ALL = [("", _("Alle"))]


class BoardFilterForm(PortalForm):
    """What of the board is shown; a word that is no choice filters nothing."""

    theme = forms.ChoiceField(label=_("Thema"), required=False)
    type = forms.ChoiceField(
        label=_("Soort organisatie"), required=False, choices=ALL + OrganisationType.choices
    )
    passes = forms.ChoiceField(
        label=_("Drempels"),
        required=False,
        choices=[*ALL, ("yes", _("Gehaald")), ("no", _("Niet gehaald"))],
    )
    conclusion = forms.ChoiceField(
        label=_("Advies"), required=False, choices=ALL + Conclusion.choices
    )
    wide = forms.BooleanField(required=False, widget=forms.HiddenInput)
    """Whether the table shows all its columns; it filters nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Theme.objects.order_by("name").values_list("name", flat=True)
        self.fields["theme"].choices = [*ALL, *((name, name) for name in names)]  # type: ignore[attr-defined]

    @property
    def conditions(self) -> Q:
        """The filters as a condition on summaries of files."""
        self.is_valid()
        chosen = self.cleaned_data
        found = Q()
        if theme := chosen.get("theme"):
            found &= Q(theme=theme)
        if kind := chosen.get("type"):
            found &= Q(proposal__organisation__type=kind)
        if passes := chosen.get("passes"):
            found &= Q(passes=passes == "yes")
        if conclusion := chosen.get("conclusion"):
            found &= Q(conclusion=conclusion)
        return found

    @property
    def words(self) -> list[tuple[str, str]]:
        """Each filter that is used, as a person reads it."""
        self.is_valid()
        return [
            (str(self.fields[name].label), str(dict(self.fields[name].choices)[value]))  # type: ignore[attr-defined]
            for name, value in self.cleaned_data.items()
            if value and name != "wide"
        ]


class LineForm(PortalForm):
    """Where the line comes: at an amount or after a file."""

    amount = MoneyFormField(
        label=_("Lijn bij een bedrag"),
        required=False,
        help_text=_("Boven de lijn staat wat samen hoogstens dit bedrag vraagt."),
    )
    after = forms.CharField(
        label=_("Of na een dossier"),
        required=False,
        max_length=40,
        help_text=_("Het nummer van het laatste dossier boven de lijn."),
    )
    note = forms.CharField(label=_("Toelichting"), required=False, max_length=300)


class MeetingForm(PortalForm):
    """Title, moment and place of a meeting."""

    title = forms.CharField(label=_("Titel"), max_length=150)
    starts_at = MomentField(label=_("Begint op"))
    place = forms.CharField(label=_("Plaats of link"), required=False, max_length=150)


class AgendaForm(PortalForm):
    """Numbers of files for the agenda."""

    references = forms.CharField(
        label=_("Dossiernummers"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Een of meer nummers, met een spatie, een komma of een nieuwe regel ertussen."),
    )


class AttendeeForm(PortalForm):
    """A colleague, or a guest by name."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Medewerker"),
        required=False,
        empty_label=_("Kies een medewerker"),
    )
    guest_name = forms.CharField(
        label=_("Of een gast"),
        required=False,
        max_length=150,
        help_text=_("Iemand zonder account: naam en organisatie."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = staff_with_role(*StaffRole)  # type: ignore[attr-defined]


class DepartureForm(PortalForm):
    """Who else left the room, and why."""

    attendee = forms.ModelChoiceField(
        queryset=MeetingAttendee.objects.none(),
        label=_("Wie verlaat de zaal?"),
        empty_label=_("Kies een deelnemer"),
    )
    reason = forms.CharField(label=_("Reden"), max_length=300)

    def __init__(self, *args: Any, attendees: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attendee"].queryset = attendees  # type: ignore[attr-defined]
