"""Every read that pages, reports and exports need, about proposals and projects."""

from projects.selectors.information import (
    answered_beside,
    answered_requests,
    dossier_params,
    information_requests,
    request_for_reader,
    sees_unsent_answers,
)
from projects.selectors.people import editors_by_organisation
from projects.selectors.proposals import (
    NextStep,
    ProposalCard,
    copy_report,
    earlier_proposals,
    file_of_proposal,
    next_step,
    own_proposals,
    proposals_for_dashboard,
    version_for_reading,
    visible_proposal,
    what_was_found_missing,
)
from projects.selectors.submission import (
    granted_extensions,
    late_attempts,
    partners_as_submitted,
    proposal_to_extend,
)
from projects.selectors.timeline import timeline_for_reader

__all__ = [
    "NextStep",
    "ProposalCard",
    "answered_beside",
    "answered_requests",
    "copy_report",
    "dossier_params",
    "earlier_proposals",
    "editors_by_organisation",
    "file_of_proposal",
    "granted_extensions",
    "information_requests",
    "late_attempts",
    "next_step",
    "own_proposals",
    "partners_as_submitted",
    "proposal_to_extend",
    "proposals_for_dashboard",
    "request_for_reader",
    "sees_unsent_answers",
    "timeline_for_reader",
    "version_for_reading",
    "visible_proposal",
    "what_was_found_missing",
]
