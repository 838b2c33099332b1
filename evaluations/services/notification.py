"""Telling the applicant: the outcome becomes the state of the proposal, the project opens."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.moments import local_day
from evaluations.models import SelectionDecision
from evaluations.policies import may_notify
from evaluations.services.decision import lock_decision
from evaluations.services.locking import applicants
from notifications.services import portal_url, queue_mail
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal
from projects.services import ask_what_selection_needs
from projects.services.projects import open_project


@transaction.atomic
def notify_decision(*, proposal: Proposal, by: User) -> SelectionDecision:
    """Tell the applicant by a mail with only a link; from then on the decision stays as it is.

    A selected proposal opens its project in the same transaction, and what the form needs only
    after selection is asked for.

    Raises:
        PermissionDenied: when `by` may not notify.
        TransitionRefused: when there is no decision, it was notified, or the applicant withdrew.
        ValidationError: when the letter is not ready.
    """
    may_notify.check(by, proposal)
    proposal, decision = lock_decision(proposal)
    if not decision.letter_is_ready:
        raise ValidationError(
            _("De brief is nog niet klaar. Wacht tot hij gemaakt is en kijk hem na.")
        )
    selected = decision.outcome == SelectionDecision.Outcome.SELECTED
    PROPOSAL_LIFECYCLE.perform(proposal, "select" if selected else "do_not_select", actor=by)
    decision.notified_at = clock.now()
    decision.notified_by = by
    decision.notified_on = local_day(decision.notified_at)
    decision.save(update_fields=["notified_at", "notified_by", "notified_on"])
    record(
        actor=by,
        action="decision.notified",
        label=_("Beslissing meegedeeld"),
        about=decision.advice,
    )
    if selected:
        open_project(proposal=proposal, by=by)
        ask_what_selection_needs(proposal=proposal)
    for person in applicants(proposal):
        queue_mail(
            kind="evaluations.decision",
            to=person,
            template="evaluations/mail/decision.md",
            context={
                "proposal": proposal,
                "url": portal_url("evaluations:decision", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"evaluations.decision:{decision.pk}:{person.pk}",
        )
    return decision
