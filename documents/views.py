"""Following, stopping and repeating a job, fetching its file, and the staff list of jobs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.views import sentences, staff_required
from documents import policies, selectors
from documents.downloads import fetched, serve
from documents.filters import JobFilter
from documents.models import Job
from documents.services import cancel_job, retry_job

PAGE_SIZE = 50


@login_required
@require_safe
@never_cache
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far a document is; the page refreshes itself where scripts run."""
    return render(request, "documents/job.html", _followed(request, job_id))


@login_required
@require_safe
@never_cache
def job_status(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The part that polls; without a script this address shows the whole page."""
    followed = _followed(request, job_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("documents:job", job_id=job_id)
    return render(request, "components/job.html", {**followed, "announce": True})


@login_required
@require_safe
@never_cache
def download(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """The finished file; 404 for who may not have it and while there is nothing to have."""
    found = get_object_or_404(Job.objects.select_related("file"), pk=job_id)
    if not policies.may_download.test(request.user, found):
        raise Http404
    if found.file is None:
        raise Http404(_("Dit document is nog niet klaar."))
    fetched.send(sender=Job, request=request, job=found)
    return serve(request, found.file)


@staff_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """All jobs, newest first."""
    policies.may_list_jobs.check(request.user)
    found = JobFilter(request.GET, queryset=selectors.jobs_for_staff(request.user))
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(item, policies.may_download.test(request.user, item)) for item in page]
    return render(
        request,
        "documents/jobs.html",
        {
            "filter": found,
            "page_obj": page,
            "rows": rows,
            "may_retry": policies.may_retry.test(request.user),
            "may_cancel": policies.may_cancel.test(request.user),
        },
    )


@login_required
@require_POST
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Make again what failed, was stopped or purged: for who asked it, and for staff."""
    return _act(request, job_id, retry_job, _("Het document wordt opnieuw gemaakt."))


@login_required
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Stop what waits or runs: for who asked it, and for staff."""
    return _act(request, job_id, cancel_job, _("Het maken van dit document is stopgezet."))


def _act(request: HttpRequest, job_id: UUID, act: Callable[..., Job], done: str) -> HttpResponse:
    found = get_object_or_404(Job, pk=job_id)
    # Staff act on what their list shows: nothing about a file with which they have a conflict.
    is_listed = Job.objects.visible_to(request.user).filter(pk=job_id).exists()
    if not is_listed and not policies.may_download.test(request.user, found):
        raise Http404
    try:
        act(job_id=found.pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, done)
    if request.POST.get("terug") == "lijst":
        return redirect("documents:jobs")
    return redirect("documents:job", job_id=job_id)


def _followed(request: HttpRequest, job_id: UUID) -> dict[str, Any]:
    """What components/job.html shows, or 404 for who may not know of the job."""
    found = get_object_or_404(Job.objects.select_related("file"), pk=job_id)
    if not policies.may_follow.test(request.user, found):
        raise Http404
    back = request.GET.get("terug", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return {
        "job": found,
        "may_retry": policies.may_retry.test(request.user, found),
        "may_cancel": policies.may_cancel.test(request.user, found),
        "legal": selectors.legal_document_of(found) if found.is_done else None,
        "download_refused": not policies.may_download.test(request.user, found),
        "back": back if safe else "",
    }
