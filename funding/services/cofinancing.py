"""Asking co-financing for a procurement, and recording what the committee decided."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import CofinancingRule
from common.constraints import readable_constraints
from common.money import ZERO, format_eur
from funding.lifecycle import REQUEST_LIFECYCLE
from funding.models import CofinancingRequest, CommitteeDecision
from funding.policies import may_record_decision, may_request_cofinancing
from projects.lifecycle import PROJECT_LIFECYCLE
from projects.models import Procurement, Project


def rule_for(procurement: Procurement) -> CofinancingRule:
    """The rule of the project's call for the phase of the procurement.

    Raises:
        ValidationError: when there is no call, or it has no rule for that phase.
    """
    call_id = procurement.project.call_id
    if call_id is None:
        raise ValidationError(_("Dit project hoort bij geen oproep en heeft dus geen regel."))
    rule = CofinancingRule.objects.filter(call_id=call_id, phase=procurement.phase).first()
    if rule is None:
        raise ValidationError(
            _("De oproep van dit project heeft geen regel voor “%(phase)s”.")
            % {"phase": procurement.get_phase_display()}
        )
    return rule


@transaction.atomic
def request_cofinancing(
    *,
    procurement: Procurement,
    eligible_base: Decimal,
    requested_amount: Decimal,
    by: User,
    override_reason: str = "",
) -> CofinancingRequest:
    """Ask co-financing for a procurement; the rule of the call is applied and kept as it was. EUR.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: a request is running, the amount is zero, or more than the rule gives
            without a reason.
    """
    may_request_cofinancing.check(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=procurement.project_id)
    if eligible_base <= ZERO:
        raise ValidationError({"eligible_base": _("Vul een bedrag van meer dan nul in.")})
    advised = rule_for(procurement).advise(eligible_base)
    request = CofinancingRequest(
        procurement=procurement,
        eligible_base=eligible_base,
        rate=advised.rate,
        ceiling=advised.ceiling,
        advised_amount=advised.amount,
        rule_explanation=advised.explanation,
        requested_amount=requested_amount,
        override_reason=override_reason.strip(),
        requested_by=by,
    )
    with readable_constraints(
        fields={
            "funding_request_override_is_reasoned": "override_reason",
            "funding_request_amount_positive": "requested_amount",
        }
    ):
        request.save()
    if PROJECT_LIFECYCLE.allows(project, "request_cofinancing"):
        PROJECT_LIFECYCLE.perform(project, "request_cofinancing", actor=by)
    record(
        actor=by,
        action="cofinancing.requested",
        label=_("Cofinanciering gevraagd: %(sum)s") % {"sum": format_eur(requested_amount)},
        about=project,
        data={"request": request.pk, "amount": str(requested_amount)},
    )
    return request


@transaction.atomic
def record_committee_decision(
    *,
    request: CofinancingRequest,
    outcome: str,
    decided_on: date,
    by: User,
    granted_amount: Decimal | None = None,
    reference: str = "",
    grounds: str = "",
) -> CommitteeDecision:
    """Note what the committee decided. Another amount than asked, or a "no", needs its grounds.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        ValidationError: the request was decided already, an amount or the grounds are missing.
    """
    may_record_decision.check(by)
    # Project first, as when asking: a new request waits for the old one inside the unique index.
    project = Project.objects.select_for_update(of=("self",)).get(
        procurements__cofinancing_requests=request.pk
    )
    request = CofinancingRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    granted = outcome == CommitteeDecision.Outcome.GRANTED
    if granted and granted_amount is None:
        raise ValidationError({"granted_amount": _("Vul het toegekende bedrag in.")})
    if granted and granted_amount != request.requested_amount and not grounds.strip():
        raise ValidationError({"grounds": _("Het bedrag is anders dan gevraagd. Schrijf waarom.")})
    decision = CommitteeDecision(
        request=request,
        outcome=outcome,
        granted_amount=granted_amount if granted else None,
        decided_on=decided_on,
        reference=reference.strip(),
        grounds=grounds.strip(),
        recorded_by=by,
    )
    with readable_constraints(
        fields={
            "funding_grant_has_amount": "granted_amount",
            "funding_refusal_is_reasoned": "grounds",
        }
    ):
        decision.save()
    request_step, project_step = {
        CommitteeDecision.Outcome.GRANTED.value: ("grant", "grant_cofinancing"),
        CommitteeDecision.Outcome.REFUSED.value: ("refuse", "refuse_cofinancing"),
        CommitteeDecision.Outcome.POSTPONED.value: ("postpone", "postpone_cofinancing"),
    }[outcome]
    REQUEST_LIFECYCLE.perform(request, request_step, actor=by, comment=decision.grounds)
    # A later procurement of a running project does not send the project back to the start.
    if PROJECT_LIFECYCLE.allows(project, project_step):
        PROJECT_LIFECYCLE.perform(project, project_step, actor=by)
    return decision
