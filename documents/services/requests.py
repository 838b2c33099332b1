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
    """Make a document again that failed, was stopped or purged; as many attempts as a new one.

    Raises:
        PermissionDenied: when `actor` may not.
        ValidationError: when there is nothing to repeat, or the same document is being made.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        policies.may_retry.check(actor, job)
        if not job.is_without_file:
            raise ValidationError(
                _("Alleen een taak die mislukte, stopgezet of opgeruimd is, kan opnieuw.")
            )
        now = clock.now()
        with readable_constraints():
            Job.objects.filter(pk=job.pk).update(
                state=JobState.QUEUED,
                percent=0,
                message="",
                error="",
                cancelled_by=None,
                purged_at=None,
                finished_at=None,
                lease_until=None,
                announced_at=now,
                attempts_allowed=job.attempt + conf.max_attempts(),
            )
        job.refresh_from_db()
        transaction.on_commit(lambda: announce(job.pk))
    logger.info("job_retried", extra={"job": str(job.pk), "actor": getattr(actor, "pk", None)})
    return job


def cancel_job(*, job_id: UUID, actor: Any) -> Job:
    """Stop a job. One that waits is over at once; the worker of one that runs stops at its next
    page range or part, and can publish nothing from now on.

    Raises:
        PermissionDenied: when `actor` may not.
        ValidationError: when it is over already.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        policies.may_cancel.check(actor, job)
        if not job.is_pending:
            raise ValidationError(_("Deze taak loopt niet meer: er is niets om stop te zetten."))
        job.state = JobState.CANCELLED
        job.message = job.error = ""
        job.cancelled_by = actor
        job.lease_until = None
        job.finished_at = clock.now()
        job.save(
            update_fields=[
                *("state", "message", "error"),
                *("cancelled_by", "lease_until", "finished_at"),
            ]
        )
    logger.info("job_cancelled", extra={"job": str(job.pk), "actor": getattr(actor, "pk", None)})
    return job


class _Broker:
    """Remembers that the broker did not answer, so that one page waits for it and not each."""

    SILENCE = 15.0  # seconds
    TOLD = 300.0  # seconds; by then the silence of the workers tells it (operations.selectors)

    def __init__(self) -> None:
        self.away_until = 0.0
        self._told_until = 0.0

    def did_not_answer(self) -> None:
        self.away_until = time.monotonic() + self.SILENCE
        self._told_until = time.monotonic() + self.TOLD

    def answered(self) -> None:
        self.away_until = self._told_until = 0.0

    @property
    def seems_away(self) -> bool:
        """Whether the last message of this process did not arrive."""
        return time.monotonic() < self._told_until


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
        broker.did_not_answer()
        logger.warning("broker_unreachable", extra={"row": str(row_id)}, exc_info=True)
        return False
    broker.answered()
    return True
