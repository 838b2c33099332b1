"""The formal check of a submitted version (not "ontvankelijkheid", domain.md 0.1)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.formatting import format_deadline
from evaluations.models import CompletenessCheck
from evaluations.policies import may_check_completeness
from evaluations.services.locking import applicants, lock_file
from notifications.services import portal_url, queue_mail
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal
from projects.window import Window, window_at


@transaction.atomic
def check_completeness(
    *, proposal: Proposal, by: User, is_complete: bool, remarks: str = ""
) -> CompletenessCheck:
    """Declare the submitted version complete, or incomplete with what is missing.

    The applicant of an incomplete file gets a mail with what is missing and until when.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        TransitionRefused: when the file does not wait for this check.
        ValidationError: when nothing says what is missing.
    """
    may_check_completeness.check(by, proposal)
    proposal = lock_file(proposal)
    remarks = remarks.strip()
    if not is_complete and not remarks:
        raise ValidationError({"remarks": _("Schrijf wat er ontbreekt.")})
    now = clock.now()
    PROPOSAL_LIFECYCLE.perform(
        proposal,
        "mark_complete" if is_complete else "mark_incomplete",
        actor=by,
        comment="" if is_complete else remarks,
    )
    version = proposal.latest_version
    if version is None:
        raise ValidationError(_("Van dit voorstel is geen ingediende versie bewaard."))
    check = CompletenessCheck.objects.create(
        version=version,
        is_complete=is_complete,
        remarks=remarks,
        checked_by=by,
        checked_at=now,
    )
    if not is_complete:
        # The step has just set until when the proposal may be completed.
        _tell_what_is_missing(proposal, check, window_at(proposal, now))
    return check


def _tell_what_is_missing(proposal: Proposal, check: CompletenessCheck, window: Window) -> None:
    for person in applicants(proposal):
        queue_mail(
            kind="evaluations.incomplete",
            to=person,
            template="evaluations/mail/incomplete.md",
            context={
                "proposal": proposal,
                "remarks": check.remarks,
                "until": format_deadline(window.closes_at)
                if window.is_open and window.closes_at
                else "",
                "url": portal_url("projects:proposal", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"evaluations.incomplete:{check.pk}:{person.pk}",
        )
