"""Until when a proposal may be handed in: the round of the call, or the time to complete it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from calls.lifecycle import CallState
from calls.models import SubmissionRound
from common.formatting import format_deadline, format_moment
from projects.lifecycle import ProposalState
from projects.models import Proposal


@dataclass(frozen=True)
class Window:
    """Whether handing in is possible at an instant; if not, `sentence` explains.

    `closes_at` is exclusive: at that very instant it is too late. None: no date is known.
    """

    is_open: bool
    closes_at: datetime | None
    round: SubmissionRound | None
    sentence: str
    is_late: bool = False


def window_at(proposal: Proposal, instant: datetime) -> Window:
    """The window of a proposal; costs no query when `call__rounds` is prefetched."""
    if proposal.state == ProposalState.INCOMPLETE:
        return _correction_window(proposal, instant)
    rounds = sorted(proposal.call.rounds.all(), key=lambda r: r.closes_at)
    is_published = proposal.call.state == CallState.PUBLISHED
    if not is_published and not any(r.closes_at <= instant for r in rounds):
        return Window(False, None, None, _("Deze oproep neemt geen voorstellen aan."))
    for candidate in rounds if is_published else []:
        if candidate.is_open_at(instant):
            return Window(True, candidate.closes_at, candidate, "")
        if candidate.opens_at > instant:
            return Window(
                False,
                candidate.closes_at,
                candidate,
                _("Indienen kan vanaf %(moment)s. U kunt uw voorstel nu al opmaken.")
                % {"moment": format_moment(candidate.opens_at)},
            )
    if not rounds:
        return Window(False, None, None, _("Deze oproep heeft nog geen indienronde."))
    last = rounds[-1]
    return Window(False, last.closes_at, last, _too_late(last.closes_at), is_late=True)


def _correction_window(proposal: Proposal, instant: datetime) -> Window:
    ends = [
        moment
        for moment in (
            proposal.round.closes_at if proposal.round else None,
            proposal.correction_until,
        )
        if moment is not None
    ]
    closes_at = max(ends, default=None)
    if closes_at is not None and instant < closes_at:
        return Window(True, closes_at, proposal.round, "")
    if closes_at is None:
        return Window(False, None, None, _("Dit voorstel kan niet meer aangevuld worden."))
    return Window(False, closes_at, proposal.round, _too_late(closes_at), is_late=True)


def _too_late(closes_at: datetime) -> str:
    return _(
        "U kunt niet meer indienen: dat kon tot %(deadline)s. Uw ontwerp blijft bewaard en u kunt "
        "het gebruiken voor een volgende oproep. Vragen? Neem contact op met het PIO-team."
    ) % {"deadline": format_deadline(closes_at)}
