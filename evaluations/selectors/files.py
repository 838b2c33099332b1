"""The files (dossiers) that a member of staff may see, and the list of them.

Every read of this room starts from `visible_files`.
"""

from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from accounts.roles import StaffRole
from calls.models import Call
from evaluations.lifecycle import ACTIVE_ASSIGNMENT_STATES, AssignmentState
from evaluations.models import Advice, Assignment, ConflictOfInterest, SelectionDecision
from evaluations.policies import may_see_all_files
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.selectors.submission import as_handed_in, requested_as_handed_in


def visible_files(user: Any) -> QuerySet[Proposal]:
    """Submitted proposals that `user` works with.

    The programme office and auditors see all, whoever decides sees the files of those calls, an
    adviser sees the files with an active assignment of his own. A file with which one has a
    conflict of interest, declared or found, does not exist for that person, whatever other role.
    Each file shows what was handed in, whatever the applicant is changing.
    """
    files = Proposal.objects.filter(submitted_at__isnull=False).as_submitted()
    if not getattr(user, "is_programme_staff", False):
        return files.none()
    own = Assignment.objects.filter(proposal=OuterRef("pk"), adviser=user)
    files = files.exclude(
        Exists(ConflictOfInterest.objects.of(user).filter(proposal=OuterRef("pk")))
    )
    if may_see_all_files.test(user, None):
        return files
    deciding = [role.value for role in user.staff_roles if role != StaffRole.ADVISER]
    return files.filter(
        Exists(own.filter(state__in=ACTIVE_ASSIGNMENT_STATES)) | Q(call__decision_role__in=deciding)
    )


def reading_rule(user: Any) -> Q:
    """What of the submitted proposals `user` may read elsewhere in the portal, as staff.

    Never what one has a conflict of interest with. Who is only an adviser reads what was
    accepted: before that, the declaration comes first.
    """
    own = Assignment.objects.filter(adviser=user)
    rule = ~Q(pk__in=ConflictOfInterest.objects.of(user).values("proposal"))
    if user.staff_roles <= {StaffRole.ADVISER}:
        read = own.filter(state__in=[AssignmentState.ACCEPTED, AssignmentState.DONE])
        rule &= Q(pk__in=read.values("proposal"))
    return rule


def get_file(user: Any, reference: str) -> Proposal:
    """One file with what its page shows.

    Raises:
        Proposal.DoesNotExist: when there is none, or `user` may not know of it.
    """
    return (
        visible_files(user)
        .select_related("call", "round", "organisation", "theme", "created_by")
        .get(reference=reference)
    )


FILE_ORDERS: dict[str, list[Any]] = {
    "reference": ["reference", "pk"],
    "title": ["frozen_title", "pk"],
    "organisation": ["organisation__name", "pk"],
    "call": ["call__reference", "reference", "pk"],
    "state": ["state", "reference", "pk"],
    "submitted_at": ["submitted_at", "pk"],
    "due_on": [F("due_on").asc(nulls_last=True), "reference", "pk"],
    "requested_amount": ["frozen_amount", "pk"],
}
DEFAULT_ORDER = "-submitted_at"


def _order(sort: str) -> list[Any]:
    name = sort.removeprefix("-")
    if name not in FILE_ORDERS:
        return _order(DEFAULT_ORDER)
    if not sort.startswith("-"):
        return FILE_ORDERS[name]
    return [
        F("due_on").desc(nulls_last=True) if isinstance(field, type(F("x").asc())) else f"-{field}"
        for field in FILE_ORDERS[name]
    ]


def file_list(user: Any, sort: str = DEFAULT_ORDER) -> QuerySet[Proposal]:
    """Files for the list, with `due_on` (of the lead's advice), `awaits_notification` and the
    active assignments in `active_assignments`."""
    lead = Assignment.objects.active().filter(proposal=OuterRef("pk"), is_lead=True)
    decided = SelectionDecision.objects.filter(proposal=OuterRef("pk"), notified_at__isnull=True)
    return (
        visible_files(user)
        .select_related("call", "organisation", "theme")
        .annotate(
            frozen_title=as_handed_in("title"),
            frozen_amount=requested_as_handed_in(),
            due_on=Subquery(lead.values("due_on")[:1], output_field=DateField()),
            awaits_notification=Exists(decided)
            if may_see_all_files.test(user, None)
            else Value(False, output_field=BooleanField()),
        )
        .prefetch_related(
            Prefetch(
                "assignments",
                Assignment.objects.visible_to(user).active().select_related("adviser"),
                to_attr="active_assignments",
            )
        )
        .order_by(*_order(sort))
    )


def call_overview(user: Any) -> QuerySet[Call]:
    """Per call: how many files were submitted, complete, advised, decided and withdrawn.

    Counts only what `user` may see. `decided` means notified: an outcome that the applicant does
    not know yet is not counted anywhere.
    """
    files = visible_files(user)
    after_check = [
        ProposalState.COMPLETE,
        ProposalState.ASSESSMENT,
        ProposalState.ADVISED,
        ProposalState.SELECTED,
        ProposalState.NOT_SELECTED,
    ]
    decided = [ProposalState.SELECTED, ProposalState.NOT_SELECTED]

    def count(**conditions: Any) -> Count:
        return Count("proposals", filter=Q(proposals__in=files, **conditions), distinct=True)

    return (
        Call.objects.visible_to(user)
        .annotate(
            files_submitted=count(),
            files_complete=count(proposals__state__in=after_check),
            files_advised=count(proposals__state__in=[ProposalState.ADVISED, *decided]),
            files_decided=count(proposals__state__in=decided),
            files_withdrawn=count(proposals__state=ProposalState.WITHDRAWN),
        )
        .filter(files_submitted__gt=0)
        .order_by("-created_at", "-pk")
    )


def final_advice(proposal: Proposal) -> Advice | None:
    """The advice in force: the latest that is final."""
    return (
        Advice.objects.filter(proposal=proposal, finalised_at__isnull=False)
        .order_by("-number")
        .first()
    )


def draft_advice(proposal: Proposal) -> Advice | None:
    """The advice being written, or the correction of a final one."""
    return Advice.objects.filter(proposal=proposal, finalised_at__isnull=True).first()
