"""The states of proposals and projects and the steps between them (domain.md 3.2).

The outcome of a proposal becomes its state only when it is notified: before that the decision is a
row of the evaluations app, so an applicant's page cannot show it by accident.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.policies import is_adviser, is_programme_office, is_team_member
from common.lifecycle import Lifecycle, step
from projects.policies import (
    is_submitter,
    may_answer_request,
    may_ask_information,
    may_deliver,
    may_guide_project,
)


class ProposalState(models.TextChoices):
    DRAFT = "draft", _("Ontwerp")
    SUBMITTED = "submitted", _("Ingediend")
    INCOMPLETE = "incomplete", _("Onvolledig")
    COMPLETE = "complete", _("Volledig")
    ASSESSMENT = "assessment", _("In beoordeling")
    ADVISED = "advised", _("Advies uitgebracht")
    SELECTED = "selected", _("Geselecteerd")
    NOT_SELECTED = "not_selected", _("Niet geselecteerd")
    WITHDRAWN = "withdrawn", _("Ingetrokken")


UNDECIDED_STATES = frozenset(
    {
        ProposalState.SUBMITTED,
        ProposalState.INCOMPLETE,
        ProposalState.COMPLETE,
        ProposalState.ASSESSMENT,
        ProposalState.ADVISED,
    }
)
"""Submitted, and the applicant does not know the outcome yet."""


def _has_reason(proposal: Any) -> None:
    if not proposal.withdrawal_reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom u het voorstel intrekt.")})


def _may_be_handed_in(proposal: Any) -> None:
    if proposal.state == ProposalState.SUBMITTED and proposal.reopened_at is None:
        raise ValidationError(_("Dit voorstel is al ingediend. Heropen het om iets te wijzigen."))


def _is_not_being_changed(proposal: Any) -> None:
    if proposal.reopened_at is not None:
        raise ValidationError(
            _(
                "De aanvrager heropende dit voorstel en kan tot het einde van de indienronde een "
                "nieuwe versie indienen. Daarna kunt u het nakijken."
            ),
            code="reopened",
        )


PROPOSAL_LIFECYCLE = Lifecycle(
    ProposalState,
    [
        step(
            "submit",
            _("Indienen"),
            # From "submitted" while it is reopened: until the closing the applicant may replace
            # what was handed in.
            [ProposalState.DRAFT, ProposalState.INCOMPLETE, ProposalState.SUBMITTED],
            ProposalState.SUBMITTED,
            who=is_submitter,
            guard=_may_be_handed_in,
        ),
        step(
            "mark_complete",
            _("Volledig verklaren"),
            [ProposalState.SUBMITTED],
            ProposalState.COMPLETE,
            who=is_team_member,
            guard=_is_not_being_changed,
        ),
        step(
            "mark_incomplete",
            _("Onvolledig verklaren"),
            [ProposalState.SUBMITTED],
            ProposalState.INCOMPLETE,
            who=is_team_member,
            guard=_is_not_being_changed,
        ),
        step(
            "start_assessment",
            _("Beoordeling starten"),
            [ProposalState.COMPLETE],
            ProposalState.ASSESSMENT,
            who=is_programme_office,
        ),
        step(
            "give_advice",
            _("Advies uitbrengen"),
            [ProposalState.ASSESSMENT],
            ProposalState.ADVISED,
            who=is_adviser,
        ),
        # A correction of the advice is a new version, as long as nothing was decided.
        step("select", _("Selecteren"), [ProposalState.ADVISED], ProposalState.SELECTED),
        step(
            "do_not_select",
            _("Niet selecteren"),
            [ProposalState.ADVISED],
            ProposalState.NOT_SELECTED,
        ),
        step(
            "withdraw",
            _("Intrekken"),
            [ProposalState.DRAFT, *sorted(UNDECIDED_STATES)],
            ProposalState.WITHDRAWN,
            who=is_submitter,
            guard=_has_reason,
        ),
    ],
)


class InformationState(models.TextChoices):
    """Of a request for further information; whether an open one is late follows from the clock."""

    OPEN = "open", _("Wacht op antwoord")
    ANSWERED = "answered", _("Beantwoord")
    WITHDRAWN = "withdrawn", _("Ingetrokken")


def _has_withdrawal_reason(request: Any) -> None:
    if not request.withdrawal_reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom u de vraag intrekt.")})


INFORMATION_LIFECYCLE = Lifecycle(
    InformationState,
    [
        step(
            "answer",
            _("Antwoorden"),
            [InformationState.OPEN],
            InformationState.ANSWERED,
            who=may_answer_request,
        ),
        step(
            "withdraw_request",
            _("Vraag intrekken"),
            [InformationState.OPEN],
            InformationState.WITHDRAWN,
            who=may_ask_information,
            guard=_has_withdrawal_reason,
        ),
    ],
)


class ProjectState(models.TextChoices):
    PREPARATION = "preparation", _("Voortraject")
    TENDER_PREPARATION = "tender_preparation", _("Opdracht in voorbereiding")
    COFINANCING_REQUESTED = "cofinancing_requested", _("Cofinanciering aangevraagd")
    COFINANCING_GRANTED = "cofinancing_granted", _("Cofinanciering goedgekeurd")
    COFINANCING_REFUSED = "cofinancing_refused", _("Cofinanciering geweigerd")
    COFINANCING_POSTPONED = "cofinancing_postponed", _("Cofinanciering uitgesteld")
    TENDER_PUBLISHED = "tender_published", _("Opdracht gepubliceerd")
    AWARDED = "awarded", _("Gegund")
    EXECUTION = "execution", _("In uitvoering")
    DELIVERED = "delivered", _("Opgeleverd")
    FINISHED = "finished", _("Afgerond")
    PAUSED = "paused", _("Gepauzeerd")
    STOPPED = "stopped", _("Stopgezet")


ENDED_PROJECT_STATES = frozenset({ProjectState.FINISHED, ProjectState.STOPPED})
_ACTIVE = [state for state in ProjectState if state not in {*ENDED_PROJECT_STATES, "paused"}]


def _has_pause_or_stop_reason(project: Any) -> None:
    if not project.stop_reason.strip():
        raise ValidationError({"reason": _("Schrijf een reden.")})


PROJECT_LIFECYCLE = Lifecycle(
    ProjectState,
    [
        step(
            "prepare_tender",
            _("Opdracht voorbereiden"),
            [ProjectState.PREPARATION, ProjectState.PAUSED],
            ProjectState.TENDER_PREPARATION,
            who=may_guide_project,
        ),
        step(
            "request_cofinancing",
            _("Cofinanciering aanvragen"),
            [
                ProjectState.PREPARATION,
                ProjectState.TENDER_PREPARATION,
                ProjectState.COFINANCING_POSTPONED,
                ProjectState.COFINANCING_REFUSED,
            ],
            ProjectState.COFINANCING_REQUESTED,
        ),
        step(
            "grant_cofinancing",
            _("Cofinanciering goedkeuren"),
            [ProjectState.COFINANCING_REQUESTED, ProjectState.COFINANCING_POSTPONED],
            ProjectState.COFINANCING_GRANTED,
        ),
        step(
            "refuse_cofinancing",
            _("Cofinanciering weigeren"),
            [ProjectState.COFINANCING_REQUESTED, ProjectState.COFINANCING_POSTPONED],
            ProjectState.COFINANCING_REFUSED,
        ),
        step(
            "postpone_cofinancing",
            _("Cofinanciering uitstellen"),
            [ProjectState.COFINANCING_REQUESTED],
            ProjectState.COFINANCING_POSTPONED,
        ),
        step(
            "publish_tender",
            _("Opdracht publiceren"),
            [ProjectState.COFINANCING_GRANTED],
            ProjectState.TENDER_PUBLISHED,
            who=may_guide_project,
        ),
        step(
            "award",
            _("Gunnen"),
            [ProjectState.COFINANCING_GRANTED, ProjectState.TENDER_PUBLISHED],
            ProjectState.AWARDED,
            # Follows from the award that is noted on the procurement.
        ),
        step(
            "start_execution",
            _("Uitvoering starten"),
            [ProjectState.AWARDED],
            ProjectState.EXECUTION,
            who=may_guide_project,
        ),
        step(
            "deliver",
            _("Opleveren"),
            [ProjectState.EXECUTION],
            ProjectState.DELIVERED,
            who=may_guide_project,
        ),
        step(
            "finish",
            _("Afronden"),
            [ProjectState.DELIVERED],
            ProjectState.FINISHED,
            who=may_guide_project,
        ),
        step(
            "pause",
            _("Pauzeren"),
            [ProjectState.PREPARATION, ProjectState.TENDER_PREPARATION],
            ProjectState.PAUSED,
            who=may_guide_project,
            guard=_has_pause_or_stop_reason,
        ),
        # A stopped innovation project is a normal outcome (domain.md 3.2).
        step(
            "stop",
            _("Stopzetten"),
            [*_ACTIVE, ProjectState.PAUSED],
            ProjectState.STOPPED,
            who=may_guide_project,
            guard=_has_pause_or_stop_reason,
        ),
    ],
)


class ObligationState(models.TextChoices):
    """Of what a project must deliver; whether an open one is late follows from the clock."""

    OPEN = "open", _("Te leveren")
    DELIVERED = "delivered", _("Geleverd")
    ACCEPTED = "accepted", _("Aanvaard")
    WAIVED = "waived", _("Hoeft niet meer")


OBLIGATION_LIFECYCLE = Lifecycle(
    ObligationState,
    [
        step(
            "deliver",
            _("Leveren"),
            [ObligationState.OPEN],
            ObligationState.DELIVERED,
            who=may_deliver,
        ),
        step(
            "accept",
            _("Aanvaarden"),
            [ObligationState.DELIVERED],
            ObligationState.ACCEPTED,
            who=may_guide_project,
        ),
        step(
            "send_back",
            _("Terugsturen"),
            [ObligationState.DELIVERED],
            ObligationState.OPEN,
            who=may_guide_project,
        ),
        step(
            "waive",
            _("Laten vallen"),
            [ObligationState.OPEN],
            ObligationState.WAIVED,
            who=may_guide_project,
        ),
    ],
)
