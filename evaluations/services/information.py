"""What the answer to a request for information sets off among staff."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from common.lifecycle import TransitionRefused
from evaluations.selectors import lead_assignment
from notifications.services import portal_url, queue_mail
from projects.models import InformationRequest, Proposal


def information_readers(request: InformationRequest) -> list[User]:
    """Who asked, or the team when the portal did; and the adviser who writes the advice."""
    readers = {}
    if request.asked_by is not None:
        readers[request.asked_by_id] = request.asked_by
    else:
        readers |= {person.pk: person for person in staff_with_role(StaffRole.TEAM_MEMBER)}
    lead = lead_assignment(request.proposal)
    if lead is not None:
        readers[lead.adviser_id] = lead.adviser
    visible = Proposal.objects.filter(pk=request.proposal_id)
    return [
        person
        for person in readers.values()
        if person.is_active and visible.visible_to(person).exists()
    ]


def on_information_step(*, instance: Any, transition: Any, **_kwargs: Any) -> None:
    """Listener of `common.lifecycle.transitioned` for requests: tell staff of the answer."""
    if transition.name != "answer":
        return
    proposal = instance.proposal
    for person in information_readers(instance):
        queue_mail(
            kind="evaluations.information_answered",
            to=person,
            template="evaluations/mail/information_answered.md",
            context={
                "reference": proposal.reference,
                "number": instance.number,
                "is_late": instance.was_late,
                "url": portal_url("evaluations:information", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"evaluations.information_answered:{instance.pk}:{person.pk}",
        )


def refuse_while_information_is_asked(proposal: Proposal) -> None:
    """An advice waits for the answers that were asked for it.

    Raises:
        TransitionRefused: naming the request, with what one may do.
    """
    number = proposal.open_request_number
    if number is not None:
        raise TransitionRefused(
            _(
                "Vraag %(number)s om bijkomende informatie staat nog open. Wacht op het antwoord, "
                "of trek de vraag in."
            )
            % {"number": number},
            code="information",
        )
