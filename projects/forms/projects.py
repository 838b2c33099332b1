"""Forms of projects: staff's work on them and the filters of the lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import CostPhase
from common.forms import DayField, PortalForm, PortalModelForm
from common.money import MoneyFormField
from projects.lifecycle import ProjectState
from projects.models import FollowUp, Procurement, ProcurementProcedure, ProjectPhase
from projects.selectors import projects as selectors


class ProjectFilterForm(PortalForm):
    """The staff list."""

    q = forms.CharField(label=_("Titel, nummer of organisatie"), required=False)
    state = forms.ChoiceField(label=_("Status"), required=False)
    call = forms.ChoiceField(label=_("Oproep"), required=False)
    guide = forms.ChoiceField(
        label=_("Begeleider"),
        required=False,
        choices=[("", _("Iedereen")), ("mine", _("Mijn projecten"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "state", [("", _("Alle")), *ProjectState.choices])
        _choices(self, "call", [("", _("Alle")), *selectors.calls_with_projects()])


class PortfolioFilterForm(PortalForm):
    """The public portfolio."""

    q = forms.CharField(label=_("Zoek in titel, samenvatting of organisatie"), required=False)
    thema = forms.ChoiceField(label=_("Thema"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Alle")),
            ("lopend", _("Lopend")),
            ("afgerond", _("Afgerond")),
            ("stopgezet", _("Stopgezet")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "thema", [("", _("Alle")), *selectors.themes_in_portfolio()])


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class GuideForm(PortalForm):
    """Who of the programme office guides the project."""

    guide = forms.ModelChoiceField(
        queryset=User.objects.none(), label=_("Begeleider"), empty_label=_("Kies een medewerker")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["guide"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = staff_with_role(
            StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER, StaffRole.PROGRAMME_MANAGER
        )


class PhaseForm(PortalModelForm):
    """A phase with its agreed dates."""

    phase = forms.ChoiceField(label=_("Fase"), choices=CostPhase.choices)
    starts_on = DayField(label=_("Start"), required=False)
    ends_on = DayField(label=_("Einde"), required=False)

    class Meta:
        model = ProjectPhase
        fields = ["phase", "starts_on", "ends_on", "note"]


class ProcurementForm(PortalForm):
    """A contract that the authority will tender."""

    title = forms.CharField(label=_("Titel van de opdracht"), max_length=200)
    phase = forms.ChoiceField(
        label=_("Fase"),
        choices=CostPhase.choices,
        initial=CostPhase.DEVELOPMENT,
        help_text=_("De fase bepaalt welke regel voor cofinanciering geldt."),
    )
    procedure = forms.ChoiceField(
        label=_("Plaatsingsprocedure"),
        required=False,
        choices=[("", _("Nog niet gekozen")), *ProcurementProcedure.choices],
    )
    estimated_amount = MoneyFormField(label=_("Geraamd bedrag exclusief btw"))


AFTER_AWARD = (
    "award_notice_number",
    "contractor_is_sme",
    "contractor_is_startup",
    "contractor_region",
)
"""Fields that are shown once there is a contractor."""


class ProcurementProgressForm(PortalModelForm):
    """Publication, and what becomes known after the award."""

    procedure = forms.ChoiceField(
        label=_("Plaatsingsprocedure"),
        required=False,
        choices=[("", _("Nog niet gekozen")), *ProcurementProcedure.choices],
    )
    published_on = DayField(label=_("Bekendgemaakt op"), required=False)
    notice_url = forms.URLField(
        label=_("Adres van de aankondiging"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )

    class Meta:
        model = Procurement
        fields = [
            "procedure",
            "published_on",
            "notice_url",
            "notice_number",
            "tenders_received",
            *AFTER_AWARD,
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.awarded_on is None:
            for name in AFTER_AWARD:
                del self.fields[name]

    def _post_clean(self) -> None:
        """The service checks the whole under lock; the instance here stays as it was read."""


class FollowUpForm(PortalModelForm):
    """What became of a finished project."""

    noted_on = DayField(label=_("Stand op"))
    in_use = forms.TypedChoiceField(
        label=_("In gebruik"),
        choices=[("", _("Kies")), ("True", _("Ja")), ("False", _("Nee"))],
        coerce=lambda value: value == "True",
    )
    lessons_url = forms.URLField(
        label=_("Adres van de gepubliceerde lessen"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )

    class Meta:
        model = FollowUp
        fields = ["noted_on", "in_use", "scaled_to", "lessons_url"]

    def _post_clean(self) -> None:
        """The service checks the whole under lock."""


class ReasonForm(PortalForm):
    """Why a project is paused or stopped."""

    reason = forms.CharField(
        label=_("Reden"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
