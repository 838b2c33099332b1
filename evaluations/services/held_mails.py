"""The mails that tell the applicant of a decision, before they leave."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from evaluations.models import PreparedNotification, SelectionDecision
from evaluations.selectors.letters import DECISION_MAIL, held_mails
from evaluations.services.locking import applicants
from notifications.models import OutboxMail
from notifications.services import cancel_mails, portal_url, queue_mail, release_mails
from projects.models import Proposal


def hold_mail(decision: SelectionDecision, person: User, occasion: str) -> OutboxMail | None:
    """Write the mail to one person, held; once per occasion."""
    proposal = decision.proposal
    return queue_mail(
        kind=DECISION_MAIL,
        to=person,
        template="evaluations/mail/decision.md",
        context={
            "proposal": proposal,
            "url": portal_url("evaluations:decision", proposal.reference),
        },
        about=proposal,
        dedupe_key=f"{DECISION_MAIL}:{decision.pk}:{occasion}:{person.pk}",
        hold=True,
    )


def hold_mails(decision: SelectionDecision, by: User) -> PreparedNotification:
    """Write the mail to each person of the applicant, held."""
    preparation = PreparedNotification.objects.create(decision=decision, prepared_by=by)
    for person in applicants(decision.proposal):
        hold_mail(decision, person, str(preparation.pk))
    return preparation


def release_held(decision: SelectionDecision, preparation: PreparedNotification) -> int:
    """Let the mails leave that were held; returns how many.

    Who left the organisation since, or has another address, gets nothing at the old one; who came
    gets the same mail.
    """
    mails = held_mails(decision.proposal)
    people = {(person.pk, person.email): person for person in applicants(decision.proposal)}
    for mail in mails:
        if people.pop((mail.recipient_id or 0, mail.address), None) is None:
            cancel_mails(OutboxMail.objects.filter(pk=mail.pk))
    for person in people.values():
        hold_mail(decision, person, f"{preparation.pk}:later")
    released = release_mails(held_mails(decision.proposal))
    preparation.delete()
    return released


def drop_preparation(decision: SelectionDecision) -> bool:
    """Cancel what was held, if anything was; returns whether there was."""
    cancel_mails(held_mails(decision.proposal))
    deleted, _models = PreparedNotification.objects.filter(decision=decision).delete()
    return bool(deleted)


def on_proposal_step(*, instance: Proposal, transition: Any, actor: Any, **_kwargs: Any) -> None:
    """Listener of `common.lifecycle.transitioned` for proposals: who withdraws is told nothing."""
    if transition.name != "withdraw":
        return
    decision = SelectionDecision.objects.filter(proposal=instance).select_related("advice").first()
    if decision is not None and drop_preparation(decision):
        record(
            actor=None,
            action="decision.preparation_cancelled",
            label=_("Klaargezette mails geannuleerd: de aanvrager trok het voorstel in"),
            about=decision.advice,
        )
