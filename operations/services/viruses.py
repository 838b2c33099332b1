"""Telling people that a virus was found in a file."""

from typing import Any

from common.formatting import format_moment
from documents.models import StoredFile
from evaluations.selectors.files import team_of_file
from notifications.services import portal_url, queue_mail
from projects.models import Proposal
from retention.belonging import relations, ways_to_a_file


def tell_of_virus(*, stored: StoredFile, **_: Any) -> None:
    """Mail who sent the file, and who follows the file of the applicant that it belongs to.

    Listener of `documents.services.virus_found`, in the transaction that keeps what was found. Of a
    draft staff are told nothing: it does not exist for them. Once per file and person.
    """
    sender = stored.created_by
    if sender is not None:
        queue_mail(
            kind="operations.virus_found",
            to=sender,
            template="operations/mail/virus_found.md",
            context={
                "name": stored.name,
                "sent_at": format_moment(stored.created_at),
                "url": portal_url("dashboard:home"),
            },
            dedupe_key=f"operations.virus_found:{stored.pk}",
        )
    for proposal in _proposals_with(stored):
        for person in team_of_file(proposal):
            if person == sender:
                continue
            queue_mail(
                kind="operations.virus_found_staff",
                to=person,
                template="operations/mail/virus_found_staff.md",
                context={
                    "reference": proposal.reference,
                    "url": portal_url("evaluations:file", proposal.reference),
                },
                about=proposal,
                dedupe_key=f"operations.virus_found:{stored.pk}:{person.pk}",
            )


def _proposals_with(stored: StoredFile) -> list[Proposal]:
    """The files of applicants that were handed in and hold this one; a query per kind of row."""
    found: set[Any] = set()
    for model, ways in ways_to_a_file().items():
        for field in relations(model):
            if field.related_model is StoredFile:
                rows = model._base_manager.filter(**{field.name: stored})
                for way in ways:
                    found |= set(rows.values_list(way, flat=True))
    return list(Proposal.objects.submitted().filter(pk__in=found - {None}).order_by("pk"))
