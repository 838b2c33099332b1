"""A post that came too late to save: why, and all that was typed, to copy."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from calls.models import FormSection, SectionKind
from projects.answers import normalise_text
from projects.draft import Draft
from projects.forms.attachments import AttachmentForm
from projects.forms.base import Leftover
from projects.forms.partners import PartForm
from projects.forms.sections import SECTION_FORMS
from projects.forms.unsaved import unsaved_texts, words
from projects.lifecycle import ProposalState
from projects.models import Partner, Proposal
from projects.policies import is_editor


def unsaved_section(request: HttpRequest, draft: Draft, section: FormSection) -> dict[str, Any]:
    """For `_unsaved.html`, after a post to a section that this person cannot save."""
    if section.kind == SectionKind.ATTACHMENTS:
        label = str(AttachmentForm.base_fields["description"].label)
        typed = [str(text).strip() for name, text in request.POST.items() if "description" in name]
        leftovers = [Leftover(label, text) for text in typed if text]
    else:
        form = SECTION_FORMS[section.kind](request.POST, None, draft=draft, section=section)
        leftovers = unsaved_texts(form)
    return {
        "unsaved_reason": why_not_yours(request.user, draft.proposal) or why_closed(draft.proposal),
        "leftovers": leftovers,
        "lost_files": lost_files(request),
    }


def unsaved_part(request: HttpRequest, partner: Partner) -> dict[str, Any]:
    """The same for the own part of a partner."""
    form = PartForm(request.POST)
    typed = [(name, words(form[name])) for name in ("role", "contribution")]
    return {
        "unsaved_reason": why_closed(partner.proposal),
        "leftovers": [
            Leftover(str(form[name].label), text)
            for name, text in typed
            if text and normalise_text(text) != getattr(partner, name)
        ],
        "lost_files": lost_files(request),
    }


def why_not_yours(user: Any, proposal: Proposal) -> str:
    """Why this person does not write in the proposal; "" for who does."""
    return "" if is_editor.test(user, proposal) else str(is_editor.sentence)


def why_closed(proposal: Proposal) -> str:
    """Why nobody can change the text of the proposal any more."""
    if proposal.state == ProposalState.WITHDRAWN:
        return _("Dit voorstel is ingetrokken. U kunt het niet meer wijzigen.")
    return _("Dit voorstel is ingediend en ligt nu vast. U kunt het niet meer wijzigen.")


def lost_files(request: HttpRequest) -> str:
    """The names of the files that came along and were not kept."""
    files: Any = request.FILES
    return ", ".join(str(uploaded.name) for uploaded in files.values())
