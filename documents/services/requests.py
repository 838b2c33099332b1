"""Asking for a document, and asking again."""

import hashlib
import json
import logging
import time
from typing import Any
from uuid import UUID

from celery import current_app
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.constraints import readable_constraints
from documents import conf, policies, registry
from documents.models import PENDING, Job, JobState

logger = logging.getLogger(__name__)

RUN_JOB = "documents.run_job"


def fingerprint(kind: str, params: dict[str, Any]) -> str:
    """The same for the same question, whatever the order of its parameters."""
    canonical = json.dumps([kind, params], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def request_document(
    *,
    kind: str,
    params: dict[str, Any] | None = None,
    requested_by: Any,
    about: models.Model | None = None,
    title: str = "",
) -> Job:
    """Ask for a document; a worker makes it. Returns the job to show.

    The same question that is still waiting or being made gives that same job. `params` holds plain
    values and ids (dates and decimals become text). `requested_by` None is the portal itself.
    Whether the person may ask is for the caller to check.

    Raises:
        UnknownKindError: when nobody registered `kind`.
    """
    declaration = registry.get(kind)
    plain: dict[str, Any] = json.loads(json.dumps(params or {}, cls=DjangoJSONEncoder))
    mark = fingerprint(kind, plain)
    if not title:
        with translation.override("nl"):
            title = f"{declaration.label} – {about}" if about else str(declaration.label)
    with transaction.atomic():
        # get_or_create meets a second, simultaneous question through the unique constraint.
        job, is_new = Job.objects.get_or_create(
            fingerprint=mark,
            state__in=PENDING,
            defaults={
                "kind": kind,
                "params": plain,
                "title": title[:200],
                "state": JobState.QUEUED,
                "attempts_allowed": conf.max_attempts(),
                "requested_by": requested_by if getattr(requested_by, "pk", None) else None,
                "about_type": ContentType.objects.get_for_model(about) if about else None,
                "about_id": str(about.pk) if about else "",
            },
        )
        if is_new:
            transaction.on_commit(lambda: announce(job.pk))
    return job


def retry_job(*, job_id: UUID, actor: Any) -> Job:
    """Let a failed job try again, with as many attempts as a new one.

    Raises:
        PermissionDenied: when `actor` may not.
        ValidationError: when it did not fail, or the same document is being made already.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        policies.may_retry.check(actor, job)
        if job.state != JobState.FAILED:
            raise ValidationError(_("Alleen een mislukte taak kan opnieuw."))
        now = clock.now()
        with readable_constraints():
            Job.objects.filter(pk=job.pk).update(
                state=JobState.QUEUED,
                percent=0,
                message="",
                error="",
                finished_at=None,
                lease_until=None,
                announced_at=now,
                attempts_allowed=job.attempt + conf.max_attempts(),
            )
        job.refresh_from_db()
        transaction.on_commit(lambda: announce(job.pk))
    logger.info("job_retried", extra={"job": str(job.pk), "actor": getattr(actor, "pk", None)})
    return job


class _Broker:
    """Remembers that the broker did not answer, so that one page waits for it and not each."""

    SILENCE = 15.0  # seconds

    def __init__(self) -> None:
        self.away_until = 0.0


broker = _Broker()


def announce(job_id: UUID) -> bool:
    """Wake a worker. False when the broker is away: the row waits and the sweep tries again."""
    return broker_hears(RUN_JOB, job_id)


def broker_hears(task: str, row_id: UUID) -> bool:
    """Tell the broker that a row waits for this task; False when it is away."""
    if time.monotonic() < broker.away_until:
        return False
    try:
        current_app.signature(task, args=(str(row_id),)).apply_async()
    except Exception:
        broker.away_until = time.monotonic() + broker.SILENCE
        logger.warning("broker_unreachable", extra={"row": str(row_id)}, exc_info=True)
        return False
    return True
