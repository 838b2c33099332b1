"""The letter about a decision of the committee: made at once, told to the beneficiary later."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.lifecycle import TransitionRefused
from documents.models import Job
from documents.services import request_document
from evaluations.services.decision import next_letter_number
from funding.models import CommitteeDecision
from funding.policies import may_tell_decision
from funding.services.mails import tell_decision

LETTER_KIND = "funding.decision_letter"


def make_letter(decision: CommitteeDecision, by: User) -> Job:
    """Ask for the letter, with its number; inside the transaction of the caller.

    The title is for the list of all documents: no outcome, no amount.
    """
    if not decision.letter_number:
        decision.letter_number = next_letter_number(decision.decided_on.year)
    reference = decision.request.procurement.project.reference
    decision.letter = request_document(
        kind=LETTER_KIND,
        params={"decision": decision.pk, "number": decision.letter_number},
        requested_by=by,
        about=decision.request.procurement.project,
        title=f"Brief over cofinanciering {reference}",
    )
    decision.save(update_fields=["letter", "letter_number"])
    return decision.letter


@transaction.atomic
def remake_letter(*, decision: CommitteeDecision, by: User) -> Job:
    """Make the letter again, after a failure or a change of its texts; until it is told.

    Raises:
        PermissionDenied: when `by` does not tell decisions.
        TransitionRefused: when the beneficiary has the letter.
    """
    may_tell_decision.check(by)
    return make_letter(_untold(decision), by)


@transaction.atomic
def send_letter(*, decision: CommitteeDecision, by: User) -> CommitteeDecision:
    """Tell the beneficiary: from now on its people read the letter, and who may submit gets a mail.

    Raises:
        PermissionDenied: when `by` does not tell decisions.
        TransitionRefused: when it was told already.
        ValidationError: when the letter is not ready.
    """
    may_tell_decision.check(by)
    decision = _untold(decision)
    if decision.letter is None or not decision.letter.is_done:
        raise ValidationError(
            _("De brief is nog niet klaar. Wacht tot hij gemaakt is en kijk hem na.")
        )
    decision.told_at, decision.told_by = clock.now(), by
    decision.save(update_fields=["told_at", "told_by"])
    project = decision.request.procurement.project
    record(
        actor=by,
        action="cofinancing.told",
        label=_("Beslissing over cofinanciering meegedeeld"),
        about=project,
        data={"decision": decision.pk, "letter": decision.letter_number},
    )
    tell_decision(decision)
    return decision


def _untold(decision: CommitteeDecision) -> CommitteeDecision:
    found = (
        CommitteeDecision.objects.select_for_update(of=("self",))
        .select_related("request__procurement__project__organisation", "letter")
        .get(pk=decision.pk)
    )
    if found.told_at is not None:
        raise TransitionRefused(
            _("Deze beslissing is al meegedeeld. De brief ligt vast."), code="state"
        )
    return found
