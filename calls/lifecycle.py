"""The states of a call and the steps between them (domain.md 3.2).

Planned, open and closed are not states: they follow from the clock and the rounds, so that a
submission at 23:59:59 never depends on when a job ran. See `Call.phase_at`.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.policies import may_manage_calls
from common.lifecycle import Lifecycle, step


class CallState(models.TextChoices):
    CONCEPT = "concept", _("In opmaak")
    PUBLISHED = "published", _("Gepubliceerd")
    ASSESSMENT = "assessment", _("In beoordeling")
    DECIDED = "decided", _("Beslist")
    ARCHIVED = "archived", _("Gearchiveerd")
    WITHDRAWN = "withdrawn", _("Ingetrokken")


class CallPhase(models.TextChoices):
    """What people see: the state, with "published" spelled out by the clock."""

    CONCEPT = "concept", _("In opmaak")
    PLANNED = "planned", _("Gepland")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Gesloten")
    ASSESSMENT = "assessment", _("In beoordeling")
    DECIDED = "decided", _("Beslist")
    ARCHIVED = "archived", _("Gearchiveerd")
    WITHDRAWN = "withdrawn", _("Ingetrokken")


def _is_complete(call: models.Model) -> None:
    # Read anew, now that the row is locked: what a page had read may be changed since.
    fresh = type(call)._base_manager.get(pk=call.pk)
    missing = fresh.what_is_missing()  # type: ignore[attr-defined]
    if missing:
        raise ValidationError([ValidationError(sentence) for sentence in missing])


def _every_round_has_closed(call: models.Model) -> None:
    if call.rounds.still_to_close().exists():  # type: ignore[attr-defined]
        raise ValidationError(_("De oproep heeft nog een indienronde die niet gesloten is."))


def _no_round_has_opened(call: models.Model) -> None:
    if call.rounds.opened().exists():  # type: ignore[attr-defined]
        raise ValidationError(_("De oproep is al geopend en kan niet terug naar opmaak."))


CALL_LIFECYCLE = Lifecycle(
    CallState,
    [
        step(
            "publish",
            _("Publiceren"),
            [CallState.CONCEPT],
            CallState.PUBLISHED,
            who=may_manage_calls,
            guard=_is_complete,
        ),
        step(
            "back_to_concept",
            _("Terug naar opmaak"),
            [CallState.PUBLISHED],
            CallState.CONCEPT,
            who=may_manage_calls,
            guard=_no_round_has_opened,
        ),
        step(
            "start_assessment",
            _("Beoordeling starten"),
            [CallState.PUBLISHED],
            CallState.ASSESSMENT,
            who=may_manage_calls,
            guard=_every_round_has_closed,
        ),
        step(
            "mark_decided",
            _("Beslissingen afronden"),
            [CallState.ASSESSMENT],
            CallState.DECIDED,
            who=may_manage_calls,
        ),
        step(
            "archive",
            _("Archiveren"),
            [CallState.DECIDED],
            CallState.ARCHIVED,
            who=may_manage_calls,
        ),
        step(
            "withdraw",
            _("Intrekken"),
            [CallState.CONCEPT, CallState.PUBLISHED],
            CallState.WITHDRAWN,
            who=may_manage_calls,
        ),
    ],
)
