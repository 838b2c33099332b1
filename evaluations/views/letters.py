"""The texts of the letter, and the letters and mails of a call until its applicants are told."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.views.typed_text import keeps_typed_text
from calls.models import Call
from common.views import add_errors, service_errors, staff_required
from documents.services import request_document
from evaluations.documents import LETTERS_KIND, with_words
from evaluations.examples import EXAMPLE_KIND, example_content
from evaluations.forms.letters import ExampleForm, LetterTextForm, ReleaseForm
from evaluations.letter_words import PLACEHOLDERS
from evaluations.models import LetterText, LetterTextVersion
from evaluations.policies import may_edit_letters, may_notify, may_see_all_files
from evaluations.selectors.letters import LetterRow, calls_with_letters, letter_rows
from evaluations.services import letter_batches
from evaluations.services.letter_texts import LetterTextChanged, save_letter_text

# --- Texts ---------------------------------------------------------------------------------------


@staff_required
@require_safe
def letters(request: SignedInRequest) -> HttpResponse:
    """The texts, and the calls with decisions to tell."""
    may_see_all_files.check(request.user)
    return render(
        request,
        "evaluations/letters.html",
        {
            "texts": LetterText.objects.select_related("updated_by"),
            "calls": calls_with_letters(request.user),
            "may_edit": may_edit_letters.test(request.user, None),
        },
    )


@keeps_typed_text
@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_text(request: SignedInRequest, outcome: str) -> HttpResponse:
    """Edit the texts of one outcome; "preview" shows the letter with what was typed, unsaved."""
    may_edit_letters.check(request.user)
    text = _text(outcome)
    previews = "preview" in request.POST
    example_form = ExampleForm(request.POST if previews else None)
    form = LetterTextForm(request.POST) if request.method == "POST" else LetterTextForm(text=text)
    example, clash = None, None
    if request.method == "POST" and form.is_valid():
        if previews:
            example = _example(request, outcome, form, example_form)
        else:
            try:
                save_letter_text(
                    outcome=outcome,
                    by=request.user,
                    words=form.words,
                    version=form.cleaned_data["version"],
                )
            except LetterTextChanged as error:
                add_errors(form, error)
                clash = text
                form.data = {**request.POST.dict(), "version": str(text.version)}
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(
                    request,
                    _("De teksten zijn opgeslagen. Brieven die al gemaakt zijn, houden hun tekst."),
                )
                return redirect("evaluations:letter_text", outcome)
    refused = any(one.is_bound and one.errors for one in (form, example_form))
    return render(
        request,
        "evaluations/letter_text.html",
        {
            "text": text,
            "form": form,
            "example_form": example_form,
            "letter": example,
            "clash": clash,
            "placeholders": [(f"{{{name}}}", meaning) for name, meaning in PLACEHOLDERS.items()],
        },
        status=422 if refused else 200,
    )


def _example(
    request: SignedInRequest, outcome: str, form: LetterTextForm, example_form: ExampleForm
) -> dict[str, Any] | None:
    if example_form.is_valid():
        with service_errors(example_form):
            content = example_content(
                request.user, outcome, example_form.cleaned_data["reference"].strip()
            )
    return with_words(content, form.words) if example_form.is_valid() else None


@staff_required
@require_POST
def letter_example(request: SignedInRequest, outcome: str) -> HttpResponse:
    """Have the worker make the example as PDF, of the texts as they are kept."""
    may_edit_letters.check(request.user)
    _text(outcome)
    form = ExampleForm(request.POST)
    reference = form.cleaned_data["reference"].strip() if form.is_valid() else ""
    try:
        example_content(request.user, outcome, reference)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("evaluations:letter_text", outcome)
    job = request_document(
        kind=EXAMPLE_KIND,
        params={"outcome": outcome, "user": request.user.pk, "reference": reference},
        requested_by=request.user,
        title=_("Voorbeeld van een beslissingsbrief"),
    )
    back = reverse("evaluations:letter_text", args=[outcome])
    return redirect(f"{reverse('documents:job', args=[job.pk])}?terug={back}")


@staff_required
@require_safe
def letter_versions(request: SignedInRequest, outcome: str) -> HttpResponse:
    """Every text that ever stood in the letter: which, when, and of whom."""
    may_see_all_files.check(request.user)
    text = _text(outcome)
    versions = LetterTextVersion.objects.filter(text=text).select_related("saved_by")
    return render(request, "evaluations/letter_versions.html", {"text": text, "versions": versions})


def _text(outcome: str) -> LetterText:
    return get_object_or_404(LetterText.objects.select_related("updated_by"), outcome=outcome)


# --- The letters and mails of a call -------------------------------------------------------------

ACTS = {
    "make": letter_batches.make_again,
    "prepare": letter_batches.prepare,
    "cancel": letter_batches.cancel,
}


@staff_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_letters(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every decided file that was not told yet: make letters again, prepare or cancel mails."""
    call = _call(request, slug)
    report = None
    if request.method == "POST":
        may_notify.check(request.user)
        act = ACTS.get(request.POST.get("act", ""))
        chosen = request.POST.getlist("dossier")
        if act is None or not chosen:
            messages.error(request, _("Kies minstens één dossier."))
            return redirect("evaluations:call_letters", slug)
        report = letter_batches.for_each(
            call=call,
            references=chosen,
            by=request.user,
            act=lambda proposal: act(proposal, request.user),
        )
    rows = letter_rows(request.user, call)
    return render(
        request,
        "evaluations/call_letters.html",
        {"call": call, "rows": rows, "report": report, **_progress(request.user, rows)},
    )


@staff_required
@require_POST
def all_letters(request: SignedInRequest, slug: str) -> HttpResponse:
    """Have the worker put every finished letter of a call in one archive."""
    call = _call(request, slug)
    job = request_document(
        kind=LETTERS_KIND,
        params={"call": call.pk, "reader": request.user.pk},
        requested_by=request.user,
        title=_("Beslissingsbrieven van %(call)s") % {"call": call.reference},
    )
    back = reverse("evaluations:call_letters", args=[slug])
    return redirect(f"{reverse('documents:job', args=[job.pk])}?terug={back}")


@staff_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def held_mails(request: SignedInRequest, slug: str) -> HttpResponse:
    """The mails of a call as they will leave; release or cancel those of the chosen files."""
    call = _call(request, slug)
    may_notify.check(request.user)
    report, form, none_chosen = None, ReleaseForm(), False
    chosen = request.POST.getlist("dossier")
    if request.method == "POST":
        none_chosen = not chosen
        if request.POST.get("act") == "cancel":
            form_is_right = True
            act = _canceller(request)
        else:
            form = ReleaseForm(request.POST)
            form_is_right = form.is_valid()
            act = _releaser(request, form)
        if form_is_right and chosen:
            report = letter_batches.for_each(call=call, references=chosen, by=request.user, act=act)
            form = ReleaseForm()
    rows = [row for row in letter_rows(request.user, call) if row.is_prepared]
    return render(
        request,
        "evaluations/held_mails.html",
        {
            "call": call,
            "rows": rows,
            "form": form,
            "report": report,
            "none_chosen": none_chosen,
            "chosen": chosen if request.method == "POST" and report is None else None,
            "count": sum(len(row.mails) for row in rows),
        },
        status=422 if none_chosen or (form.is_bound and form.errors) else 200,
    )


def _releaser(request: SignedInRequest, form: ReleaseForm) -> Any:
    return lambda proposal: letter_batches.release(
        proposal, request.user, means=form.cleaned_data["means"], day=form.cleaned_data["day"]
    )


def _canceller(request: SignedInRequest) -> Any:
    return lambda proposal: letter_batches.cancel(proposal, request.user)


def _call(request: HttpRequest, slug: str) -> Call:
    """A call whose letters `user` may see; one without files to tell shows an empty page."""
    may_see_all_files.check(request.user)
    calls: QuerySet[Call] = Call.objects.visible_to(request.user)
    found = calls.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _progress(user: Any, rows: list[LetterRow]) -> dict[str, Any]:
    jobs = [row.decision.letter for row in rows if row.decision.letter is not None]
    return {
        "ready": sum(job.is_done for job in jobs),
        "pending": sum(job.is_pending for job in jobs),
        "failed": sum(job.is_failed for job in jobs),
        "outdated": sum(row.text_changed for row in rows),
        "prepared": sum(row.is_prepared for row in rows),
        "may_notify": may_notify.test(user, None),
    }
