"""What a person of a partner may see: the own part, and how far the whole stands.

Apart from `Proposal.objects.visible_to`, which such a person is not in: every other page, list and
file of the proposal stays closed.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from common import clock
from documents.models import StoredFile
from projects.models import Partner, PartnerAccess, Proposal
from projects.window import Window, window_at


def _parts(user: Any) -> QuerySet[Partner]:
    """The partners that a person takes part as; nobody of the programme's staff."""
    if not getattr(user, "is_authenticated", False) or user.is_programme_staff:
        return Partner.objects.none()
    return Partner.objects.filter(accesses__user=user)


def partner_part(user: Any, reference: str, pk: int) -> Partner:
    """The part, with its proposal.

    Raises:
        Http404: for who was not invited for it.
    """
    found = (
        _parts(user)
        .filter(pk=pk, proposal__reference=reference)
        .select_related("proposal__call", "proposal__organisation", "proposal__round")
        .prefetch_related("proposal__call__rounds", "attachments__file")
        .first()
    )
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class PartnerCard:
    """A part on the dashboard of a person of the partner."""

    partner: Partner
    proposal: Proposal
    window: Window


def parts_for_dashboard(user: User) -> list[PartnerCard]:
    """Proposals in which the person is a partner, newest first; a fixed number of queries."""
    now = clock.now()
    found = (
        _parts(user)
        .select_related("proposal__call", "proposal__organisation", "proposal__round")
        .prefetch_related("proposal__call__rounds")
        .order_by("-proposal__created_at", "-pk")
    )
    return [PartnerCard(one, one.proposal, window_at(one.proposal, now)) for one in found]


def frozen_part(partner: Partner) -> dict[str, Any] | None:
    """The part as it was last handed in, with its files; None when nothing was."""
    version = partner.proposal.latest_version
    if version is None:
        return None
    entries = version.content.get("partners", [])
    part = next((entry for entry in entries if entry.get("id") == partner.pk), None)
    if part is None:
        return None
    files = [
        entry
        for entry in version.content.get("attachments", [])
        if entry.get("partner") == partner.pk
    ]
    return {**part, "files": files, "number": version.number, "arrived_at": version.arrived_at}


def file_of_part(user: Any, reference: str, pk: int, file_id: UUID) -> StoredFile:
    """The letter of intent of the own part, in the draft or as it was handed in.

    Raises:
        Http404: for every other file.
    """
    partner = partner_part(user, reference, pk)
    in_draft = any(letter.file_id == file_id for letter in partner.attachments.all())
    frozen = frozen_part(partner)
    is_frozen = frozen is not None and str(file_id) in {entry["id"] for entry in frozen["files"]}
    stored = StoredFile.objects.filter(pk=file_id).first() if in_draft or is_frozen else None
    if stored is None:
        raise Http404
    return stored


def partners_with_people(proposal: Proposal) -> list[Partner]:
    """The partners with who was invited, and their letters; for the lead. Five queries."""
    return list(
        proposal.partners.prefetch_related("accesses__user", "attachments__file").order_by(
            "position", "pk"
        )
    )


def access_of(proposal: Proposal, pk: int) -> PartnerAccess:
    """Somebody's access to a partner of the proposal.

    Raises:
        Http404: when there is none.
    """
    found = (
        PartnerAccess.objects.filter(partner__proposal=proposal, pk=pk)
        .select_related("partner__proposal", "user")
        .first()
    )
    if found is None:
        raise Http404
    return found
