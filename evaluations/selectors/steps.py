"""Where a file stands and what the next step is, for the person who looks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Consensus, SelectionDecision
from evaluations.policies import (
    may_assign,
    may_check_completeness,
    may_notify,
    may_see_decision,
)
from evaluations.selectors.assessment import lead_assignment, own_assignment
from evaluations.selectors.conflicts import decision_obstacle
from evaluations.selectors.files import draft_advice
from evaluations.selectors.readers import (
    consensus_of,
    needs_consensus,
    readers_of,
    still_to_answer,
    unfinished,
)
from projects.lifecycle import ProposalState
from projects.models import Proposal


@dataclass(frozen=True)
class NextStep:
    """`text` says what is next and for whom; `url` and `label` are there when it is for you."""

    text: str
    label: str = ""
    url: str = ""


def next_step(user: Any, proposal: Proposal) -> NextStep:
    """The sentence at the top of the file page, with a button for who must act."""
    own = own_assignment(user, proposal)
    if own is not None and proposal.state == ProposalState.ASSESSMENT:
        if own.state == AssignmentState.INVITED:
            text = _("Beantwoord de uitnodiging: hebt u een belangenconflict met dit dossier?")
            return _step(text, _("Uitnodiging beantwoorden"), proposal, "assignment")
        if own.state == AssignmentState.ACCEPTED:
            text = _("Geef scores met een motivering en maak ze definitief.")
            return _step(text, _("Scores geven"), proposal, "scoring")
        step = _among_readers(own, proposal)
        if step is not None:
            return step
    return _BY_STATE[ProposalState(proposal.state)](user, proposal)


def _among_readers(own: Assignment, proposal: Proposal) -> NextStep | None:
    """For a reader whose scores are final: waiting, agreeing on common scores, or advising."""
    readers = readers_of(proposal)
    if unfinished(readers):
        return NextStep(
            _("U bent klaar. Nog niet alle lezers hebben hun scores definitief gemaakt.")
        )
    if needs_consensus(proposal, readers):
        found = consensus_of(proposal)
        if found is None or found.finalised_at is None:
            return _consensus_step(own, proposal, readers, found)
    if own.is_lead:
        text = _("Schrijf het advies en maak het definitief.")
        return _step(text, _("Advies schrijven"), proposal, "advice")
    return None


def _consensus_step(
    own: Assignment, proposal: Proposal, readers: list[Assignment], found: Consensus | None
) -> NextStep:
    if found is None or found.proposed_at is None:
        if own.is_lead:
            text = _("Stel gemeenschappelijke scores voor aan de andere lezers.")
            return _step(text, _("Consensus zoeken"), proposal, "consensus")
        return NextStep(_("Wie het advies schrijft, stelt gemeenschappelijke scores voor."))
    waiting = still_to_answer(found, readers)
    if own in waiting:
        text = _("Lees de gemeenschappelijke scores en zeg of u akkoord gaat.")
        return _step(text, _("Antwoorden"), proposal, "consensus")
    if own.is_lead and not waiting:
        text = _("Niet iedereen gaat akkoord met de gemeenschappelijke scores. Pas ze aan.")
        return _step(text, _("Consensus zoeken"), proposal, "consensus")
    return NextStep(_("De gemeenschappelijke scores liggen bij de lezers."))


def _step(text: str, label: str, proposal: Proposal, page: str) -> NextStep:
    return NextStep(text, label, reverse(f"evaluations:{page}", args=[proposal.reference]))


def _submitted(user: Any, proposal: Proposal) -> NextStep:
    if proposal.reopened_at is not None:
        return NextStep(
            _(
                "De aanvrager heropende het voorstel. U leest de versie die telt. Controleren kan "
                "na het einde van de indienronde, of zodra er een nieuwe versie is."
            )
        )
    if may_check_completeness.test(user, None):
        text = _("Controleer of het voorstel volledig is.")
        return _step(text, _("Volledigheid controleren"), proposal, "completeness")
    return NextStep(_("Het PIO-team controleert of het voorstel volledig is."))


def _assigning(user: Any, proposal: Proposal) -> NextStep:
    if lead_assignment(proposal) is not None:
        return NextStep(_("De adviseur beoordeelt het voorstel."))
    if may_assign.test(user, None):
        text = _("Wijs een adviseur toe die het advies schrijft.")
        return _step(text, _("Adviseur toewijzen"), proposal, "assignment")
    return NextStep(_("Het PIO-team wijst een adviseur toe."))


def _advised(user: Any, proposal: Proposal) -> NextStep:
    if draft_advice(proposal) is not None:
        return NextStep(_("De adviseur verbetert het advies."))
    decision = SelectionDecision.objects.filter(proposal=proposal).first()
    if decision is None or not may_see_decision.test(user, proposal):
        if decision is None and not decision_obstacle(user, proposal):
            text = _("Het advies is definitief. Beslis over de selectie.")
            return _step(text, _("Beslissen"), proposal, "decide")
        return NextStep(_("Het advies is definitief. De beslissing volgt."))
    if may_notify.test(user, None):
        text = _("Er is beslist. Deel de beslissing mee aan de aanvrager.")
        return _step(text, _("Beslissing meedelen"), proposal, "decide")
    return NextStep(_("Er is beslist. Het PIO-team deelt de beslissing mee."))


def _sentence(text: Any) -> Callable[[Any, Proposal], NextStep]:
    return lambda user, proposal: NextStep(str(text))


_BY_STATE: dict[ProposalState, Callable[[Any, Proposal], NextStep]] = {
    ProposalState.DRAFT: _sentence(gettext_lazy("De aanvrager werkt nog aan het voorstel.")),
    ProposalState.SUBMITTED: _submitted,
    ProposalState.INCOMPLETE: _sentence(gettext_lazy("De aanvrager vult het voorstel aan.")),
    ProposalState.COMPLETE: _assigning,
    ProposalState.ASSESSMENT: _assigning,
    ProposalState.ADVISED: _advised,
    ProposalState.SELECTED: _sentence(
        gettext_lazy("Geselecteerd en meegedeeld. Het vervolg staat bij het project.")
    ),
    ProposalState.NOT_SELECTED: _sentence(
        gettext_lazy("Niet geselecteerd en meegedeeld. Dit dossier is afgerond.")
    ),
    ProposalState.WITHDRAWN: _sentence(gettext_lazy("De aanvrager trok het voorstel in.")),
}

_LINE = [
    ({ProposalState.SUBMITTED, ProposalState.INCOMPLETE}, "completeness"),
    ({ProposalState.COMPLETE}, "assignment"),
    ({ProposalState.ASSESSMENT}, "assessment"),
    ({ProposalState.ADVISED}, "decision"),
    ({ProposalState.SELECTED, ProposalState.NOT_SELECTED}, "notified"),
]


def file_steps(proposal: Proposal) -> list[dict[str, str]]:
    """The way of a file as a line of steps, with the current one marked."""
    labels = {
        "completeness": _("Volledigheid"),
        "assignment": _("Toewijzing"),
        "assessment": _("Beoordeling en advies"),
        "decision": _("Beslissing"),
        "notified": _("Meegedeeld"),
    }
    current = next((n for n, (states, _name) in enumerate(_LINE) if proposal.state in states), -1)
    last = len(_LINE) - 1
    return [
        {
            "label": labels[name],
            "state": "done"
            if number < current or current == last
            else "current"
            if number == current
            else "todo",
        }
        for number, (_states, name) in enumerate(_LINE)
    ]
