"""Changes of a grant: asking, what they do, deciding."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from common.formatting import format_day
from common.money import format_eur
from common.views import sentences, service_errors
from funding import services
from funding.forms.changes import CHANGE_FORMS, ChangeDecisionForm
from funding.lifecycle import ChangeState
from funding.models import ChangeKind, ChangeRequest, Commitment
from funding.policies import may_ask_change, may_decide_change, may_withdraw_change
from funding.selectors import changes as selectors
from funding.selectors.commitments import commitment_page
from funding.views.access import money_view
from projects.selectors.projects import member_project
from projects.views.acts import act_page, posted

PAGE_SIZE = 50
STAFF, MEMBER = "staff.html", "base.html"


@money_view
@require_safe
def changes(request: SignedInRequest) -> HttpResponse:
    """Every change, latest first."""
    page = Paginator(selectors.change_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "funding/changes.html", {"page_obj": page})


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def change_new(request: SignedInRequest, number: str, kind: str) -> HttpResponse:
    """The team asks for the beneficiary."""
    found = commitment_page(number)
    may_ask_change.check(request.user, found)
    return _ask(
        request, found, kind, back=found.get_absolute_url(), template="projects/project_act.html"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_change_new(
    request: SignedInRequest, reference: str, number: str, kind: str
) -> HttpResponse:
    """The beneficiary asks."""
    project = member_project(request.user, reference)
    found = selectors.member_commitment(project, number)
    may_ask_change.check(request.user, found)
    back = reverse("funding:project_funding", args=[project.reference])
    return _ask(request, found, kind, back=back, template="funding/member_act.html")


def _ask(
    request: SignedInRequest, found: Commitment, kind: str, *, back: str, template: str
) -> HttpResponse:
    if kind not in CHANGE_FORMS:
        raise Http404
    picture = selectors.picture_of(found)
    facts: list[tuple[Any, Any]] = [
        (_("Vastlegging"), found.number),
        (_("Toegekend"), format_eur(picture.kept)),
        (_("Einde"), format_day(picture.ends_on)),
    ]
    if picture.rule:
        facts.append((_("De regel"), picture.rule))
    return act_page(
        request,
        title=_("Wijziging vragen: %(kind)s") % {"kind": ChangeKind(kind).label.lower()},
        form=posted(request, CHANGE_FORMS[kind]),
        act=lambda data: services.ask_change(commitment=found, kind=kind, by=request.user, **data),
        submit=_("Wijziging vragen"),
        done=_("De wijziging is gevraagd. U ziet bij de wijziging wat ze zou veranderen."),
        explanation=_(
            "De projectleider of de programmamanager beslist over uw vraag. Tot dan verandert er "
            "niets."
        ),
        facts=facts,
        back=back,
        about=f"{found.project.reference} – {found.project.title}",
        template=template,
    )


@money_view
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before and after, and the decision."""
    found = selectors.change_page(pk)
    may_decide = found.state == ChangeState.ASKED and may_decide_change.test(request.user, found)
    form = None
    if request.method == "POST":
        may_decide_change.check(request.user, found)
    if may_decide or request.method == "POST":
        form = posted(request, ChangeDecisionForm)
    if form is not None and request.method == "POST" and form.is_valid():
        with service_errors(form):
            done = services.decide_change(change=found, by=request.user, **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request,
                _("Over de wijziging is beslist: %(state)s.")
                % {"state": done.get_state_display().lower()},
            )
            return redirect(found)
    return _show(request, found, layout=STAFF, form=form)


@login_required
@require_safe
def member_change(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The same for the beneficiary."""
    project = member_project(request.user, reference)
    return _show(request, selectors.member_change(project, pk), layout=MEMBER, form=None)


@login_required
@require_POST
def change_withdraw(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The beneficiary takes the question back."""
    project = member_project(request.user, reference)
    found = selectors.member_change(project, pk)
    try:
        services.withdraw_change(change=found, by=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("De wijziging is ingetrokken."))
    return redirect("funding:member_change", project.reference, found.pk)


def _show(
    request: SignedInRequest, found: ChangeRequest, *, layout: str, form: Any
) -> HttpResponse:
    project = found.commitment.project
    for_member = layout == MEMBER
    return render(
        request,
        "funding/change.html",
        {
            "layout": layout,
            "change": found,
            "project": project,
            "comparison": selectors.compared(*selectors.before_and_after(found)),
            "form": form,
            "for_member": for_member,
            "is_asked": found.state == ChangeState.ASKED,
            "may_withdraw": for_member
            and found.state == ChangeState.ASKED
            and may_withdraw_change.test(request.user, found),
        },
    )
