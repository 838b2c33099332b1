"""The history of a section: what was saved when by whom, and putting a version back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from calls.models import FormSection, SectionKind
from common.views import sentences
from projects import selectors
from projects.content import section_content
from projects.draft import Draft, load_draft
from projects.policies import is_editor, is_reader
from projects.selectors.history import compared_with_now, history_page, revision_for_reading
from projects.services import SectionClash, restore_revision
from projects.views.people import person


@login_required
@require_safe
def history(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Every saved version of a section, newest first, with what changed."""
    draft, section = _open(request, reference, code)
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isdecimal() and 0 < len(typed) < 6 else 1
    rows, has_older = history_page(draft.proposal, section, page)
    return render(
        request,
        "projects/history.html",
        {
            "proposal": draft.proposal,
            "section": section,
            "rows": rows,
            "current_version": draft.version(section),
            "newer": page - 1,
            "older": page + 1 if has_older else 0,
        },
    )


@login_required
@require_safe
def revision(request: HttpRequest, reference: str, code: str, version: int) -> HttpResponse:
    """One version beside the present text."""
    draft, section = _open(request, reference, code)
    found = revision_for_reading(draft.proposal, section, version)
    proposal = draft.proposal
    differences = compared_with_now(found, section_content(draft, section, as_written=True))
    return render(
        request,
        "projects/revision.html",
        {
            "proposal": proposal,
            "section": section,
            "revision": found,
            "differences": [d for d in differences if d.in_new],
            "gone": [d for d in differences if not d.in_new and d.parts],
            "changed": sum(d.is_changed for d in differences if d.in_new),
            "current_version": draft.version(section),
            "saved": draft.saved(section),
            "may_restore": proposal.can_be_edited and is_editor.test(request.user, proposal),
            "removes_partners": section.kind == SectionKind.PARTNERS,
        },
    )


@login_required
@require_POST
def restore(request: HttpRequest, reference: str, code: str, version: int) -> HttpResponse:
    """Put a version back; a text that came in between is not overwritten."""
    draft, section = _open(request, reference, code)
    typed = request.POST.get("version", "")
    try:
        restore_revision(
            proposal=draft.proposal,
            section=section,
            revision=version,
            version=int(typed) if typed.isdecimal() and len(typed) < 10 else 0,
            by=person(request),
        )
    except SectionClash as clash:
        messages.error(
            request,
            _(
                "%(name)s heeft dit deel intussen gewijzigd. Er is niets teruggezet. Hieronder "
                "staat de tekst van nu: kijk na en kies opnieuw."
            )
            % {"name": clash.current.updated_by},
        )
        return redirect("projects:revision", reference, code, version)
    except ValidationError as error:
        messages.error(request, sentences(error))
        return redirect("projects:history", reference, code)
    messages.success(
        request,
        _("De tekst is teruggezet en opgeslagen als nieuwe versie. Nog niet ingediend."),
    )
    return redirect("projects:section", reference, code)


def _open(request: HttpRequest, reference: str, code: str) -> tuple[Draft, FormSection]:
    """The history is the organisation's own: who may look at the draft sees its present text."""
    proposal = selectors.visible_proposal(request.user, reference)
    draft = load_draft(proposal)
    section = draft.section(code)
    is_kept = section is not None and section.kind != SectionKind.ATTACHMENTS
    if section is None or not is_kept or not is_reader.test(request.user, proposal):
        raise Http404
    return draft, section
