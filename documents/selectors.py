"""Reads about jobs."""

import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from documents import registry
from documents.models import Job, JobQuerySet, JobState, LegalDocument, slug_of
from documents.registry import Standing
from documents.services.requests import fingerprint


def latest_jobs_about(target: models.Model, limit: int = 20) -> list[Job]:
    """The newest jobs about a thing. Filter by `policies.may_download` to show them."""
    return list(Job.objects.about(target).select_related("file")[:limit])


def latest_job(kind: str, params: dict[str, Any] | None = None) -> Job | None:
    """The newest job that answers this question, in whatever state."""
    plain = json.loads(json.dumps(params or {}, cls=DjangoJSONEncoder))
    return Job.objects.filter(fingerprint=fingerprint(kind, plain)).select_related("file").first()


def jobs_for_staff(user: Any) -> JobQuerySet:
    """The staff list, newest first."""
    return Job.objects.visible_to(user).select_related("file", "requested_by")


def legal_document(number: str, token: str) -> LegalDocument | None:
    """The document behind a code on paper, when number and code belong together."""
    found = LegalDocument.objects.filter(token=token).first()
    return found if found is not None and slug_of(found.number) == number else None


def legal_document_on_paper(number: str, code: str) -> LegalDocument | None:
    """The document with this number, as people write it, and this code or SHA-256 of its file."""
    fits = models.Q(token=code) | models.Q(sha256=code)
    slug = slug_of(number)
    found = LegalDocument.objects.filter(fits).order_by("-issued_at")
    return next((one for one in found if slug_of(one.number) == slug), None)


def legal_document_of(job: Job) -> LegalDocument | None:
    """The row that verifies the file of a job; None of what does not count in law."""
    if not job.content_hash:
        return None
    return LegalDocument.objects.filter(kind=job.kind, content_hash=job.content_hash).first()


@dataclass(frozen=True)
class Verified:
    """What anybody who holds a legal document may know of it."""

    kind: str
    standing: Standing
    hashes: frozenset[str]
    """SHA-256 of each file with this content: one, unless it had to be made again."""


def verified(document: LegalDocument) -> Verified:
    """Kind, standing and hashes; a handful of queries.

    The standing is the best of all jobs with this content: making the same letter again does not
    make it another one.
    """
    jobs = list(
        Job.objects.filter(
            kind=document.kind, content_hash=document.content_hash, state=JobState.DONE
        ).select_related("file")
    )
    try:
        declaration = registry.get(document.kind)
    except registry.UnknownKindError:
        return Verified(document.kind, Standing.WITHDRAWN, frozenset({document.sha256}))
    standings = {Standing.DESTROYED if document.file_id is None else Standing.WITHDRAWN}
    if isinstance(declaration, registry.PdfDocument) and declaration.legal is not None:
        standings |= {declaration.legal.standing(job.params, job.pk) for job in jobs}
    return Verified(
        kind=str(declaration.label),
        standing=next(one for one in Standing if one in standings),
        hashes=frozenset({document.sha256, *(job.file.sha256 for job in jobs if job.file)}),
    )
