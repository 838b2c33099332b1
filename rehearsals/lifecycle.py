"""The states of a rehearsal. All steps but "again" are the portal's own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lifecycle import Lifecycle, step
from rehearsals.policies import may_rehearse


class RehearsalState(models.TextChoices):
    QUEUED = "queued", _("In de wachtrij")
    RUNNING = "running", _("Wordt gespeeld")
    DONE = "done", _("Gespeeld")
    FAILED = "failed", _("Mislukt")


REHEARSAL_LIFECYCLE = Lifecycle(
    RehearsalState,
    [
        # Also from "running": a worker died, and another takes over.
        step(
            "start",
            _("Spelen"),
            [RehearsalState.QUEUED, RehearsalState.RUNNING],
            RehearsalState.RUNNING,
        ),
        step("finish", _("Klaar"), [RehearsalState.RUNNING], RehearsalState.DONE),
        step("fail", _("Mislukt"), [RehearsalState.RUNNING], RehearsalState.FAILED),
        step(
            "again",
            _("Opnieuw spelen"),
            [RehearsalState.FAILED],
            RehearsalState.QUEUED,
            who=may_rehearse,
        ),
    ],
)
