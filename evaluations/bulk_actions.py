"""What the programme office may do to many files at once; see `evaluations.bulk`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from common.formatting import format_day
from common.forms import DayField, PortalForm
from common.lifecycle import TransitionRefused
from common.moments import today
from evaluations.bulk import BulkAction, Values
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, SelectionDecision
from evaluations.policies import may_assign, may_decide, may_notify
from evaluations.services.assignment import revoke_assignment
from evaluations.services.decision import remake_letter
from evaluations.services.terms import change_due_on, remind_adviser, unfinished
from projects.models import Proposal


def _names(assignments: list[Assignment]) -> str:
    return ", ".join(str(one.adviser) for one in assignments)


def _working(proposal: Proposal) -> list[Assignment]:
    found = unfinished(proposal)
    if not found:
        raise ValidationError(_("Geen adviseur heeft nog werk aan dit dossier."))
    return found


# --- Another day ---------------------------------------------------------------------------------


class DueForm(PortalForm):
    """The new last day."""

    due_on = DayField(label=_("Klaar tegen"))

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day < today():
            raise ValidationError(_("Kies een dag die nog niet voorbij is."))
        return day


def _to_move(proposal: Proposal, values: Values) -> list[Assignment]:
    found = [one for one in _working(proposal) if one.last_day != values["due_on"]]
    if not found:
        raise ValidationError(_("Die dag is al zo afgesproken."))
    return found


def plan_due_on(proposal: Proposal, by: Any, values: Values) -> str:
    found = _to_move(proposal, values)
    return _("Van %(before)s naar %(after)s, met een mail aan %(who)s.") % {
        "before": format_day(found[0].last_day),
        "after": format_day(values["due_on"]),
        "who": _names(found),
    }


def do_due_on(proposal: Proposal, by: Any, values: Values) -> str:
    found = _to_move(proposal, values)
    for one in found:
        change_due_on(assignment=one, due_on=values["due_on"], by=by)
    return _("Klaar tegen %(day)s. Mail aan %(who)s.") % {
        "day": format_day(values["due_on"]),
        "who": _names(found),
    }


# --- A reminder ----------------------------------------------------------------------------------


def plan_reminder(proposal: Proposal, by: Any, values: Values) -> str:
    return _("Mail aan %(who)s.") % {"who": _names(_working(proposal))}


def do_reminder(proposal: Proposal, by: Any, values: Values) -> str:
    """Who got such a mail today gets no second one; the others do."""
    mailed, refusals = [], []
    for one in _working(proposal):
        try:
            mailed.append(remind_adviser(assignment=one, by=by))
        except ValidationError as refusal:
            refusals += refusal.messages
    if not mailed:
        raise ValidationError(refusals)
    return " ".join([_("Mail gestuurd aan %(who)s.") % {"who": _names(mailed)}, *refusals])


# --- Taking an assignment back -------------------------------------------------------------------


class RevokeForm(PortalForm):
    """Of whom, and why."""

    adviser = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Van welke adviseur"),
        required=False,
        empty_label=_("Van alle adviseurs die nog niet klaar zijn"),
    )
    reason = forms.CharField(
        label=_("Reden"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-maxlength": 2000}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].queryset = staff_with_role(StaffRole.ADVISER)  # type: ignore[attr-defined]


def _to_revoke(proposal: Proposal, values: Values) -> list[Assignment]:
    """Final scores stay, so who is ready keeps the assignment."""
    adviser = values["adviser"]
    found = [
        one
        for one in unfinished(proposal)
        if one.state != AssignmentState.DONE and adviser in {None, one.adviser}
    ]
    if found:
        return found
    if adviser is None:
        raise ValidationError(_("Geen adviseur heeft nog scores te geven voor dit dossier."))
    raise ValidationError(
        _("%(adviser)s heeft geen scores te geven voor dit dossier.") % {"adviser": adviser}
    )


def plan_revoke(proposal: Proposal, by: Any, values: Values) -> str:
    found = _to_revoke(proposal, values)
    return _("De toewijzing aan %(who)s wordt ingetrokken, met een mail.") % {"who": _names(found)}


def do_revoke(proposal: Proposal, by: Any, values: Values) -> str:
    found = _to_revoke(proposal, values)
    for one in found:
        revoke_assignment(assignment=one, by=by, reason=values["reason"])
    return _("De toewijzing aan %(who)s is ingetrokken.") % {"who": _names(found)}


# --- Letters -------------------------------------------------------------------------------------


def plan_letter(proposal: Proposal, by: Any, values: Values) -> str:
    if not may_decide.test(by, proposal):
        may_notify.check(by, proposal)
    decision = SelectionDecision.objects.filter(proposal=proposal).first()
    if decision is None:
        raise TransitionRefused(_("Over dit dossier is nog niet beslist."), code="state")
    if decision.is_notified:
        raise TransitionRefused(_("Deze beslissing is al meegedeeld en ligt vast."), code="state")
    return _("Brief %(number)s wordt opnieuw gemaakt.") % {"number": decision.letter_number}


def do_letter(proposal: Proposal, by: Any, values: Values) -> str:
    remake_letter(proposal=proposal, by=by)
    return _("De brief wordt opnieuw gemaakt.")


ACTIONS = (
    BulkAction(
        "due_on",
        gettext_lazy("Dag van het advies wijzigen"),
        may_assign,
        plan_due_on,
        do_due_on,
        DueForm,
    ),
    BulkAction(
        "remind", gettext_lazy("Adviseur herinneren"), may_assign, plan_reminder, do_reminder
    ),
    BulkAction(
        "revoke",
        gettext_lazy("Toewijzing intrekken"),
        may_assign,
        plan_revoke,
        do_revoke,
        RevokeForm,
    ),
    BulkAction(
        "letters_again", gettext_lazy("Brief opnieuw maken"), may_notify, plan_letter, do_letter
    ),
)
