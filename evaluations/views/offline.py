"""Working away from the portal: evaluator packs, and scores in a spreadsheet."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import is_adviser
from accounts.requests import SignedInRequest
from common.forms import PortalForm
from common.views import sentences, service_errors, staff_required
from documents.models import Job
from documents.policies import may_download
from documents.upload_fields import LaterCheckedField
from evaluations.models import ScoreUpload
from evaluations.score_sheet import SHEET, score_workbook
from evaluations.selectors.offline import (
    Fate,
    JudgedRow,
    judge_rows,
    latest_uploads,
    open_forms,
    own_upload,
    words_of_place,
)
from evaluations.selectors.packs import own_files, packs_job
from evaluations.services.packs import request_pack, request_packs
from evaluations.services.score_uploads import (
    FROM_FILE,
    FROM_PORTAL,
    ChoiceMissing,
    apply_score_upload,
    keep_score_upload,
)
from evaluations.views.page import file_view
from projects.models import Proposal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ScoresFileForm(PortalForm):
    """A spreadsheet that was filled in."""

    file = LaterCheckedField(
        label=gettext_lazy("Ingevuld rekenblad"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=gettext_lazy("Het .xlsx-bestand dat u hier downloadde, hoogstens 5 MB."),
    )


def _follow(job: Job, back: str) -> HttpResponse:
    return redirect(f"{reverse('documents:job', args=[job.pk])}?{urlencode({'terug': back})}")


@file_view
@require_POST
def pack(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Have the pack of one file made."""
    job = request_pack(proposal=proposal, by=request.user)
    return _follow(job, reverse("evaluations:file", args=[proposal.reference]))


@staff_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Everything for who takes the own files home."""
    is_adviser.check(request.user, None)
    return _own_page(request, ScoresFileForm())


def _own_page(request: HttpRequest, form: ScoresFileForm) -> HttpResponse:
    made = packs_job(request.user)
    return render(
        request,
        "evaluations/offline.html",
        {
            "form": form,
            "files": own_files(request.user),
            "open_rows": len(open_forms(request.user).scores),
            "uploads": latest_uploads(request.user),
            "packs": made,
            "packs_refused": made is not None
            and made.is_done
            and not may_download.test(request.user, made),
        },
        status=422 if form.is_bound else 200,
    )


@staff_required
@require_POST
def packs(request: SignedInRequest) -> HttpResponse:
    """Have the packs of all own files made."""
    return _follow(request_packs(by=request.user), reverse("evaluations:offline"))


@staff_required
@require_safe
@never_cache
def scores_sheet(request: HttpRequest) -> HttpResponse:
    """All own open score forms as a spreadsheet to fill in."""
    is_adviser.check(request.user, None)
    response = HttpResponse(score_workbook(open_forms(request.user)), content_type=XLSX)
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, "scores.xlsx") or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@staff_required
@require_POST
def upload_scores(request: SignedInRequest) -> HttpResponse:
    """Read a filled-in spreadsheet, and go to what it would change."""
    is_adviser.check(request.user, None)
    form = ScoresFileForm(request.POST, request.FILES)
    upload = None
    if form.is_valid():
        with service_errors(form):
            try:
                upload = keep_score_upload(uploaded=form.cleaned_data["file"], by=request.user)
            except ValidationError as error:
                raise ValidationError({"file": error.messages}) from error
    if upload is None:
        return _own_page(request, form)
    return redirect("evaluations:score_upload", pk=upload.pk)


@staff_required
@require_safe
@never_cache
def score_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What an upload would store now, row by row; after that what it stored."""
    return _upload_page(request, _own_upload(request, pk), {})


@staff_required
@require_POST
def store_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """Store what the person confirmed."""
    upload = _own_upload(request, pk)
    choices = {
        (row["sheet"], row["row"]): choice
        for row in upload.rows
        if (choice := request.POST.get(_choice_name(row["sheet"], row["row"])))
    }
    try:
        stored = apply_score_upload(upload=upload, by=request.user, choices=choices)
    except ChoiceMissing as error:
        return _upload_page(request, upload, choices, sentences(error))
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        count = sum(row["report"]["stored"] for row in stored.rows)
        messages.success(
            request,
            ngettext("%(count)s rij is opgeslagen.", "%(count)s rijen zijn opgeslagen.", count)
            % {"count": count},
        )
    return redirect("evaluations:score_upload", pk=pk)


def _own_upload(request: HttpRequest, pk: int) -> ScoreUpload:
    try:
        return own_upload(request.user, pk)
    except ScoreUpload.DoesNotExist:
        raise Http404 from None


def _upload_page(
    request: HttpRequest,
    upload: ScoreUpload,
    choices: dict[tuple[str, int], str],
    missing: str = "",
) -> HttpResponse:
    judged = [] if upload.applied_at else judge_rows(request.user, upload.rows)
    counts = Counter(row.fate for row in judged)
    return render(
        request,
        "evaluations/score_upload.html",
        {
            "upload": upload,
            "counts": {fate.value: counts[fate] for fate in Fate},
            "clashes": [_clash(row, choices) for row in judged if row.fate == Fate.CLASH],
            "to_store": [row for row in judged if row.fate in {Fate.NEW, Fate.CHANGED}],
            "refused": [row for row in judged if row.fate == Fate.REFUSED],
            "kept": [row for row in judged if row.fate == Fate.UNCHANGED and row.reason],
            "can_store": bool(counts[Fate.NEW] + counts[Fate.CHANGED] + counts[Fate.CLASH]),
            "missing": missing,
            "report": _report(upload),
        },
        status=422 if missing else 200,
    )


def _choice_name(sheet: str, row: int) -> str:
    """Of the boxes in which one chooses, for a row of one of the sheets."""
    return f"choice_{row}" if sheet == SHEET else f"choice_{sheet.casefold()}_{row}"


def _clash(row: JudgedRow, choices: dict[tuple[str, int], str]) -> dict[str, Any]:
    chosen = choices.get(row.place)
    return {
        "row": row,
        "name": _choice_name(*row.place),
        "options": [
            {"value": FROM_PORTAL, "label": _("Houd wat in het portaal staat")},
            {"value": FROM_FILE, "label": _("Neem wat in mijn bestand staat")},
        ],
        "chosen": chosen,
    }


def _report(upload: ScoreUpload) -> list[dict[str, Any]]:
    """Per file what became of its rows, where anything did; empty until the upload was stored."""
    if upload.applied_at is None:
        return []
    files: dict[str, dict[str, Any]] = {}
    for row in upload.rows:
        reference = row["reference"] or _("zonder dossiernummer")
        file = files.setdefault(reference, {"reference": reference, "stored": 0, "refused": []})
        file["stored"] += row["report"]["stored"]
        if row["report"]["refused"]:
            place = words_of_place(row["sheet"], row["row"])
            file["refused"].append((place, row["report"]["text"]))
    return [file for file in files.values() if file["stored"] or file["refused"]]
