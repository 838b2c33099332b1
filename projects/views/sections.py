"""One section of a draft: fill in, save, and settle a clash."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.typed_text import keeps_typed_text
from calls.models import FormSection, SectionKind
from common.autosave import autosave, clash_context, is_autosave, refuse_autosave
from common.drafting import SETTLING, chosen_theirs
from common.views import add_errors, sentences, service_errors
from documents.conf import max_upload_bytes
from projects import selectors
from projects.content import section_content
from projects.corrections import asked_corrections
from projects.draft import Draft, load_draft
from projects.forms.attachments import AttachmentForm, DescribeForm, ReplaceForm
from projects.forms.base import SectionForm
from projects.forms.estimate import EstimateForm
from projects.forms.sections import SECTION_FORMS, QuestionsForm
from projects.forms.tables import with_row_changed
from projects.models import Attachment, Proposal
from projects.policies import is_editor, is_reader, may_see_draft
from projects.services import (
    SectionClash,
    add_attachment,
    describe_attachment,
    remove_attachment,
    replace_attachment,
)
from projects.services.attachments import max_attachments
from projects.views.clash import compare_section
from projects.views.form_changes import section_gone
from projects.views.people import person
from projects.views.unsaved import unsaved_section


class SectionGone(Http404):
    """The form has no section with this letter (any more)."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__()


@keeps_typed_text
def section(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Show or save one section; who may not write reads it."""
    try:
        draft, found = _open(request, reference, code)
    except SectionGone as gone:
        if request.method != "POST":
            raise
        return section_gone(request, gone.draft, code)
    proposal = draft.proposal
    saves_itself = is_autosave(request)
    if not (proposal.can_be_edited and is_editor.test(request.user, proposal)):
        if saves_itself:
            return refuse_autosave(request, _("U kunt dit voorstel niet of niet meer wijzigen."))
        content = section_content(draft, found)
        if request.method != "POST":
            return _page(request, draft, found, content=content)
        unsaved = unsaved_section(request, draft, found)
        return _page(request, draft, found, status=409, content=content, **unsaved)
    if found.kind == SectionKind.ATTACHMENTS:
        return _attachments(request, draft, found)
    if saves_itself:
        form = SECTION_FORMS[found.kind](request.POST, None, draft=draft, section=found)
        return autosave(request, form, lambda: form.save(person(request), is_autosave=True))
    if request.method == "POST":
        return _save(request, draft, found)
    return _page(request, draft, found, form=_form(request, draft, found))


@keeps_typed_text
@require_POST
def estimate(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """The totals of the estimate as it stands in the form; nothing is saved."""
    draft, found = _open(request, reference, code)
    if found.kind != SectionKind.BUDGET:
        raise Http404
    form = EstimateForm(request.POST, draft=draft, section=found)
    return render(request, "projects/_estimate.html", {"estimate": form.estimate()})


def _save(request: HttpRequest, draft: Draft, found: FormSection) -> HttpResponse:
    changed = with_row_changed(request.POST)
    if changed is not None or "remove_file" in request.POST:
        return _without_saving(request, draft, found, changed)
    refused = _keep_uploads(request, draft, found)
    if request.FILES:
        draft = _again(draft)
    form = _form(request, draft, found, request.POST)
    if SETTLING in request.POST:
        form.leave(chosen_theirs(request.POST, form))
    is_fine = form.is_valid() and not refused
    for name, error in refused.items():
        if name not in form.errors:
            form.add_error(name, error)
    if "recalculate" in request.POST or not is_fine:
        return _bound_page(request, draft, found, form)
    try:
        form.save(person(request))
    except SectionClash:
        draft = _again(draft)
        return _clash(request, draft, found, _form(request, draft, found, request.POST))
    except ValidationError as error:
        add_errors(form, error)
        return _bound_page(request, draft, found, form)
    messages.success(
        request,
        _("Opgeslagen. Uw voorstel is nog niet ingediend."),
        extra_tags=f"saved:{request.path}",
    )
    return redirect(_after_save(request, draft, found))


def _without_saving(
    request: HttpRequest, draft: Draft, found: FormSection, changed: Any
) -> HttpResponse:
    """Another row, or a file less: show all that was typed, and judge nothing yet."""
    if file_id := request.POST.get("remove_file", ""):
        _remove(request, draft.proposal, file_id)
        draft = _again(draft)
    form = _form(request, draft, found, changed if changed is not None else request.POST)
    form.show_without_judging()
    return _bound_page(request, draft, found, form)


def _bound_page(
    request: HttpRequest, draft: Draft, found: FormSection, form: SectionForm
) -> HttpResponse:
    """What was typed, once more: beside the other text while the person is choosing."""
    is_asked = {SETTLING, "compare"} & request.POST.keys()
    if is_asked and draft.saved(found) is not None:
        return _clash(request, draft, found, form)
    return _page(request, draft, found, form=form)


def _clash(
    request: HttpRequest, draft: Draft, found: FormSection, form: SectionForm
) -> HttpResponse:
    """Both texts; the next save counts as made with knowledge of what is stored now."""
    current = draft.saved(found)
    assert current is not None
    form.restart_from(current.version)
    compared = compare_section(form, _form(request, draft, found, form.data), draft, found)
    return render(
        request,
        "projects/clash.html",
        {
            "proposal": draft.proposal,
            "section": found,
            "shown_errors": form.everything,
            **clash_context(request, form, compared, current),
        },
    )


def _keep_uploads(
    request: HttpRequest, draft: Draft, found: FormSection
) -> dict[str, ValidationError]:
    """Keep each file that came, whatever is wrong elsewhere: a browser does not send it again.

    Returns what was refused, by field.
    """
    form = _form(request, draft, found, request.POST)
    refused: dict[str, ValidationError] = {}
    if isinstance(form, QuestionsForm):
        for question, name, uploaded in form.uploads():
            try:
                add_attachment(
                    proposal=draft.proposal,
                    uploaded=uploaded,
                    question=question,
                    by=person(request),
                )
            except ValidationError as error:
                refused[name] = ValidationError(error.messages)
    return refused


def _attachments(request: HttpRequest, draft: Draft, found: FormSection) -> HttpResponse:
    form = AttachmentForm()
    replacing: tuple[int, ReplaceForm] | None = None
    describing: tuple[int, DescribeForm] | None = None
    if request.method == "POST":
        action = request.POST.get("action")
        if action == "add":
            form = AttachmentForm(request.POST, request.FILES)
            if form.is_valid():
                with service_errors(form):
                    add_attachment(
                        proposal=draft.proposal,
                        uploaded=form.cleaned_data["file"],
                        description=form.cleaned_data["description"],
                        is_confidential=form.cleaned_data["is_confidential"],
                        by=person(request),
                    )
            if form.is_valid():
                messages.success(request, _("Het bestand is toegevoegd."))
                return redirect("projects:section", draft.proposal.reference, found.code)
        else:
            if action == "remove":
                _remove(request, draft.proposal, request.POST.get("attachment", ""))
            elif action == "describe":
                describing = _describe(request, draft.proposal)
            elif action == "replace":
                replacing = _replace(request, draft.proposal)
            if replacing is None and describing is None:
                return redirect("projects:section", draft.proposal.reference, found.code)
        draft = _again(draft)
    rows = [
        {
            "attachment": attachment,
            "form": describing[1]
            if describing and describing[0] == attachment.pk
            else DescribeForm(
                initial={
                    "description": attachment.description,
                    "is_confidential": attachment.is_confidential,
                },
                prefix=f"bijlage-{attachment.pk}",
            ),
            "replace": replacing[1]
            if replacing and replacing[0] == attachment.pk
            else ReplaceForm(prefix=f"vervang-{attachment.pk}"),
        }
        for attachment in draft.files_of(None)
    ]
    return _page(
        request,
        draft,
        found,
        upload_form=form,
        rows=rows,
        limit=max_attachments(),
        count=len(draft.own_attachments),
        max_bytes=max_upload_bytes(),
        is_full=len(draft.own_attachments) >= max_attachments(),
    )


def _attachment(proposal: Proposal, key: str) -> Attachment:
    return get_object_or_404(
        Attachment.objects.select_related("proposal", "file"),
        proposal=proposal,
        pk=int(key) if key.isdecimal() and len(key) < 19 else 0,
    )


def _remove(request: HttpRequest, proposal: Proposal, key: str) -> None:
    attachment = _attachment(proposal, key)
    try:
        remove_attachment(attachment=attachment, by=person(request))
    except ValidationError as error:
        messages.error(request, sentences(error))
    else:
        messages.success(request, _("%(name)s is verwijderd.") % {"name": attachment.file.name})


def _replace(request: HttpRequest, proposal: Proposal) -> tuple[int, ReplaceForm] | None:
    """The form with what is wrong; None when the new file stands there."""
    attachment = _attachment(proposal, request.POST.get("attachment", ""))
    form = ReplaceForm(request.POST, request.FILES, prefix=f"vervang-{attachment.pk}")
    if form.is_valid():
        with service_errors(form):
            replace_attachment(
                attachment=attachment, uploaded=form.cleaned_data["file"], by=person(request)
            )
    if not form.is_valid():
        return attachment.pk, form
    messages.success(request, _("Het bestand is vervangen. De omschrijving is gebleven."))
    return None


def _describe(request: HttpRequest, proposal: Proposal) -> tuple[int, DescribeForm] | None:
    """The form with what is wrong; None when it was kept."""
    attachment = _attachment(proposal, request.POST.get("attachment", ""))
    form = DescribeForm(request.POST, prefix=f"bijlage-{attachment.pk}")
    if form.is_valid():
        with service_errors(form):
            describe_attachment(attachment=attachment, by=person(request), **form.cleaned_data)
    if not form.is_valid():
        return attachment.pk, form
    messages.success(request, _("De omschrijving is opgeslagen."))
    return None


def _open(request: HttpRequest, reference: str, code: str) -> tuple[Draft, FormSection]:
    proposal = selectors.visible_proposal(request.user, reference)
    if not may_see_draft.test(request.user, proposal):
        raise Http404
    draft = load_draft(proposal)
    found = draft.section(code)
    if found is None:
        raise SectionGone(draft)
    return draft, found


def _again(draft: Draft) -> Draft:
    """The draft as the database has it now."""
    return load_draft(
        Proposal.objects.select_related("call", "organisation", "theme", "round").get(
            pk=draft.proposal.pk
        )
    )


def _form(request: HttpRequest, draft: Draft, found: FormSection, data: Any = None) -> SectionForm:
    files = request.FILES if data is not None else None
    return SECTION_FORMS[found.kind](data, files, draft=draft, section=found)


def _after_save(request: HttpRequest, draft: Draft, found: FormSection) -> str:
    """The same section, or the next one after "Opslaan en verder"."""
    proposal = draft.proposal
    if request.POST.get("next") != "yes":
        return reverse("projects:section", args=[proposal.reference, found.code])
    following = _neighbours(draft, found)["following"]
    if following is None:
        return reverse("projects:check", args=[proposal.reference])
    return reverse("projects:section", args=[proposal.reference, following.code])


def _neighbours(draft: Draft, found: FormSection) -> dict[str, FormSection | None]:
    place = [section.pk for section in draft.sections].index(found.pk)
    return {
        "previous": draft.sections[place - 1] if place else None,
        "following": draft.sections[place + 1] if place + 1 < len(draft.sections) else None,
    }


def _page(
    request: HttpRequest, draft: Draft, found: FormSection, *, status: int = 200, **more: Any
) -> HttpResponse:
    form = more.get("form")
    asked = [one for one in asked_corrections(draft.proposal) if one.section_code == found.code]
    if form is not None:
        form.corrections = asked
    placed = {part.key for part in form.parts()} if form is not None and asked else set()
    context = {
        "asked_here": [one for one in asked if one.key not in placed],
        "proposal": draft.proposal,
        "section": found,
        "sections": [(section, draft.progress(section)) for section in draft.sections],
        "saved": draft.saved(found),
        "form_changes": draft.form_changes,
        "may_edit": draft.proposal.can_be_edited and is_editor.test(request.user, draft.proposal),
        "too_long": draft.too_long(found),
        "shows_history": found.kind != SectionKind.ATTACHMENTS
        and is_reader.test(request.user, draft.proposal),
        "form": None,
        "content": None,
        "upload_form": None,
        "unsaved_reason": "",
        "estimate": form.estimate() if isinstance(form, EstimateForm) else None,
        **_neighbours(draft, found),
        **more,
    }
    return render(request, "projects/section.html", context, status=status)
