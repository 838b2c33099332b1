"""Documents about proposals: the receipt and the whole proposal, from what was frozen."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.registry import (
    Enclosure,
    Legal,
    Params,
    PdfDocument,
    ProgressReport,
    Standing,
    register,
)
from projects.content import canonical_text
from projects.lifecycle import ProposalState
from projects.models import Proposal, ProposalVersion
from projects.policies import may_see_proposal
from projects.selectors import answered_beside
from projects.services.submission import DOSSIER_KIND, RECEIPT_KIND


def version_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The frozen version that both documents print."""
    version = _version(params)
    if version is None:
        raise ValidationError(_("Deze versie van het voorstel bestaat niet."))
    progress(50)
    return {"version": version, "content": version.content, "proposal": version.proposal}


def dossier_context(params: Params, progress: ProgressReport) -> dict[str, Any]:
    """The frozen version, with what was answered beside it."""
    context = version_context(params, progress)
    return {**context, "answered": list(answered_beside(context["version"]))}


def frozen_text(context: dict[str, Any]) -> list[Enclosure]:
    """The frozen text itself, over which the SHA-256 was taken; the pages show it to people."""
    version = context["version"]
    return [
        Enclosure(
            name=f"{version.proposal.reference}-versie-{version.number}.json",
            content=canonical_text(version.content),
            description="De ingediende inhoud, waarover de controlesom (SHA-256) berekend is.",
            made_at=version.arrived_at,
        )
    ]


def may_download(user: Any, job: Any) -> bool:
    """Whoever may see the proposal may have its documents."""
    version = _version(job.params)
    return (
        version is not None
        and may_see_proposal.test(user, version.proposal)
        and Proposal.objects.visible_to(user).filter(pk=version.proposal_id).exists()
    )


def _version(params: Params) -> ProposalVersion | None:
    return (
        ProposalVersion.objects.select_related("proposal__call", "proposal__organisation")
        .filter(pk=params.get("version", 0))
        .first()
    )


def receipt_number(params: Params) -> str:
    """The number of a receipt: the file, and which version was handed in."""
    version = _version(params)
    assert version is not None  # versions are never removed
    return f"{version.proposal.reference}-v{version.number}"


def receipt_standing(params: Params, _job: UUID) -> Standing:
    """A later version replaces the receipt of the former; a withdrawn proposal has none."""
    version = _version(params)
    if version is None or version.proposal.state == ProposalState.WITHDRAWN:
        return Standing.WITHDRAWN
    later = version.proposal.versions.filter(number__gt=version.number)
    return Standing.SUPERSEDED if later.exists() else Standing.CURRENT


def _filename(prefix: str) -> Any:
    def filename(params: Params) -> str:
        version = _version(params)
        if version is None:
            return f"{prefix}.pdf"
        return f"{prefix}-{version.proposal.reference}-versie-{version.number}.pdf"

    return filename


def register_documents() -> None:
    """Called from AppConfig.ready()."""
    register(
        PdfDocument(
            kind=RECEIPT_KIND,
            label=gettext_lazy("Ontvangstbewijs"),
            template="projects/pdf/receipt.html",
            context=version_context,
            filename=_filename("ontvangstbewijs"),
            may_download=may_download,
            legal=Legal(number=receipt_number, standing=receipt_standing),
        )
    )
    register(
        PdfDocument(
            kind=DOSSIER_KIND,
            label=gettext_lazy("Projectvoorstel"),
            template="projects/pdf/dossier.html",
            context=dossier_context,
            filename=_filename("projectvoorstel"),
            may_download=may_download,
            enclosures=frozen_text,
        )
    )
