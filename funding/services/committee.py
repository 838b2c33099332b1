"""Meetings of the committee: planning, the agenda, deciding on an item.

Locks are taken in the order project, request, meeting, item (as in `record_committee_decision`).
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.formatting import format_day
from common.lifecycle import TransitionRefused
from common.moments import today, working_days_before
from funding import conf
from funding.lifecycle import COMMITTEE_LIFECYCLE, REQUEST_LIFECYCLE, CommitteeState
from funding.models import (
    CofinancingRequest,
    CommitteeDecision,
    CommitteeItem,
    CommitteeMeeting,
)
from funding.policies import may_prepare_agenda, may_run_committee
from funding.services.cofinancing import record_committee_decision
from funding.services.committee_papers import ask_agenda, ask_sheet
from projects.models import Project

FIELDS = {
    "funding_meeting_once_a_day": "day",
    "funding_meeting_has_place": "place",
    "funding_meeting_dossiers_before": "dossier_deadline",
}


def default_dossier_deadline(day: date) -> date:
    """The working days of the settings before the meeting; 15 by default (domain.md 7)."""
    return working_days_before(day, conf.dossier_working_days())


@transaction.atomic
def plan_committee(
    *,
    day: date,
    by: User,
    is_online: bool = False,
    place: str = "",
    dossier_deadline: date | None = None,
    note: str = "",
) -> CommitteeMeeting:
    """Plan a meeting; dossiers are complete on `dossier_deadline`, or on the default day.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        ValidationError: a meeting on that day, no place, or dossiers after the meeting.
    """
    may_run_committee.check(by)
    meeting = CommitteeMeeting(
        day=day,
        is_online=is_online,
        place=place.strip(),
        dossier_deadline=dossier_deadline or default_dossier_deadline(day),
        note=note.strip(),
        created_by=by,
    )
    with readable_constraints(fields=FIELDS):
        meeting.save()
    record(
        actor=by,
        action="committee.planned",
        label=_("Vergadering van het Beslissingscomité gepland"),
        about=meeting,
    )
    return meeting


@transaction.atomic
def change_committee(
    *,
    meeting: CommitteeMeeting,
    day: date,
    by: User,
    is_online: bool = False,
    place: str = "",
    dossier_deadline: date | None = None,
    note: str = "",
) -> CommitteeMeeting:
    """Change day and place while the agenda is open. Another day moves the default deadline too.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        TransitionRefused: when the agenda was closed.
        ValidationError: as when planning.
    """
    may_run_committee.check(by)
    meeting = _lock(meeting, CommitteeState.PLANNED)
    meeting.day, meeting.is_online, meeting.place = day, is_online, place.strip()
    meeting.dossier_deadline = dossier_deadline or default_dossier_deadline(day)
    meeting.note = note.strip()
    with readable_constraints(fields=FIELDS):
        meeting.save(update_fields=["day", "is_online", "place", "dossier_deadline", "note"])
    record(
        actor=by,
        action="committee.changed",
        label=_("Vergadering van het Beslissingscomité gewijzigd"),
        about=meeting,
    )
    return meeting


# --- The agenda ----------------------------------------------------------------------------------


@transaction.atomic
def put_on_agenda(
    *, meeting: CommitteeMeeting, request: CofinancingRequest, by: User
) -> CommitteeItem:
    """Put a request with its tender document at the end of the agenda, and have its sheet made.

    Raises:
        PermissionDenied: when `by` prepares no agendas.
        TransitionRefused: when the agenda was closed, or the request was decided.
        ValidationError: no tender document, or it stands on another agenda.
    """
    may_prepare_agenda.check(by)
    request = (
        CofinancingRequest.objects.select_for_update(of=("self",))
        .select_related("procurement__project")
        .get(pk=request.pk)
    )
    meeting = _lock(meeting, CommitteeState.PLANNED)
    if not REQUEST_LIFECYCLE.allows(request, "grant"):
        raise TransitionRefused(_("Over deze aanvraag is al beslist."), code="state")
    if not request.tender_documents.exists():
        raise ValidationError(
            {
                "request": _(
                    "Deze aanvraag heeft nog geen opdrachtdocument. Voeg het eerst toe aan de "
                    "aanvraag."
                )
            }
        )
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = CommitteeItem(meeting=meeting, request=request, position=last + 1)
    item.sheet = ask_sheet(request, by)
    with readable_constraints(
        fields={
            "funding_item_once_on_agenda": "request",
            "funding_item_one_open_meeting": "request",
        }
    ):
        item.save()
    _record_agenda(request, by, _("Op de agenda van het Beslissingscomité gezet"), meeting)
    return item


@transaction.atomic
def take_off_agenda(*, item: CommitteeItem, by: User) -> None:
    """Take a request from an agenda that is not closed.

    Raises:
        PermissionDenied: when `by` prepares no agendas.
        TransitionRefused: when the agenda was closed.
    """
    may_prepare_agenda.check(by)
    meeting = _lock(item.meeting, CommitteeState.PLANNED)
    item.delete()
    _record_agenda(item.request, by, _("Van de agenda van het Beslissingscomité gehaald"), meeting)


@transaction.atomic
def move_on_agenda(*, item: CommitteeItem, by: User, up: bool) -> None:
    """Let the item change places with the one above or below it; at the end nothing happens.

    Raises:
        PermissionDenied: when `by` prepares no agendas.
        TransitionRefused: when the agenda was closed.
    """
    may_prepare_agenda.check(by)
    meeting = _lock(item.meeting, CommitteeState.PLANNED)
    order = list(meeting.items.order_by("position", "pk"))
    here = next((number for number, one in enumerate(order) if one.pk == item.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order, 1):
        one.position = position
    CommitteeItem.objects.bulk_update(order, ["position"])


@transaction.atomic
def close_agenda(*, meeting: CommitteeMeeting, by: User) -> CommitteeMeeting:
    """Fix what the committee gets: the items, their order and tender documents; make the agenda.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        TransitionRefused: when it was closed already.
        ValidationError: when nothing is on the agenda.
    """
    may_run_committee.check(by)
    meeting = _lock(meeting, CommitteeState.PLANNED)
    items = list(
        meeting.items.select_related("request__procurement__project").order_by("position", "pk")
    )
    if not items:
        raise ValidationError(_("Zet eerst aanvragen op de agenda."))
    for position, item in enumerate(items, 1):
        item.position = position
        item.tender_document = item.request.tender_documents.order_by("-version").first()
        item.sheet = ask_sheet(item.request, by)
    CommitteeItem.objects.bulk_update(items, ["position", "tender_document", "sheet"])
    meeting.closed_at = clock.now()
    COMMITTEE_LIFECYCLE.perform(meeting, "close_agenda", actor=by, save=["closed_at"])
    ask_agenda(meeting, by)
    return meeting


@transaction.atomic
def cancel_committee(*, meeting: CommitteeMeeting, reason: str, by: User) -> CommitteeMeeting:
    """The meeting does not take place: what was not decided may go to another one.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        TransitionRefused: when it was held or cancelled.
        ValidationError: without a reason, or when decisions were taken in it.
    """
    may_run_committee.check(by)
    meeting = _lock(meeting)
    if meeting.items.filter(decision__isnull=False).exists():
        raise ValidationError(
            _("Op deze vergadering is al beslist: ze kan niet meer geannuleerd worden.")
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom de vergadering niet doorgaat.")})
    meeting.cancel_reason = reason.strip()
    COMMITTEE_LIFECYCLE.perform(
        meeting, "cancel", actor=by, comment=meeting.cancel_reason, save=["cancel_reason"]
    )
    meeting.items.update(is_open=False)
    return meeting


@transaction.atomic
def hold_committee(*, meeting: CommitteeMeeting, by: User) -> CommitteeMeeting:
    """End the meeting: every item has its decision.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        TransitionRefused: when its agenda was not closed, or it was ended.
        ValidationError: naming how many items have no decision.
    """
    may_run_committee.check(by)
    meeting = _lock(meeting, CommitteeState.AGENDA_CLOSED)
    waiting = meeting.items.filter(is_open=True).count()
    if waiting:
        raise ValidationError(
            _("Nog zonder beslissing: %(count)s. Noteer ook die; uitstellen is een beslissing.")
            % {"count": waiting}
        )
    meeting.held_at = clock.now()
    COMMITTEE_LIFECYCLE.perform(meeting, "hold", actor=by, save=["held_at"])
    return meeting


# --- Deciding ------------------------------------------------------------------------------------


@transaction.atomic
def decide_item(
    *,
    item: CommitteeItem,
    outcome: str,
    by: User,
    granted_amount: Decimal | None = None,
    grounds: str = "",
    reference: str = "",
    postponed_to: CommitteeMeeting | None = None,
) -> CommitteeDecision:
    """Note the decision on an item, dated at the day of the meeting.

    A grant without amount is what was asked. A postponed request may go to a later meeting at once.

    Raises:
        PermissionDenied: when `by` is not the committee's secretary.
        TransitionRefused: the agenda is open, the meeting is over, or the item was decided.
        ValidationError: the day has not come, or as `record_committee_decision` and
            `put_on_agenda` say.
    """
    may_run_committee.check(by)
    Project.objects.select_for_update(of=("self",)).get(
        procurements__cofinancing_requests=item.request_id
    )
    request = CofinancingRequest.objects.select_for_update(of=("self",)).get(pk=item.request_id)
    meeting = _lock(item.meeting, CommitteeState.AGENDA_CLOSED)
    if meeting.day > today():
        raise ValidationError(
            _("De vergadering is op %(day)s. Noteer de beslissing vanaf die dag.")
            % {"day": format_day(meeting.day)}
        )
    if outcome == CommitteeDecision.Outcome.GRANTED and granted_amount is None:
        granted_amount = request.requested_amount
    if postponed_to is not None and outcome != CommitteeDecision.Outcome.POSTPONED:
        postponed_to = None
    if postponed_to is not None and postponed_to.day <= meeting.day:
        raise ValidationError({"postponed_to": _("Kies een latere vergadering.")})
    decision = record_committee_decision(
        request=request,
        outcome=outcome,
        item=item,
        by=by,
        granted_amount=granted_amount,
        reference=reference,
        grounds=grounds,
    )
    CommitteeItem.objects.filter(pk=item.pk).update(decision=decision, is_open=False)
    if postponed_to is not None:
        put_on_agenda(meeting=postponed_to, request=request, by=by)
    return decision


def _record_agenda(
    request: CofinancingRequest, by: User, label: str, meeting: CommitteeMeeting
) -> None:
    record(
        actor=by,
        action="committee.agenda",
        label=label,
        about=request.procurement.project,
        comment=str(meeting),
        data={"meeting": meeting.pk, "request": request.pk},
    )


def _lock(meeting: CommitteeMeeting, state: str = "") -> CommitteeMeeting:
    locked = CommitteeMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if state and locked.state != state:
        raise TransitionRefused(
            _("Dit kan niet: de status van de vergadering is “%(state)s”.")
            % {"state": CommitteeState(locked.state).label},
            code="state",
        )
    return locked
