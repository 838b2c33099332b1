"""One thing of each kind that a policy is about, never saved: of organisation 1."""

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, User
from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import Call
from dashboard.matrix.people import ADVISES, CONFLICTED, DID_IT, INVITED, ORGANISATION, OWNER, READS
from documents.models import Job
from funding.models import (
    Agreement,
    ChangeRequest,
    Claim,
    CofinancingRequest,
    Commitment,
    CommitteeDecision,
    Instalment,
    YearReopening,
)
from payments.models import BankAccount, PaymentOrder
from projects.models import Obligation, Procurement, Project, Proposal
from projects.policies import FileTies
from reporting.documents import REPORT_PDF
from reporting.models import ReportEdition
from retention.models import DestructionList


@cache
def things() -> Mapping[str, Any]:
    """The word that a gate uses (`Gate.of`) -> the thing."""
    organisation = Organisation(pk=ORGANISATION)
    call = Call(state=CallState.PUBLISHED, decision_role=StaffRole.PROJECT_LEADER)
    project = Project(organisation=organisation)
    commitment = Commitment(project=project)
    instalment = Instalment(commitment=commitment)
    request = CofinancingRequest(procurement=Procurement(project=project))
    first = {"organisation": organisation, "call": call}
    return {
        "organisation": organisation,
        "call": call,
        "draft_call": Call(state=CallState.CONCEPT, decision_role=StaffRole.PROJECT_LEADER),
        "draft": Proposal(**first),
        "shared_draft": Proposal(**first, team_may_view=True),
        "proposal": Proposal(**first, submitted_at=timezone.now()),
        "file": FileTies(
            organisation_id=ORGANISATION,
            decides=StaffRole.PROJECT_LEADER,
            conflicted=frozenset({CONFLICTED}),
            readers=frozenset({ADVISES, READS}),
            lead=ADVISES,
        ),
        "invited": frozenset({INVITED}),
        "adviser": User(pk=ADVISES),
        "project": project,
        "obligation": Obligation(project=project),
        "commitment": commitment,
        "instalment": instalment,
        "claim": Claim(instalment=instalment, claimed_by_id=DID_IT, checked_by_id=DID_IT),
        "change": ChangeRequest(commitment=commitment, asked_by_id=DID_IT),
        "agreement": Agreement(decision=CommitteeDecision(request=request)),
        "reopening": YearReopening(asked_by_id=DID_IT),
        "account": BankAccount(organisation=organisation, entered_by_id=DID_IT),
        "order": PaymentOrder(made_by_id=DID_IT),
        "settlement": SimpleNamespace(proposed_by_id=DID_IT),
        "edition": ReportEdition(made_by_id=DID_IT),
        "made_by": frozenset({OWNER}),
        "made_by_adviser": frozenset({ADVISES}),
        "job": Job(kind=REPORT_PDF),
        "destruction": DestructionList(proposed_by_id=DID_IT),
    }
