"""A draft that does not exist, so that staff can meet a form as an applicant does."""

from calls.models import Call, FormSection
from projects.draft import Draft
from projects.models import Proposal

NOBODYS = 0
"""No row has this number, so nothing hangs on it and nothing can."""


def preview_draft(call: Call, sections: list[FormSection]) -> Draft:
    """An empty draft of `call` with these sections (as `calls.definition.sections_of` reads them).

    Never save its proposal.
    """
    draft = Draft(Proposal(pk=NOBODYS, call=call, reference=call.reference))
    draft.sections = sections
    return draft
