"""The states of an assignment and of a meeting; scores and advice are either draft or final."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.lifecycle import Lifecycle, step
from evaluations.policies import (
    is_assigned_adviser,
    may_assign,
    may_hold_talk,
    may_run_meeting,
)


class AssignmentState(models.TextChoices):
    INVITED = "invited", _("Uitgenodigd")
    ACCEPTED = "accepted", _("Aanvaard")
    DECLINED = "declined", _("Geweigerd")
    RECUSED = "recused", _("Belangenconflict")
    REVOKED = "revoked", _("Ingetrokken")
    DONE = "done", _("Klaar")


class FeedbackState(models.TextChoices):
    """Where a talk about a decision stands."""

    ASKED = "asked", _("Aangevraagd")
    PLANNED = "planned", _("Gepland")
    HELD = "held", _("Gehouden")


class FileStep(models.TextChoices):
    """What a file waits for; worked out from its state, never set by hand."""

    CHECK = "check", _("Volledigheid controleren")
    REOPENED = "reopened", _("Heropend door de aanvrager")
    CORRECTION = "correction", _("De aanvrager vult aan")
    ASSIGN = "assign", _("Adviseur toewijzen")
    INVITED = "invited", _("Uitnodiging beantwoorden")
    INFORMATION = "information", _("Wacht op bijkomende informatie")
    ASSESS = "assess", _("Scores geven")
    CONSENSUS = "consensus", _("Consensus zoeken")
    ADVISE = "advise", _("Advies schrijven")
    DECIDE = "decide", _("Beslissen")
    NOTIFY = "notify", _("Meedelen")
    CLOSED = "closed", _("Afgerond")


ACTIVE_ASSIGNMENT_STATES = frozenset(
    {AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.DONE}
)

ASSIGNMENT_LIFECYCLE = Lifecycle(
    AssignmentState,
    [
        step(
            "accept",
            _("Aanvaarden zonder belangenconflict"),
            [AssignmentState.INVITED],
            AssignmentState.ACCEPTED,
            who=is_assigned_adviser,
        ),
        step(
            "decline",
            _("Weigeren"),
            [AssignmentState.INVITED],
            AssignmentState.DECLINED,
            who=is_assigned_adviser,
        ),
        step(
            "recuse",
            _("Belangenconflict melden"),
            [AssignmentState.INVITED, AssignmentState.ACCEPTED],
            AssignmentState.RECUSED,
            who=is_assigned_adviser,
        ),
        step(
            "revoke",
            _("Toewijzing intrekken"),
            [AssignmentState.INVITED, AssignmentState.ACCEPTED],
            AssignmentState.REVOKED,
            who=may_assign,
        ),
        step(
            "conflict_found",
            _("Toewijzing ingetrokken wegens een belangenconflict"),
            [AssignmentState.INVITED, AssignmentState.ACCEPTED],
            AssignmentState.REVOKED,
        ),
        # Scores that are final stay on record, but no longer count.
        step(
            "set_aside",
            _("Scores opzijgezet wegens een belangenconflict"),
            [AssignmentState.DONE],
            AssignmentState.REVOKED,
        ),
        step(
            "finish",
            _("Scores definitief maken"),
            [AssignmentState.ACCEPTED],
            AssignmentState.DONE,
            who=is_assigned_adviser,
        ),
    ],
)


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Gepland")
    RUNNING = "running", _("Bezig")
    CLOSED = "closed", _("Afgesloten")


MEETING_LIFECYCLE = Lifecycle(
    MeetingState,
    [
        step(
            "open",
            _("Vergadering openen"),
            [MeetingState.PLANNED],
            MeetingState.RUNNING,
            who=may_run_meeting,
        ),
        step(
            "close",
            _("Vergadering afsluiten"),
            [MeetingState.RUNNING],
            MeetingState.CLOSED,
            who=may_run_meeting,
        ),
    ],
)

FEEDBACK_LIFECYCLE = Lifecycle(
    FeedbackState,
    [
        # Also again, for another moment.
        step(
            "plan",
            _("Feedbackgesprek plannen"),
            [FeedbackState.ASKED, FeedbackState.PLANNED],
            FeedbackState.PLANNED,
            who=may_hold_talk,
        ),
        # Some talks are held at once, by telephone.
        step(
            "hold",
            _("Feedbackgesprek vastleggen"),
            [FeedbackState.ASKED, FeedbackState.PLANNED],
            FeedbackState.HELD,
            who=may_hold_talk,
        ),
    ],
)
