"""The final settlement of a commitment, and what is asked back, for staff and beneficiary."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_pct
from common.moments import today
from common.money import format_eur
from funding.models import Commitment
from funding.services.claims import rate_of
from payments import services
from payments.forms import ReceiveForm, SettlementForm
from payments.lifecycle import RecoveryState, SettlementState
from payments.models import Settlement
from payments.policies import may_book_recovery, may_confirm_settlement, may_propose_settlement
from payments.selectors import settlements as selectors
from payments.services.settlements import due_of
from payments.views.access import payment_view
from projects.views.acts import ConfirmForm, act_page, posted


@payment_view
@require_safe
def settlement(request: SignedInRequest, number: str) -> HttpResponse:
    """What is due, worked out or confirmed, and what is asked back."""
    commitment = selectors.commitment_to_settle(number)
    found = selectors.settlement_of(commitment)
    recovery = selectors.recovery_of(found)
    accepted = selectors.accepted_so_far(commitment)
    is_open = found is not None and found.state == SettlementState.PROPOSED
    return render(
        request,
        "payments/settlement.html",
        {
            "commitment": commitment,
            "settlement": found,
            "recovery": recovery,
            "accepted": accepted,
            "granted": commitment.committed - commitment.released,
            "paid": commitment.paid - commitment.recovered,
            "due": due_of(commitment, accepted),
            "rate": rate_of(commitment) * 100,
            "may_propose": may_propose_settlement.test(request.user),
            "may_confirm": is_open and may_confirm_settlement.test(request.user, found),
            "may_withdraw": is_open and may_propose_settlement.test(request.user),
            "may_receive": recovery is not None
            and recovery.state == RecoveryState.ASKED
            and may_book_recovery.test(request.user),
        },
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, number: str) -> HttpResponse:
    """Say which final cost is accepted."""
    may_propose_settlement.check(request.user)
    commitment = selectors.commitment_to_settle(number)
    accepted = selectors.accepted_so_far(commitment)
    return act_page(
        request,
        title=_("Eindafrekening voorstellen"),
        form=posted(request, SettlementForm, initial={"accepted_cost": accepted}),
        act=lambda data: services.propose_settlement(
            commitment=commitment, by=request.user, **data
        ),
        submit=_("Eindafrekening voorstellen"),
        done=_("De eindafrekening is voorgesteld. Een andere programmamanager bevestigt ze."),
        explanation=_(
            "Verschuldigd is het laagste van wat toegekend is en het aandeel van de aanvaarde "
            "kosten, min wat al betaald is."
        ),
        facts=[
            (_("Toegekend na vrijgave"), format_eur(commitment.committed - commitment.released)),
            (_("Aandeel van de cofinanciering"), format_pct(rate_of(commitment) * 100)),
            (_("Betaald"), format_eur(commitment.paid - commitment.recovered)),
            (_("Aanvaarde kosten in de schuldvorderingen"), format_eur(accepted)),
        ],
        **_back(commitment),
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, number: str) -> HttpResponse:
    """Confirm as a second person."""
    found = _standing(number)
    may_confirm_settlement.check(request.user, found)
    return act_page(
        request,
        title=_("Eindafrekening bevestigen"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.confirm_settlement(settlement=found, by=request.user),
        submit=_("Bevestigen"),
        done=_("De eindafrekening is bevestigd."),
        explanation=_(
            "Wat openstaat boven het verschuldigde bedrag, komt vrij. Is er te veel betaald, dan "
            "krijgt de begunstigde een brief en een mail om het verschil terug te betalen."
        ),
        tone="warning",
        facts=[
            (_("Aanvaarde kosten"), format_eur(found.accepted_cost)),
            (_("Waar recht op is"), format_eur(found.entitled)),
            (_("Betaald"), format_eur(found.paid)),
            (_("Nog verschuldigd"), format_eur(found.due)),
            (_("Staat open"), format_eur(found.commitment.open_amount)),
        ],
        **_back(found.commitment),
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    """Take the proposal back."""
    may_propose_settlement.check(request.user)
    found = _standing(number)
    return act_page(
        request,
        title=_("Eindafrekening intrekken"),
        form=posted(request, ConfirmForm),
        act=lambda data: services.withdraw_settlement(settlement=found, by=request.user),
        submit=_("Intrekken"),
        done=_("Het voorstel is ingetrokken. U kunt een nieuw maken."),
        tone="warning",
        **_back(found.commitment),
    )


@payment_view
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: SignedInRequest, number: str) -> HttpResponse:
    """Book what came in."""
    may_book_recovery.check(request.user)
    recovery = selectors.recovery_of(_standing(number))
    if recovery is None:
        raise Http404
    return act_page(
        request,
        title=_("Ontvangst boeken"),
        form=posted(
            request,
            ReceiveForm,
            initial={"received_on": today(), "amount": recovery.still_open},
        ),
        act=lambda data: services.receive_recovery(recovery=recovery, by=request.user, **data),
        submit=_("Boeken"),
        done=_("Het ontvangen bedrag is geboekt."),
        explanation=_("Een terugvordering is een ontvangst: er komt geen krediet terug."),
        facts=[
            (_("Teruggevraagd"), format_eur(recovery.amount)),
            (_("Al ontvangen"), format_eur(recovery.received)),
            (_("Staat nog open"), format_eur(recovery.still_open)),
            (_("Gestructureerde mededeling"), recovery.structured_communication),
        ],
        **_back(recovery.settlement.commitment),
    )


@login_required
@require_safe
def recovery(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """What the beneficiary must pay back, why and how."""
    found = selectors.own_recovery(request.user, reference, pk)
    return render(
        request,
        "payments/recovery.html",
        {
            "recovery": found,
            "settlement": found.settlement,
            "project": found.settlement.commitment.project,
        },
    )


def _standing(number: str) -> Settlement:
    found = selectors.settlement_of(selectors.commitment_to_settle(number))
    if found is None:
        raise Http404
    return found


def _back(commitment: Commitment) -> dict[str, Any]:
    return {
        "back": reverse("payments:settlement", args=[commitment.number]),
        "about": str(commitment),
    }
