"""Reads about jobs."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from documents.models import Job, JobQuerySet
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
