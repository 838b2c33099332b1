"""The blank form as a PDF, so that applicants can collect input before they sign in."""

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from calls.policies import may_see_call
from calls.selectors import form_of
from calls.services import BLANK_FORM_KIND
from documents.registry import Params, PdfDocument, ProgressReport, always, register


def blank_form_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    call = Call.objects.prefetch_related("rounds", "criteria").get(pk=params["call"])
    progress(30)
    return {"call": call, "sections": form_of(call)}


def blank_form_name(params: Params) -> str:
    call = Call.objects.get(pk=params["call"])
    return f"leeg-formulier-{slugify(call.reference)}.pdf"


def may_download_blank_form(user: Any, job: Any) -> bool:
    return job.about is not None and may_see_call.test(user, job.about)


register(
    PdfDocument(
        kind=BLANK_FORM_KIND,
        label=_("Leeg aanvraagformulier"),
        template="calls/pdf/blank_form.html",
        context=blank_form_context,
        filename=blank_form_name,
        may_download=may_download_blank_form,
        never_purged=always,  # the public page of the call offers it
    )
)
