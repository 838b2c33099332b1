"""Forms of the committee: a meeting, its agenda, a decision on an item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DayField, PortalForm
from common.money import MoneyFormField
from funding.lifecycle import CommitteeState
from funding.models import CofinancingRequest, CommitteeDecision, CommitteeMeeting


class CommitteeForm(PortalForm):
    """Day and place of a meeting."""

    day = DayField(label=_("Dag"))
    is_online = forms.BooleanField(label=_("De vergadering is online"), required=False)
    place = forms.CharField(
        label=_("Plaats"),
        required=False,
        max_length=200,
        help_text=_("Het adres of de zaal; niet nodig als de vergadering online is."),
    )
    dossier_deadline = DayField(
        label=_("Dossiers klaar op"),
        required=False,
        help_text=_("Laat leeg voor de gewone termijn: 15 werkdagen vóór de vergadering."),
    )
    note = forms.CharField(label=_("Toelichting"), required=False, max_length=300)

    def __init__(self, *args: Any, working_days: int = 15, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dossier_deadline"].help_text = _(
            "Laat leeg voor de gewone termijn: %(count)s werkdagen vóór de vergadering."
        ) % {"count": working_days}


class RequestChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.procurement.project.reference} – {obj.procurement.title}"


class AgendaRequestForm(PortalForm):
    """A request to put on the agenda."""

    request = RequestChoiceField(
        label=_("Aanvraag"),
        queryset=CofinancingRequest.objects.none(),
        empty_label=_("Kies een aanvraag"),
        error_messages={
            "invalid_choice": _("Kies een aanvraag uit de lijst: deze kan niet op de agenda.")
        },
    )

    def __init__(self, *args: Any, waiting: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].queryset = waiting  # type: ignore[attr-defined]


class MeetingChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


OTHER_AMOUNT = "other"


class ItemDecisionForm(PortalForm):
    """What the committee decided on an item of its agenda."""

    decision = forms.ChoiceField(
        label=_("Beslissing"),
        choices=[
            (CommitteeDecision.Outcome.GRANTED.value, _("Goedgekeurd zoals gevraagd")),
            (OTHER_AMOUNT, _("Goedgekeurd met een ander bedrag")),
            (CommitteeDecision.Outcome.REFUSED.value, _("Geweigerd")),
            (CommitteeDecision.Outcome.POSTPONED.value, _("Uitgesteld")),
        ],
        widget=forms.RadioSelect,
    )
    granted_amount = MoneyFormField(
        label=_("Toegekend bedrag"),
        required=False,
        help_text=_("Alleen bij een ander bedrag dan gevraagd."),
    )
    grounds = forms.CharField(
        label=_("Motivering"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Nodig bij een weigering, een uitstel of een ander bedrag. Ze staat in de brief."
        ),
    )
    reference = forms.CharField(label=_("Kenmerk van de beslissing"), required=False, max_length=60)
    postponed_to = MeetingChoiceField(
        label=_("Uitgesteld naar"),
        queryset=CommitteeMeeting.objects.none(),
        required=False,
        empty_label=_("Nog geen vergadering gekozen"),
        help_text=_("De aanvraag komt dan meteen op de agenda van die vergadering."),
    )

    def __init__(self, *args: Any, meeting: CommitteeMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["postponed_to"].queryset = CommitteeMeeting.objects.filter(  # type: ignore[attr-defined]
            state=CommitteeState.PLANNED, day__gt=meeting.day
        ).order_by("day")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.pop("decision", "")
        if chosen == OTHER_AMOUNT and data.get("granted_amount") is None:
            self._needs_amount()
        if chosen != OTHER_AMOUNT:
            data["granted_amount"] = None
        granted = CommitteeDecision.Outcome.GRANTED.value
        return {**data, "outcome": granted if chosen == OTHER_AMOUNT else chosen}

    def _needs_amount(self) -> None:
        if "granted_amount" not in self.errors:
            self.add_error("granted_amount", _("Vul het toegekende bedrag in."))


class CancelForm(PortalForm):
    """Why a meeting does not take place."""

    reason = forms.CharField(label=_("Reden"), max_length=300)
