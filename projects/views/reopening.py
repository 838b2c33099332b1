"""Reopening what was handed in, and leaving it as it was."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common import clock
from common.formatting import format_deadline
from projects import selectors
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.policies import is_submitter
from projects.services import cancel_reopening, reopen_proposal
from projects.views.acts import ConfirmForm, act_page, posted
from projects.views.people import person
from projects.window import window_at

TEMPLATE = "projects/proposal_act.html"


@login_required
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Say what reopening means, and reopen."""
    found = selectors.visible_proposal(request.user, reference)
    is_submitter.check(request.user, found)
    if not may_be_reopened(found) and request.method != "POST":
        messages.error(request, _("Dit voorstel kan niet of niet meer heropend worden."))
        return redirect(found)
    closes_at = window_at(found, clock.now()).closes_at
    return act_page(
        request,
        title=_("Voorstel heropenen"),
        form=posted(request, ConfirmForm),
        act=lambda _data: reopen_proposal(proposal=found, by=person(request)),
        submit=_("Heropen het voorstel"),
        done=_("U kunt wijzigen. Uw wijzigingen tellen pas als u opnieuw indient."),
        back=found.get_absolute_url(),
        about=found.reference,
        explanation=_(
            "U kunt uw tekst weer wijzigen tot de ronde sluit. Wat u indiende, blijft tellen tot u "
            "een nieuwe versie indient. Dient u niet opnieuw in, dan telt de vorige versie en gaat "
            "de tekst daarnaar terug."
        ),
        facts=[(_("Opnieuw indienen kan tot"), format_deadline(closes_at))] if closes_at else [],
        template=TEMPLATE,
        proposal=found,
    )


@login_required
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Throw the changes away: the version that counts is the text again."""
    found = selectors.visible_proposal(request.user, reference)
    is_submitter.check(request.user, found)
    version = found.latest_version
    if found.reopened_at is None or version is None:
        messages.error(request, _("Dit voorstel is niet heropend."))
        return redirect(found)
    return act_page(
        request,
        title=_("Wijzigingen weggooien"),
        form=posted(request, ConfirmForm),
        act=lambda _data: cancel_reopening(proposal=found, by=person(request)),
        submit=_("Gooi de wijzigingen weg"),
        done=_("De tekst is weer die van versie %(number)s. Die versie telt.")
        % {"number": version.number},
        back=found.get_absolute_url(),
        about=found.reference,
        explanation=_(
            "Alles wat u sinds het heropenen wijzigde, verdwijnt uit uw voorstel. De tekst wordt "
            "weer precies die van versie %(number)s, en die versie telt. Uw wijzigingen blijven "
            "leesbaar in de geschiedenis van elk deel."
        )
        % {"number": version.number},
        tone="warning",
        template=TEMPLATE,
        proposal=found,
    )


def may_be_reopened(proposal: Proposal) -> bool:
    """Whether the button makes sense now; the service decides."""
    return (
        proposal.state == ProposalState.SUBMITTED
        and proposal.reopened_at is None
        and proposal.takes_a_new_version_at(clock.now())
    )
