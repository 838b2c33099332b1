"""Asking co-financing with the tender document, and recording what the committee decided."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import CofinancingRule
from common.constraints import readable_constraints
from common.formatting import format_day
from common.lifecycle import TransitionRefused
from common.moments import today
from common.money import ZERO, format_eur
from documents.models import StoredFile
from documents.services import store_upload
from funding.lifecycle import REQUEST_LIFECYCLE, CommitteeState
from funding.models import (
    CofinancingRequest,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
    TenderDocument,
)
from funding.policies import may_record_decision, may_request_cofinancing
from funding.services.letters import make_letter
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
    tender_document: File,
    by: User,
    override_reason: str = "",
) -> CofinancingRequest:
    """Ask co-financing for a procurement; the rule of the call is applied and kept as it was. EUR.

    An indicative ceiling may be passed with a reason; a binding one and the floor may not. The
    tender document is a file as it was sent; it is checked here.

    Source: domain.md 6.2, and 0.2 for the tender document.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: a request is running, the amount is zero, more than the rule gives without
            a reason, outside what the call permits, or the file cannot be kept.
    """
    may_request_cofinancing.check(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=procurement.project_id)
    if eligible_base <= ZERO:
        raise ValidationError({"eligible_base": _("Vul een bedrag van meer dan nul in.")})
    rule = rule_for(procurement)
    advised = rule.advise(eligible_base)
    if rule.floor is not None and advised.amount < rule.floor:
        raise ValidationError({"eligible_base": advised.explanation})
    request = CofinancingRequest(
        procurement=procurement,
        eligible_base=eligible_base,
        rate=advised.rate,
        ceiling=advised.ceiling,
        ceiling_is_indicative=rule.ceiling_is_indicative,
        floor=rule.floor,
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
            "funding_request_within_hard_ceiling": "requested_amount",
            "funding_request_from_floor": "requested_amount",
        }
    ):
        request.save()
    _add_version(request, tender_document, by, note="")
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
def add_tender_document(
    *, request: CofinancingRequest, tender_document: File, by: User, note: str = ""
) -> TenderDocument:
    """Put a next version of the tender document with a request; the former ones stay.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: the committee has the document already, or the file cannot be kept.
        TransitionRefused: when the request was decided.
    """
    may_request_cofinancing.check(by)
    request = CofinancingRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not REQUEST_LIFECYCLE.allows(request, "grant"):
        raise TransitionRefused(
            _("Over deze aanvraag is al beslist. Het opdrachtdocument blijft zoals het is."),
            code="state",
        )
    meeting = (
        CommitteeMeeting.objects.select_for_update(of=("self",))
        .filter(items__request=request, items__is_open=True)
        .first()
    )
    if meeting is not None and meeting.state != CommitteeState.PLANNED:
        raise ValidationError(
            _(
                "De agenda van de vergadering van %(day)s is afgesloten: het comité heeft dit "
                "opdrachtdocument. U kunt het niet meer vervangen."
            )
            % {"day": format_day(meeting.day)}
        )
    added = _add_version(request, tender_document, by, note=note.strip())
    record(
        actor=by,
        action="cofinancing.tender_document",
        label=_("Opdrachtdocument toegevoegd: versie %(version)s") % {"version": added.version},
        about=request.procurement.project,
        comment=added.note,
        data={"request": request.pk, "version": added.version},
    )
    return added


def _add_version(request: CofinancingRequest, file: File, by: User, *, note: str) -> TenderDocument:
    last = request.tender_documents.aggregate(last=Max("version"))["last"] or 0
    return TenderDocument.objects.create(
        request=request, version=last + 1, file=_keep(file, by), note=note, added_by=by
    )


def _keep(file: File, by: User) -> StoredFile:
    try:
        return store_upload(uploaded=file, created_by=by)
    except ValidationError as refusal:
        raise ValidationError({"tender_document": refusal.error_list}) from refusal


@transaction.atomic
def record_committee_decision(
    *,
    request: CofinancingRequest,
    outcome: str,
    by: User,
    decided_on: date | None = None,
    item: CommitteeItem | None = None,
    granted_amount: Decimal | None = None,
    reference: str = "",
    grounds: str = "",
) -> CommitteeDecision:
    """Note what the committee decided. Another amount than asked, or a "no", needs its grounds.

    Through the `item` of a meeting the decision takes the day of the meeting; without one (a
    written procedure) `decided_on` is that day. The letter is made at once.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        ValidationError: the request was decided already or stands on an agenda, it has no tender
            document, or an amount or the grounds are missing.
    """
    may_record_decision.check(by)
    # Project first, as when asking: a new request waits for the old one inside the unique index.
    project = Project.objects.select_for_update(of=("self",)).get(
        procurements__cofinancing_requests=request.pk
    )
    request = CofinancingRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    decided_on = _day_of_decision(request, item, decided_on)
    if not request.tender_documents.exists():
        raise ValidationError(
            _("Het comité beslist pas als het opdrachtdocument er is. Voeg het eerst toe.")
        )
    granted = outcome == CommitteeDecision.Outcome.GRANTED
    if granted and granted_amount is None:
        raise ValidationError({"granted_amount": _("Vul het toegekende bedrag in.")})
    if granted and granted_amount != request.requested_amount and not grounds.strip():
        raise ValidationError({"grounds": _("Het bedrag is anders dan gevraagd. Schrijf waarom.")})
    if granted and granted_amount is not None:
        _refuse_outside_rule(request, granted_amount)
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
    make_letter(decision, by)
    return decision


def _day_of_decision(
    request: CofinancingRequest, item: CommitteeItem | None, decided_on: date | None
) -> date:
    waiting = (
        CommitteeItem.objects.filter(request=request, is_open=True)
        .select_related("meeting")
        .first()
    )
    if item is not None:
        if waiting is None or waiting.pk != item.pk:
            raise TransitionRefused(_("Over dit agendapunt is al beslist."), code="state")
        return item.meeting.day
    if waiting is not None:
        raise ValidationError(
            _(
                "Deze aanvraag staat op de agenda van de vergadering van %(day)s. Noteer de "
                "beslissing bij die vergadering."
            )
            % {"day": format_day(waiting.meeting.day)}
        )
    if decided_on is None:
        raise ValidationError({"decided_on": _("Vul de dag van de beslissing in.")})
    if decided_on > today():
        raise ValidationError({"decided_on": _("Deze dag ligt in de toekomst.")})
    return decided_on


def _refuse_outside_rule(request: CofinancingRequest, granted: Decimal) -> None:
    """A binding ceiling and the floor of the call bind the committee too."""
    if (
        not request.ceiling_is_indicative
        and request.ceiling is not None
        and granted > request.ceiling
    ):
        raise ValidationError(
            {
                "granted_amount": _("Het plafond van de oproep is bindend: hoogstens %(ceiling)s.")
                % {"ceiling": format_eur(request.ceiling)}
            }
        )
    if request.floor is not None and ZERO < granted < request.floor:
        raise ValidationError(
            {
                "granted_amount": _("De ondergrens van de oproep is %(floor)s.")
                % {"floor": format_eur(request.floor)}
            }
        )
