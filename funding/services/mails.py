"""Mails about instalments: a link and what happened, never an amount."""

from collections.abc import Iterable

from accounts.models import User
from accounts.roles import MemberRole
from accounts.selectors import members_with_role
from funding.models import Claim, Instalment
from notifications.services import portal_url, queue_mail


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
