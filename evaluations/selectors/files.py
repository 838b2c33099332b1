"""The files (dossiers) that a member of staff may see, and how far each call is.

Every read of this room starts from `visible_files`.
"""

from typing import Any

from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
)

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from calls.models import Call
from evaluations.lifecycle import ACTIVE_ASSIGNMENT_STATES, AssignmentState
from evaluations.models import Advice, Assignment, ConflictOfInterest
from evaluations.policies import may_see_all_files
from projects.lifecycle import ProposalState
from projects.models import Proposal


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


def team_of_file(proposal: Proposal) -> list[User]:
    """The team members who may know of a file that was handed in; they are told of it."""
    return [
        person
        for person in staff_with_role(StaffRole.TEAM_MEMBER)
        if visible_files(person).filter(pk=proposal.pk).exists()
    ]


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
