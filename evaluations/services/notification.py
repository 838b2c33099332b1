"""Telling the applicant, in two steps: the mails are written and held; released, they leave.

Nothing is known to the applicant before the release: then, in one transaction, the outcome becomes
the state of the proposal, the project opens, the day that counts for the appeal is fixed, and the
very mails that staff read are let go.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.lifecycle import TransitionRefused
from common.moments import local_day
from evaluations.models import NotificationMeans, PreparedNotification, SelectionDecision
from evaluations.policies import may_notify
from evaluations.services.decision import lock_decision
from evaluations.services.held_mails import drop_preparation, hold_mails, release_held
from evaluations.services.locking import applicants, lock_file
from projects.lifecycle import PROPOSAL_LIFECYCLE, ProposalState
from projects.models import Proposal
from projects.services import ask_what_selection_needs
from projects.services.projects import open_project


@transaction.atomic
def prepare_notification(*, proposal: Proposal, by: User) -> PreparedNotification:
    """Write the mails to the applicant and hold them, so that they can be read before they leave.

    Raises:
        PermissionDenied: when `by` may not notify.
        TransitionRefused: when there is no decision, it was notified, its mails are held already,
            or the applicant withdrew.
        ValidationError: when the letter is not ready.
    """
    proposal, decision = _decision_to_tell(proposal, by)
    if PreparedNotification.objects.filter(decision=decision).exists():
        raise TransitionRefused(_("De mails over dit dossier staan al klaar."), code="state")
    preparation = hold_mails(decision, by)
    record(
        actor=by,
        action="decision.prepared",
        label=_("Mails aan de aanvrager klaargezet"),
        about=decision.advice,
    )
    return preparation


@transaction.atomic
def cancel_notification(*, proposal: Proposal, by: User) -> None:
    """Cancel the mails that are held; the decision stays and can be told later.

    Raises:
        PermissionDenied: when `by` may not notify.
        TransitionRefused: when the decision was notified, or nothing is held.
    """
    may_notify.check(by, proposal)
    proposal, decision = lock_decision(proposal)
    if not drop_preparation(decision):
        raise TransitionRefused(_("Er staan geen mails klaar over dit dossier."), code="state")
    record(
        actor=by,
        action="decision.preparation_cancelled",
        label=_("Klaargezette mails geannuleerd"),
        about=decision.advice,
    )


@transaction.atomic
def release_notification(
    *,
    proposal: Proposal,
    by: User,
    means: str = NotificationMeans.PORTAL,
    day: date | None = None,
    proof: str = "",
) -> SelectionDecision:
    """Tell the applicant: let the held mails leave; from then on the decision stays as it is.

    A selected proposal opens its project in the same transaction, and what the form needs only
    after selection is asked for.

    `means` is how the applicant is told officially; the mail leaves in any case. `day` is the day
    of a notification by post or eBox, today without; `proof` what shows it, such as the number of
    the registered letter.

    Raises:
        PermissionDenied: when `by` may not notify.
        TransitionRefused: when there is no decision, it was notified, no mails are held for it, or
            the applicant withdrew.
        ValidationError: when the letter is not ready, beside the day when that cannot be, or beside
            the means when the portal is to tell and nobody of the applicant gets a mail.
    """
    proposal, decision = _decision_to_tell(proposal, by)
    preparation = PreparedNotification.objects.filter(decision=decision).first()
    if preparation is None:
        raise TransitionRefused(
            _("Er staan geen mails klaar over dit dossier. Zet ze eerst klaar en lees ze na."),
            code="state",
        )
    if means == NotificationMeans.PORTAL and not applicants(proposal):
        raise ValidationError(
            {
                "means": _(
                    "Niemand van de aanvrager krijgt een mail. Kies een aangetekende brief of eBox."
                )
            }
        )
    return _tell(decision, preparation, by, means, day, proof)


@transaction.atomic
def notify_decision(
    *,
    proposal: Proposal,
    by: User,
    means: str = NotificationMeans.PORTAL,
    day: date | None = None,
    proof: str = "",
) -> SelectionDecision:
    """Prepare and release in one act, for who read the mail elsewhere.

    Raises: as `release_notification`, but mails need not be held yet.
    """
    proposal, decision = _decision_to_tell(proposal, by)
    preparation = PreparedNotification.objects.filter(decision=decision).first()
    return _tell(decision, preparation or hold_mails(decision, by), by, means, day, proof)


@transaction.atomic
def add_notification_proof(*, proposal: Proposal, by: User, proof: str) -> SelectionDecision:
    """Keep the proof that came after the notification, once: the receipt of the post, for instance.

    Raises:
        PermissionDenied: when `by` may not notify.
        TransitionRefused: when the decision was not notified, or has its proof.
        ValidationError: when the proof is empty.
    """
    may_notify.check(by, proposal)
    proposal = lock_file(proposal)
    decision = SelectionDecision.objects.select_related("advice").filter(proposal=proposal).first()
    if decision is None or not decision.is_notified:
        raise TransitionRefused(_("Deze beslissing is nog niet meegedeeld."), code="state")
    if decision.notification_proof:
        raise TransitionRefused(
            _("Het bewijs van deze kennisgeving is al opgeslagen en ligt vast."), code="state"
        )
    if not proof.strip():
        raise ValidationError({"proof": _("Schrijf wat de kennisgeving bewijst.")})
    decision.notification_proof = proof.strip()
    decision.save(update_fields=["notification_proof"])
    record(
        actor=by,
        action="decision.proof_added",
        label=_("Bewijs van kennisgeving toegevoegd"),
        about=decision.advice,
    )
    return decision


def _decision_to_tell(proposal: Proposal, by: User) -> tuple[Proposal, SelectionDecision]:
    may_notify.check(by, proposal)
    proposal, decision = lock_decision(proposal)
    lock_file(proposal, {ProposalState.ADVISED})
    if not decision.letter_is_ready:
        raise ValidationError(
            _("De brief is nog niet klaar. Wacht tot hij gemaakt is en kijk hem na.")
        )
    decision.proposal = proposal
    return proposal, decision


def _tell(
    decision: SelectionDecision,
    preparation: PreparedNotification,
    by: User,
    means: str,
    day: date | None,
    proof: str,
) -> SelectionDecision:
    proposal = decision.proposal
    now = clock.now()
    decision.notified_on = _day_of_notification(decision, means, day, local_day(now))
    selected = decision.outcome == SelectionDecision.Outcome.SELECTED
    PROPOSAL_LIFECYCLE.perform(proposal, "select" if selected else "do_not_select", actor=by)
    decision.notified_at, decision.notified_by = now, by
    decision.notification_means, decision.notification_proof = means, proof.strip()
    decision.save(
        update_fields=[
            *("notified_at", "notified_by", "notified_on"),
            *("notification_means", "notification_proof"),
        ]
    )
    record(
        actor=by,
        action="decision.notified",
        label=_("Beslissing meegedeeld"),
        about=decision.advice,
        data={"means": means, "day": decision.notified_on.isoformat()},
    )
    if selected:
        open_project(proposal=proposal, by=by)
        ask_what_selection_needs(proposal=proposal)
    release_held(decision, preparation)
    return decision


def _day_of_notification(
    decision: SelectionDecision, means: str, day: date | None, today: date
) -> date:
    """The day that counts: of the mail for the portal, as entered for the post and the eBox."""
    if means not in NotificationMeans.values:
        raise ValidationError({"means": _("Kies hoe de beslissing wordt meegedeeld.")})
    if day is None or means == NotificationMeans.PORTAL:
        return today
    if day > today:
        raise ValidationError({"day": _("De dag van kennisgeving kan niet in de toekomst liggen.")})
    if day < local_day(decision.decided_at):
        raise ValidationError(
            {"day": _("De dag van kennisgeving kan niet vóór de beslissing liggen.")}
        )
    return day
