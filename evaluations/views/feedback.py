"""The talk about a decision, for staff: plan it, and keep what was said."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from common.views import service_errors
from evaluations.forms.letters import PlanTalkForm, TalkReportForm
from evaluations.lifecycle import FEEDBACK_LIFECYCLE
from evaluations.models import FeedbackTalk
from evaluations.policies import may_hold_talk, may_see_all_files
from evaluations.services.feedback import plan_talk, record_talk
from evaluations.views.page import back, file_view, show
from projects.models import Proposal


@keeps_typed_text
@file_view
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """What the applicant wants to talk about; POST plans the talk."""
    talk = _talk(request, proposal)
    form = None
    if request.method == "POST":
        may_hold_talk.check(request.user)
        form = PlanTalkForm(request.POST)
        if form.is_valid():
            with service_errors(form):
                plan_talk(
                    talk=talk,
                    by=request.user,
                    planned_at=form.cleaned_data["planned_at"],
                    place=form.cleaned_data["place"],
                )
        if form.is_valid():
            messages.success(request, _("Het gesprek is gepland. De aanvrager krijgt een mail."))
            return back(proposal, "feedback")
    return _page(request, proposal, talk, plan_form=form)


@keeps_typed_text
@file_view
@require_POST
def feedback_report(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Keep that the talk was held."""
    talk = _talk(request, proposal)
    may_hold_talk.check(request.user)
    form = TalkReportForm(request.POST)
    if form.is_valid():
        with service_errors(form):
            record_talk(
                talk=talk, by=request.user, internal_report=form.cleaned_data["internal_report"]
            )
    if form.is_valid():
        messages.success(request, _("Het gesprek is vastgelegd."))
        return back(proposal, "feedback")
    return _page(request, proposal, talk, report_form=form)


def _talk(request: SignedInRequest, proposal: Proposal) -> FeedbackTalk:
    may_see_all_files.check(request.user)
    talk = (
        FeedbackTalk.objects.select_related("asked_by", "handled_by", "decision__proposal")
        .filter(decision__proposal=proposal, decision__notified_at__isnull=False)
        .first()
    )
    if talk is None:
        raise Http404
    return talk


def _page(
    request: SignedInRequest,
    proposal: Proposal,
    talk: FeedbackTalk,
    plan_form: PlanTalkForm | None = None,
    report_form: TalkReportForm | None = None,
) -> HttpResponse:
    handles = may_hold_talk.test(request.user, None) and FEEDBACK_LIFECYCLE.allows(talk, "hold")
    initial = {"planned_at": talk.planned_at, "place": talk.place}
    return show(
        request,
        "feedback",
        proposal,
        "feedback",
        talk=talk,
        plan_form=(plan_form or PlanTalkForm(initial=initial)) if handles else None,
        report_form=(report_form or TalkReportForm()) if handles else None,
    )
