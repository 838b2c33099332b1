"""The states of a list of what is destroyed, and of what a person asks about their data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lifecycle import Lifecycle, step
from retention.policies import may_approve, may_handle, may_propose


class ListState(models.TextChoices):
    DRAWN = "drawn", _("Opgemaakt")
    PROPOSED = "proposed", _("Voorgesteld")
    APPROVED = "approved", _("Goedgekeurd, in uitvoering")
    DONE = "done", _("Uitgevoerd")
    DROPPED = "dropped", _("Niet uitgevoerd")


OPEN_STATES = (ListState.DRAWN, ListState.PROPOSED, ListState.APPROVED)

LIST_LIFECYCLE = Lifecycle(
    ListState,
    [
        step(
            "propose",
            _("Voorstellen"),
            [ListState.DRAWN],
            ListState.PROPOSED,
            who=may_propose,
        ),
        step(
            "approve",
            _("Goedkeuren"),
            [ListState.PROPOSED],
            ListState.APPROVED,
            who=may_approve,
        ),
        step(
            "drop",
            _("Niet uitvoeren"),
            [ListState.DRAWN, ListState.PROPOSED],
            ListState.DROPPED,
            who=may_propose,
        ),
        step("finish", _("Uitgevoerd"), [ListState.APPROVED], ListState.DONE),
    ],
)


class RequestState(models.TextChoices):
    OPEN = "open", _("Wacht op antwoord")
    GRANTED = "granted", _("Ingewilligd")
    REFUSED = "refused", _("Geweigerd")


REQUEST_LIFECYCLE = Lifecycle(
    RequestState,
    [
        step(
            "grant",
            _("Inwilligen"),
            [RequestState.OPEN],
            RequestState.GRANTED,
            who=may_handle,
        ),
        step(
            "refuse",
            _("Weigeren"),
            [RequestState.OPEN],
            RequestState.REFUSED,
            who=may_handle,
        ),
    ],
)
