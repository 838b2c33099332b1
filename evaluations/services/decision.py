"""The selection decision and its letter; what is decided can be undone until it is notified."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.lifecycle import TransitionRefused
from common.moments import local_day
from documents.models import Job
from documents.services import request_document
from evaluations.models import Conclusion, LetterCounter, SelectionDecision
from evaluations.policies import may_remake_letter
from evaluations.selectors import decision_obstacle, draft_advice, final_advice
from evaluations.selectors.letters import current_letter_version
from evaluations.services.held_mails import drop_preparation
from evaluations.services.locking import lock_file
from projects.lifecycle import ProposalState
from projects.models import Proposal

LETTER_KIND = "evaluations.decision_letter"


@transaction.atomic
def decide(
    *, proposal: Proposal, by: User, outcome: str, grounds: str, deviation_reason: str = ""
) -> SelectionDecision:
    """Decide on the selection and have the letter made. The applicant learns nothing yet.

    The grounds, and the reason to deviate from the advice, stand in the letter.

    Raises:
        PermissionDenied: when `by` does not decide on this call, was an adviser of the file, or
            belongs to the applicant or a partner.
        TransitionRefused: when the file does not wait for a decision, or there is one already.
        ValidationError: when the advice is not final or being corrected, or a reason is missing.
    """
    proposal = lock_file(proposal, {ProposalState.ADVISED})
    obstacle = decision_obstacle(by, proposal)
    if obstacle:
        raise PermissionDenied(obstacle)
    if SelectionDecision.objects.filter(proposal=proposal).exists():
        raise TransitionRefused(_("Over dit dossier is al beslist."), code="state")
    advice = final_advice(proposal)
    if advice is None:
        raise ValidationError(_("Er is nog geen definitief advies."))
    if draft_advice(proposal) is not None:
        raise ValidationError(
            _("De adviseur verbetert het advies. Beslis als de nieuwe versie definitief is.")
        )
    if outcome not in SelectionDecision.Outcome.values:
        raise ValidationError({"outcome": _("Kies een beslissing.")})
    if not grounds.strip():
        raise ValidationError({"grounds": _("Motiveer de beslissing.")})
    supports = Conclusion(advice.conclusion).supports_selection
    follows = supports == (outcome == SelectionDecision.Outcome.SELECTED)
    if not follows and not deviation_reason.strip():
        raise ValidationError({"deviation_reason": _("Schrijf waarom u van het advies afwijkt.")})
    now = clock.now()
    with readable_constraints():
        decision = SelectionDecision.objects.create(
            proposal=proposal,
            advice=advice,
            adviser_id=advice.author_id,
            outcome=outcome,
            grounds=grounds.strip(),
            deviation_reason="" if follows else deviation_reason.strip(),
            follows_advice=follows,
            decided_by=by,
            decided_at=now,
            letter_number=next_letter_number(local_day(now).year),
        )
    request_letter(decision, by)
    # Kept with the advice: the applicant's own timeline reads the events of the proposal.
    record(
        actor=by,
        action="decision.taken",
        label=_("Beslist: %(outcome)s") % {"outcome": decision.get_outcome_display()},
        about=advice,
    )
    return decision


@transaction.atomic
def withdraw_decision(*, proposal: Proposal, by: User) -> None:
    """Undo a decision that was not notified; the file waits for a decision again.

    Raises:
        PermissionDenied: when `by` does not decide on this call, or was an adviser of the file.
        TransitionRefused: when there is no decision, or it was notified.
    """
    proposal, decision = lock_decision(proposal)
    obstacle = decision_obstacle(by, proposal)
    if obstacle:
        raise PermissionDenied(obstacle)
    record(
        actor=by,
        action="decision.withdrawn",
        label=_("Beslissing teruggenomen: %(outcome)s")
        % {"outcome": decision.get_outcome_display()},
        about=decision.advice,
    )
    drop_preparation(decision)
    decision.delete()


@transaction.atomic
def remake_letter(*, proposal: Proposal, by: User) -> Job:
    """Make the letter again, after a failure or a change of its texts; until the notification.

    Raises:
        PermissionDenied: when `by` neither decides nor notifies.
        TransitionRefused: when there is no decision, or it was notified.
    """
    proposal, decision = lock_decision(proposal)
    may_remake_letter.check(by, proposal)
    return request_letter(decision, by)


def lock_decision(proposal: Proposal) -> tuple[Proposal, SelectionDecision]:
    """The file and its decision, locked, while the decision was not notified.

    Raises:
        TransitionRefused: when there is none, or it was notified.
    """
    proposal = lock_file(proposal)
    decision = (
        SelectionDecision.objects.select_for_update(of=("self",))
        .select_related("advice", "letter", "proposal__organisation")
        .filter(proposal=proposal)
        .first()
    )
    if decision is None:
        raise TransitionRefused(_("Over dit dossier is nog niet beslist."), code="state")
    if decision.is_notified:
        raise TransitionRefused(_("Deze beslissing is al meegedeeld en ligt vast."), code="state")
    return proposal, decision


def request_letter(decision: SelectionDecision, by: User) -> Job:
    """Ask for the letter with the texts as they are now, whatever is saved before it is made.

    The job's title is for the list of jobs of all staff: no outcome, no title of the project.
    """
    reference = decision.proposal.reference
    decision.letter = request_document(
        kind=LETTER_KIND,
        params={
            "decision": decision.pk,
            "reference": reference,
            "text": current_letter_version(decision.outcome),
        },
        requested_by=by,
        about=decision.proposal,
        title=f"Beslissingsbrief {reference}",
    )
    decision.save(update_fields=["letter"])
    return decision.letter


def next_letter_number(year: int) -> str:
    """The next letter number of a year, as PIO/2026/0001; an undone decision leaves a gap."""
    LetterCounter.objects.get_or_create(year=year)
    counter = LetterCounter.objects.select_for_update().get(year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return f"PIO/{year}/{counter.last_number:04d}"
