"""What the addresses of proposals and projects ask; see common/rights.py."""

from common.rights import (
    PUBLIC,
    SIGNED_IN,
    STAFF,
    DocumentRights,
    Gates,
    Rights,
    Steps,
    TableRules,
    act,
    corrected,
    form,
    hides,
    looked_at,
    page,
    refuses,
    takes,
    together,
)
from projects.lifecycle import (
    INFORMATION_LIFECYCLE,
    OBLIGATION_LIFECYCLE,
    PROJECT_LIFECYCLE,
    PROPOSAL_LIFECYCLE,
)
from projects.policies import (
    is_editor,
    is_of_applicant,
    is_reader,
    is_submitter,
    may_deliver,
    may_extend,
    may_guide_project,
    may_read_submitted,
    may_see_draft,
    may_see_project,
    may_see_proposal,
    takes_part,
)

DRAFT = "ontwerp"
SHARED = "ontwerp, het PIO-team kijkt mee"
SUBMITTED = "ingediend"

FILE: Gates = (*SIGNED_IN, hides(may_read_submitted, "file"))
OWN: Gates = (*SIGNED_IN, hides(is_of_applicant, "file"))
GUIDED: Gates = (*STAFF, refuses(may_guide_project, "project"))
PROJECT: Gates = (*SIGNED_IN, hides(may_see_project, "project"))


DRAFT_KNOWN: Gates = (*SIGNED_IN, hides(may_see_proposal, "draft"))
OWN_DRAFT: Gates = (*DRAFT_KNOWN, hides(is_reader, "draft"))


def _of_draft(thing: str, state: str) -> Rights:
    """What is asked of a proposal that was not handed in yet."""
    known: Gates = (*SIGNED_IN, hides(may_see_proposal, thing))
    read: Gates = (*known, hides(may_see_draft, thing))
    own: Gates = (*known, hides(is_reader, thing))
    edits, submits = (refuses(is_editor, thing),), (refuses(is_submitter, thing),)
    return together(
        form("proposal", "check", gates=read, state=state),
        page("print", gates=read, state=state),
        act("estimate", gates=read, state=state),
        form("section", gates=read, write=edits, state=state),
        page("history", gates=own, state=state),
        form("assign", gates=(*own, *edits), state=state),
        act("form_read", gates=(*known, *edits), state=state),
        form("partners", gates=own, write=submits, state=state),
        act("submit", "team_consent", gates=(*known, *submits), state=state),
        form("cancel_reopening", "reopen", gates=(*known, *submits), state=state),
    )


RIGHTS = together(
    page("portfolio", "public_project", gates=PUBLIC),
    form("start", gates=SIGNED_IN),
    _of_draft("draft", DRAFT),
    _of_draft("shared_draft", SHARED),
    page("copied", "revision", gates=OWN_DRAFT),
    act("restore", "finish_assignment", gates=(*OWN_DRAFT, refuses(is_editor, "draft"))),
    act("end_partner_access", gates=(*DRAFT_KNOWN, refuses(is_submitter, "draft"))),
    form("partner_part", gates=(*SIGNED_IN, hides(takes_part, "invited"))),
    page("partner_file", gates=(*SIGNED_IN, hides(takes_part, "invited"))),
    form("proposal", gates=FILE, state=SUBMITTED),
    page("version", "receipt", "file", gates=FILE),
    act("make_document", gates=FILE),
    form("information", gates=FILE, write=(refuses(is_editor, "proposal"),)),
    form("withdraw", gates=(*FILE, refuses(is_submitter, "proposal"))),
    page("project", gates=PROJECT),  # staff are sent on to their own page
    page("obligations", gates=OWN),
    form("obligation_deliver", gates=(*PROJECT, refuses(may_deliver, "obligation"))),
    page("obligation_file", gates=PROJECT),
    page("staff_project", "staff_projects", "staff_obligations", gates=STAFF),
    page("obligation_calendar", gates=STAFF),
    form("preview", "preview_change", gates=STAFF),
    form("follow_up", "phase_add", "phase_edit", "procurement", "procurement_add", gates=GUIDED),
    form("project_guide", "project_step", gates=GUIDED),
    form("obligation_add", "obligations_plan", "obligation_change", gates=GUIDED),
    form("extensions", gates=(*STAFF, refuses(may_extend))),
)

TABLES: TableRules = {
    **looked_at(
        "Attachment",
        "CostLine",
        "FollowUp",
        "InformationItem",
        "InformationRequest",
        "Obligation",
        "Partner",
        "PartnerAccess",
        "Procurement",
        "ProjectPhase",
        "ProposalVersion",
        "SectionAnswers",
        "SectionAssignment",
        "SectionRevision",
        "SubmissionExtension",
    ),
    **corrected("Project", "Proposal"),
}
"""What stands in /admin/; see common.rights.TableRules."""

READS = (hides(may_read_submitted, "file"),)
DOCUMENTS: DocumentRights = {
    "projects.proposal_dossier": {"": READS},
    "projects.proposal_receipt": {"": READS},
}
"""Who reads each kind of document."""

STEPS: Steps = {
    "withdraw": takes("voorstel", PROPOSAL_LIFECYCLE, "withdraw"),
    "project_step": takes("project", PROJECT_LIFECYCLE, "pause"),
    "obligation_deliver": takes("verplichting", OBLIGATION_LIFECYCLE, "deliver"),
    "information": takes("vraag om informatie", INFORMATION_LIFECYCLE, "answer"),
}
"""What a POST changes of the state of a thing, for whoever may; see common.rights.Takes."""
