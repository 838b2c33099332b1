"""The award of a procurement: first what it does to the grant, then the award itself."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from common.money import format_eur
from common.views import sentences, service_errors
from funding import services
from funding.forms.award import AwardForm
from funding.policies import may_release
from funding.selectors.award import AwardEffect, award_effect, refuse_early_award
from funding.views.access import money_view
from projects.models import Procurement
from projects.policies import may_guide_project
from projects.views.acts import posted

KNOWN_BEFORE = ("procedure", "published_on", "notice_number", "tenders_received")


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def award(request: SignedInRequest, pk: int) -> HttpResponse:
    """A POST shows the consequences; one that confirms them notes the award."""
    procurement = get_object_or_404(
        Procurement.objects.select_related("project__organisation", "project__call"), pk=pk
    )
    may_guide_project.check(request.user)
    project = procurement.project
    if procurement.awarded_on is not None:
        messages.info(request, _("Deze opdracht is al gegund."))
        return redirect("funding:staff_project_funding", project.reference)
    initial = {name: getattr(procurement, name) for name in KNOWN_BEFORE}
    form = posted(request, AwardForm, initial=initial)
    effect: AwardEffect | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        effect = award_effect(procurement, _eligible(data))
        if "confirm" in request.POST:
            with service_errors(form):
                done = services.award_procurement(
                    procurement=procurement,
                    by=request.user,
                    expected_release=_amount(request.POST.get("confirm")),
                    **data,
                )
            if form.is_valid():
                messages.success(request, _said(done))
                return redirect("funding:staff_project_funding", project.reference)
    return render(
        request,
        "funding/award.html",
        {
            "procurement": procurement,
            "project": project,
            "form": form,
            "effect": effect,
            "obstacle": _obstacle(procurement),
            "may_release": may_release.test(request.user),
        },
    )


def _eligible(data: dict[str, Any]) -> Decimal:
    given: Decimal | None = data["eligible_amount"]
    amount: Decimal = data["award_amount"]
    return amount if given is None else given


def _obstacle(procurement: Procurement) -> str:
    try:
        refuse_early_award(procurement)
    except ValidationError as error:
        return sentences(error)
    return ""


def _amount(text: Any) -> Decimal:
    """What was shown; something else than an amount is an amount that cannot be."""
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return Decimal(-1)


def _said(effect: AwardEffect) -> str:
    if not effect.released:
        return _("De gunning is genoteerd.")
    return _("De gunning is genoteerd. Er is %(sum)s vrijgegeven.") % {
        "sum": format_eur(effect.released)
    }
