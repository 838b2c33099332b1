"""The papers of a meeting of the committee: its agenda, and a sheet per request."""

from django.db import transaction

from accounts.models import User
from documents.models import Job
from documents.services import request_document
from funding.models import CofinancingRequest, CommitteeItem, CommitteeMeeting
from funding.policies import may_prepare_agenda

AGENDA_KIND = "funding.committee_agenda"
SHEET_KIND = "funding.request_sheet"


@transaction.atomic
def make_agenda(*, meeting: CommitteeMeeting, by: User) -> Job:
    """Have the agenda made as it is now; marked as a draft until it is closed.

    Raises:
        PermissionDenied: when `by` prepares no agendas.
    """
    may_prepare_agenda.check(by)
    meeting = CommitteeMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    return ask_agenda(meeting, by)


@transaction.atomic
def make_sheet(*, request: CofinancingRequest, by: User) -> Job:
    """Have the sheet of a request made, for who prepares the meeting.

    Raises:
        PermissionDenied: when `by` prepares no agendas.
    """
    may_prepare_agenda.check(by)
    job = ask_sheet(request, by)
    CommitteeItem.objects.filter(request=request, is_open=True).update(sheet=job)
    return job


def ask_agenda(meeting: CommitteeMeeting, by: User) -> Job:
    """The agenda of a locked meeting, asked anew."""
    meeting.agenda = request_document(
        kind=AGENDA_KIND,
        params={"meeting": meeting.pk, "day": meeting.day},
        requested_by=by,
        about=meeting,
    )
    meeting.save(update_fields=["agenda"])
    return meeting.agenda


def ask_sheet(request: CofinancingRequest, by: User) -> Job:
    """The sheet of a request, asked anew."""
    reference = request.procurement.project.reference
    return request_document(
        kind=SHEET_KIND,
        params={"request": request.pk, "reference": reference},
        requested_by=by,
        about=request.procurement.project,
        title=f"Aanvraagfiche {reference}",
    )
