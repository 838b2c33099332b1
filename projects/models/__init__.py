"""Proposals (draft, submission, frozen versions) and the projects that follow from them."""

from projects.models.project import Procurement, ProcurementProcedure, Project, ProjectPhase
from projects.models.proposal import (
    Attachment,
    CostLine,
    Partner,
    Proposal,
    ProposalVersion,
    SectionAnswers,
)

__all__ = [
    "Attachment",
    "CostLine",
    "Partner",
    "Procurement",
    "ProcurementProcedure",
    "Project",
    "ProjectPhase",
    "Proposal",
    "ProposalVersion",
    "SectionAnswers",
]
