"""Mails about instalments: a link and what happened, never an amount."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from funding.models import Agreement, ChangeRequest, Claim, CommitteeDecision, Instalment
from notifications.services import portal_url, queue_mail
from projects.models import Project


def tell_claimable(instalment: Instalment) -> None:
    """To everybody who may claim for the beneficiary."""
    organisation_id = instalment.commitment.project.organisation_id
    _tell(
        "claimable", instalment, members_with_role(organisation_id, MemberRole.SUBMITTER), once=""
    )


def tell_rejected(claim: Claim) -> None:
    """To who claimed; the reason stands behind the link."""
    _tell("rejected", claim.instalment, [claim.claimed_by], once=f"{claim.pk}")


def tell_paid(claim: Claim) -> None:
    """To who claimed."""
    _tell("paid", claim.instalment, [claim.claimed_by], once=f"{claim.pk}")


def tell_decision(decision: CommitteeDecision) -> None:
    """To everybody who may submit for the beneficiary: there is a letter; not what it says."""
    project = decision.request.procurement.project
    _tell_submitters("decision", project, once=f"{decision.pk}")


def tell_agreement(agreement: Agreement) -> None:
    """To everybody who may sign for the beneficiary, with the day on which it is due."""
    project = agreement.decision.request.procurement.project
    _tell_submitters("agreement", project, once=f"{agreement.pk}", due_on=agreement.due_on)


def tell_change(change: ChangeRequest) -> None:
    """To everybody who may submit for the beneficiary: there is an answer; not which."""
    _tell_submitters("change", change.commitment.project, once=f"{change.pk}")


def _tell_submitters(what: str, project: Project, *, once: str, **context: Any) -> None:
    for person in members_with_role(project.organisation_id, MemberRole.SUBMITTER):
        queue_mail(
            kind=f"funding.{what}",
            to=person,
            template=f"funding/mail/{what}.md",
            context={
                "title": project.title,
                "reference": project.reference,
                "funding_url": portal_url("funding:project_funding", project.reference),
                **context,
            },
            about=project,
            dedupe_key=f"funding.{what}:{once}:{person.pk}",
        )


def _tell(what: str, instalment: Instalment, people: Iterable[User], *, once: str) -> None:
    project = instalment.commitment.project
    for person in people:
        queue_mail(
            kind=f"funding.{what}",
            to=person,
            template=f"funding/mail/{what}.md",
            context={
                "number": instalment.number,
                "title": project.title,
                "reference": project.reference,
                "funding_url": portal_url("funding:project_funding", project.reference),
            },
            about=project,
            dedupe_key=f"funding.{what}:{instalment.pk}:{once}:{person.pk}",
        )
