"""Letters and notifications of many files: one transaction per file, and a report per file."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from calls.models import Call
from evaluations.selectors.letters import undisclosed_decisions
from evaluations.services.decision import remake_letter
from evaluations.services.locking import applicants
from evaluations.services.notification import (
    cancel_notification,
    prepare_notification,
    release_notification,
)
from projects.models import Proposal


@dataclass(frozen=True)
class FileReport:
    """What was done to one file, or why not."""

    reference: str
    done: bool
    sentence: str


def for_each(
    *, call: Call, references: Collection[str], by: User, act: Callable[[Proposal], str]
) -> list[FileReport]:
    """Do `act` to the chosen files of a call that `by` sees and that wait to be told.

    A file that refuses stays as it was and holds up no other.
    """
    decisions = (
        undisclosed_decisions(by)
        .filter(proposal__call=call, proposal__reference__in=references)
        .select_related("proposal__call", "proposal__organisation")
        .order_by("proposal__reference")
    )
    report = []
    for decision in decisions:
        reference = decision.proposal.reference
        try:
            with transaction.atomic():
                report.append(FileReport(reference, True, act(decision.proposal)))
        except ValidationError as refusal:
            report.append(FileReport(reference, False, " ".join(refusal.messages)))
        except PermissionDenied as refusal:
            report.append(FileReport(reference, False, str(refusal)))
    return report


def make_again(proposal: Proposal, by: User) -> str:
    """Have the letter made again; what was done, as a sentence. Raises as `remake_letter`."""
    remake_letter(proposal=proposal, by=by)
    return _("De brief wordt gemaakt.")


def prepare(proposal: Proposal, by: User) -> str:
    """Hold the mails; says so when there are none. Raises as `prepare_notification`."""
    prepare_notification(proposal=proposal, by=by)
    if not applicants(proposal):
        return _(
            "Niemand van de aanvrager krijgt een mail. Kies straks een aangetekende brief of eBox."
        )
    return _("De mails staan klaar. Lees ze na vóór u meedeelt.")


def cancel(proposal: Proposal, by: User) -> str:
    """Cancel what is held. Raises as `cancel_notification`."""
    cancel_notification(proposal=proposal, by=by)
    return _("De mails zijn geannuleerd.")


def release(proposal: Proposal, by: User, **how: Any) -> str:
    """Tell the applicant. Raises as `release_notification`."""
    release_notification(proposal=proposal, by=by, **how)
    return _("De beslissing is meegedeeld.")
