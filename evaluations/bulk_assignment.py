"""Asking one adviser for many files at once, as an action on a list of files."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.forms import DayField, PortalForm
from evaluations.bulk import BulkAction, Values
from evaluations.forms.pool import AdviserField
from evaluations.policies import may_assign
from evaluations.selectors import conflict_of_interest, lead_assignment
from evaluations.services import assign_adviser
from evaluations.services.assignment import ASSIGNABLE
from projects.models import Proposal


class BulkAssignForm(PortalForm):
    """Which adviser, and by when."""

    adviser = AdviserField()
    due_on = DayField(label=gettext_lazy("Klaar tegen"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adviser"].offer(None)  # type: ignore[attr-defined]


def _plan(proposal: Proposal, adviser: User, *, is_lead: bool) -> str:
    if proposal.state not in ASSIGNABLE:
        raise ValidationError(
            _("Toewijzen kan niet: de status is “%(state)s”.")
            % {"state": proposal.get_state_display()}
        )
    if proposal.assignments.active().filter(adviser=adviser).exists():
        raise ValidationError(_("Deze adviseur werkt al aan dit dossier."))
    has_lead = lead_assignment(proposal) is not None
    if is_lead and has_lead:
        raise ValidationError(_("Dit dossier heeft al een adviseur die het advies schrijft."))
    if not is_lead and not has_lead:
        raise ValidationError(_("Wijs eerst een adviseur toe die het advies schrijft."))
    if sentence := conflict_of_interest(adviser, proposal):
        raise ValidationError(_("Belangenconflict: %(reason)s") % {"reason": sentence})
    return _("%(adviser)s krijgt een uitnodiging.") % {"adviser": adviser}


def _do(proposal: Proposal, by: User, values: Values, *, is_lead: bool) -> str:
    assign_adviser(
        proposal=proposal,
        adviser=values["adviser"],
        by=by,
        is_lead=is_lead,
        due_on=values["due_on"],
    )
    return _("%(adviser)s is uitgenodigd.") % {"adviser": values["adviser"]}


def plan_lead(proposal: Proposal, by: User, values: Values) -> str:
    return _plan(proposal, values["adviser"], is_lead=True)


def ask_lead(proposal: Proposal, by: User, values: Values) -> str:
    return _do(proposal, by, values, is_lead=True)


def plan_reader(proposal: Proposal, by: User, values: Values) -> str:
    return _plan(proposal, values["adviser"], is_lead=False)


def ask_reader(proposal: Proposal, by: User, values: Values) -> str:
    return _do(proposal, by, values, is_lead=False)


ASSIGN_LEAD = BulkAction(
    code="assign_lead",
    label=gettext_lazy("Adviseur toewijzen die het advies schrijft"),
    who=may_assign,
    plan=plan_lead,
    do=ask_lead,
    form=BulkAssignForm,
)
ASSIGN_READER = BulkAction(
    code="assign_reader",
    label=gettext_lazy("Tweede lezer toewijzen"),
    who=may_assign,
    plan=plan_reader,
    do=ask_reader,
    form=BulkAssignForm,
)
