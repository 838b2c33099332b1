"""The forms of the pool of advisers: whom to ask, profiles, absences, interests, divisions."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identifiers import normalise_kbo
from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import Theme
from common.forms import DayField, PortalForm
from evaluations.models import InterestKind
from evaluations.selectors.pool import Adviser, Candidate


class AdviserField(forms.ModelChoiceField):
    """Which adviser. With candidates the choice says what speaks for each, best first; who may not
    be asked is left out, and refused by the service with the reason when posted all the same."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Adviseur"))
        super().__init__(
            queryset=User.objects.none(), empty_label=gettext_lazy("Kies een adviseur"), **kwargs
        )

    def offer(self, candidates: Iterable[Candidate] | None) -> None:
        self.queryset = staff_with_role(StaffRole.ADVISER)
        if candidates is None:
            return
        self.choices = [
            ("", self.empty_label),
            *((str(one.adviser.user.pk), describe(one)) for one in candidates if one.may_be_asked),
        ]


def describe(one: Candidate) -> str:
    """`An Maes – deskundig – 3 van 10 dossiers`"""
    parts = [str(one.adviser.user)]
    if one.is_expert:
        parts.append(_("deskundig"))
    parts.append(load_words(one.adviser))
    if one.is_away:
        parts.append(_("afwezig"))
    if one.was_asked:
        parts.append(_("al eens gevraagd"))
    return " – ".join(parts)


def load_words(adviser: Adviser) -> str:
    if adviser.profile is None:
        return _("%(load)d dossiers, zonder profiel") % {"load": adviser.load}
    return _("%(load)d van %(most)d dossiers") % {"load": adviser.load, "most": adviser.capacity}


class AssignForm(PortalForm):
    """Which adviser, and by when."""

    adviser = AdviserField()
    is_lead = forms.BooleanField(
        label=gettext_lazy("Schrijft het advies"),
        required=False,
        help_text=gettext_lazy(
            "Eén adviseur per dossier schrijft het advies; anderen geven alleen scores."
        ),
    )
    due_on = DayField(label=gettext_lazy("Klaar tegen"))

    def __init__(
        self, *args: Any, candidates: Iterable[Candidate] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].offer(candidates)  # type: ignore[attr-defined]


class ReassignForm(PortalForm):
    """Another adviser in the place of one, with the reason."""

    adviser = AdviserField(label=gettext_lazy("Nieuwe adviseur"))
    due_on = DayField(label=gettext_lazy("Klaar tegen"))
    reason = forms.CharField(
        label=gettext_lazy("Reden"),
        max_length=2000,
        widget=forms.Textarea(attrs={"data-maxlength": 2000, "rows": 3}),
        help_text=gettext_lazy("Komt bij het dossier te staan."),
    )

    def __init__(
        self, *args: Any, candidates: Iterable[Candidate] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].offer(candidates)  # type: ignore[attr-defined]


class PairForm(PortalForm):
    """Another adviser in a proposed division."""

    adviser = AdviserField()

    def __init__(
        self, *args: Any, candidates: Iterable[Candidate] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].offer(candidates)  # type: ignore[attr-defined]


class DivisionForm(PortalForm):
    """By when the advice of a whole call is asked."""

    due_on = DayField(
        label=gettext_lazy("Advies tegen"),
        help_text=gettext_lazy("Wie dan of te lang afwezig is, krijgt geen dossiers."),
    )


class ProfileForm(PortalForm):
    """What an adviser knows and can take on."""

    expertise = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Deskundig in"),
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expertise_note = forms.CharField(
        label=gettext_lazy("Deskundigheid in uw woorden"), required=False, max_length=300
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Hoogstens dossiers tegelijk"),
        min_value=0,
        max_value=200,
        help_text=gettext_lazy("Uitnodigingen tellen mee; wat klaar is, telt niet mee."),
    )
    is_in_pool = forms.BooleanField(
        label=gettext_lazy("Beschikbaar voor nieuwe dossiers"), required=False
    )

    def __init__(self, *args: Any, adviser: Adviser, **kwargs: Any) -> None:
        profile = adviser.profile
        kwargs["initial"] = {
            "expertise": [theme.pk for theme in profile.expertise.all()] if profile else [],
            "expertise_note": profile.expertise_note if profile else "",
            "capacity": profile.capacity if profile else 10,
            "is_in_pool": profile.is_in_pool if profile else True,
        }
        super().__init__(*args, **kwargs)
        self.fields["expertise"].queryset = Theme.objects.order_by("name")  # type: ignore[attr-defined]


class AbsenceForm(PortalForm):
    """Days on which an adviser does not work."""

    first_day = DayField(label=gettext_lazy("Van"))
    last_day = DayField(label=gettext_lazy("Tot en met"))
    reason = forms.CharField(label=gettext_lazy("Reden"), required=False, max_length=200)


class InterestForm(PortalForm):
    """A tie with an organisation or company."""

    kind = forms.ChoiceField(label=gettext_lazy("Welke band?"), choices=InterestKind.choices)
    name = forms.CharField(label=gettext_lazy("Organisatie of onderneming"), max_length=200)
    kbo = forms.CharField(
        label=gettext_lazy("Ondernemingsnummer (KBO)"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Tien cijfers, bijvoorbeeld 0207.509.031."),
    )
    until = DayField(
        label=gettext_lazy("Tot"),
        required=False,
        help_text=gettext_lazy("Laat leeg als de band nog loopt."),
    )

    def clean_kbo(self) -> str:
        return normalise_kbo(self.cleaned_data["kbo"])


class EndInterestForm(PortalForm):
    """Until when a tie lasted."""

    until = DayField(label=gettext_lazy("Tot"))
