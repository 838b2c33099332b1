"""Proposals (draft, submission, frozen versions) and the projects that follow from them."""

from projects.models.aftercare import FollowUp
from projects.models.draft import (
    Attachment,
    CostLine,
    Partner,
    PartnerAccess,
    SectionAnswers,
    SectionAssignment,
    SectionRevision,
)
from projects.models.information import InformationItem, InformationRequest
from projects.models.obligations import Obligation
from projects.models.project import (
    ContractorRegion,
    Procurement,
    ProcurementProcedure,
    Project,
    ProjectPhase,
)
from projects.models.proposal import (
    ASKED_STATES,
    TAKING_STATES,
    Proposal,
    ProposalVersion,
    SubmissionExtension,
    show_as_submitted,
)

__all__ = [
    "ASKED_STATES",
    "TAKING_STATES",
    "Attachment",
    "ContractorRegion",
    "CostLine",
    "FollowUp",
    "InformationItem",
    "InformationRequest",
    "Obligation",
    "Partner",
    "PartnerAccess",
    "Procurement",
    "ProcurementProcedure",
    "Project",
    "ProjectPhase",
    "Proposal",
    "ProposalVersion",
    "SectionAnswers",
    "SectionAssignment",
    "SectionRevision",
    "SubmissionExtension",
    "show_as_submitted",
]
