"""Closing a budget year: checklist, what lapses, and opening it again with two people."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from common.formatting import format_moment
from funding import services
from funding.forms.closing import CloseYearForm, ReasonForm, ReopeningAnswerForm
from funding.models import BudgetYear
from funding.policies import is_second_for_reopening, may_manage_budget
from funding.selectors import closing as selectors
from funding.views.access import money_view
from projects.views.acts import act_page, posted


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, year: int) -> HttpResponse:
    """The checklist, and the button when nothing blocks."""
    may_manage_budget.check(request.user)
    found = get_object_or_404(BudgetYear, year=year, is_closed=False)
    checks = selectors.closing_checks(found)
    lines = selectors.unused_credits(found)
    form = posted(request, CloseYearForm, checks=checks, lines=lines)
    return act_page(
        request,
        title=_("Begrotingsjaar afsluiten"),
        form=form,
        act=lambda data: services.close_year(year=found, by=request.user, **form.decision()),
        submit=_("Jaar afsluiten"),
        done=_("Het jaar is afgesloten. Er kan niets meer in geboekt worden."),
        explanation=_(
            "Na het afsluiten weigert de databank elke boeking en elke begrotingsversie in dit "
            "jaar. Krediet dat niet gebruikt is, vervalt, tenzij u het hier overdraagt. Alleen met "
            "twee personen kan het jaar weer open."
        ),
        tone="warning",
        template="funding/close_year.html",
        checks=checks,
        lines=lines,
        is_blocked=any(check.blocks and not check.is_fine for check in checks),
        back=reverse("funding:budget_year", args=[year]),
        about=_("Begroting %(year)s") % {"year": year},
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedInRequest, year: int) -> HttpResponse:
    """Ask a second person to open a closed year again."""
    may_manage_budget.check(request.user)
    found = get_object_or_404(BudgetYear, year=year, is_closed=True)
    return act_page(
        request,
        title=_("Heropening vragen"),
        form=posted(request, ReasonForm),
        act=lambda data: services.ask_reopening(year=found, by=request.user, **data),
        submit=_("Heropening vragen"),
        done=_("Een tweede persoon van het programma moet dit nu toestaan."),
        explanation=_(
            "Pas als een tweede persoon het toestaat, kan er weer in dit jaar geboekt worden. Uw "
            "reden blijft bij het jaar staan."
        ),
        tone="warning",
        back=reverse("funding:budget_year", args=[year]),
        about=_("Begroting %(year)s") % {"year": year},
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, year: int) -> HttpResponse:
    """Say whether a closed year may open again, as somebody else than who asked."""
    found = get_object_or_404(BudgetYear, year=year, is_closed=True)
    reopening = selectors.asked_reopening(found)
    if reopening is None:
        raise Http404
    is_second_for_reopening.check(request.user, reopening)
    return act_page(
        request,
        title=_("Heropening toestaan of weigeren"),
        form=posted(request, ReopeningAnswerForm),
        act=lambda data: services.answer_reopening(reopening=reopening, by=request.user, **data),
        submit=_("Antwoorden"),
        done=_("Uw antwoord is opgeslagen."),
        facts=[
            (_("Gevraagd door"), reopening.asked_by),
            (_("Gevraagd op"), format_moment(reopening.asked_at)),
            (_("Reden"), reopening.reason),
        ],
        back=reverse("funding:budget_year", args=[year]),
        about=_("Begroting %(year)s") % {"year": year},
    )
