"""Until when a proposal may be handed in: the round of the call, more time for this applicant, or
the time to complete it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from calls.models import SubmissionRound
from common.formatting import format_deadline, format_moment
from projects.lifecycle import ProposalState
from projects.models import TAKING_STATES, Proposal


@dataclass(frozen=True)
class Window:
    """Whether handing in is possible at an instant; if not, `sentence` explains.

    `closes_at` is exclusive: at that very instant it is too late. None: no date is known.
    `grace_ends_at` is there only when the closing has passed and the grace of the call still runs;
    it is the last instant that is accepted. Nobody is told of it before the closing.
    """

    is_open: bool
    closes_at: datetime | None
    round: SubmissionRound | None
    sentence: str
    is_late: bool = False
    grace_ends_at: datetime | None = None
    is_extended: bool = False

    @property
    def is_in_grace(self) -> bool:
        return self.grace_ends_at is not None


def window_at(proposal: Proposal, instant: datetime) -> Window:
    """The window of a proposal; costs no query when `call__rounds` is prefetched."""
    if proposal.state == ProposalState.INCOMPLETE:
        return _own_window(proposal, instant, proposal.correction_until)
    if proposal.state == ProposalState.SUBMITTED:
        return _own_window(proposal, instant, None)
    rounds = sorted(proposal.call.rounds.all(), key=lambda r: r.closes_at)
    takes = proposal.call.state in TAKING_STATES
    closed = [r for r in rounds if r.closes_at <= instant]
    if not takes and not closed:
        return Window(False, None, None, _("Deze oproep neemt geen voorstellen aan."))
    if takes and (found := _taking(proposal, rounds, closed, instant)):
        return found
    coming = [r for r in rounds if r.opens_at > instant]
    if takes and coming:
        return Window(
            False,
            coming[0].closes_at,
            coming[0],
            _("Indienen kan vanaf %(moment)s. U kunt uw voorstel nu al opmaken.")
            % {"moment": format_moment(coming[0].opens_at)},
        )
    if not rounds:
        return Window(False, None, None, _("Deze oproep heeft nog geen indienronde."))
    return _closed(rounds[-1], max(filter(None, [rounds[-1].closes_at, proposal.extended_until])))


def _taking(
    proposal: Proposal,
    rounds: list[SubmissionRound],
    closed: list[SubmissionRound],
    instant: datetime,
) -> Window | None:
    """An open round, then more time for this applicant, then the grace of a round."""
    is_extended = proposal.is_extended_at(instant)
    current = next((r for r in rounds if r.is_open_at(instant)), None)
    if current is None and is_extended and closed:
        current = closed[-1]
    if current is not None:
        closes_at = current.closes_at
        later = proposal.extended_until if is_extended else None
        if later is not None and later > closes_at:
            return Window(True, later, current, "", is_extended=True)
        return Window(True, closes_at, current, "")
    return _grace(next((r for r in reversed(closed) if r.is_in_grace_at(instant)), None))


def _own_window(proposal: Proposal, instant: datetime, until: datetime | None) -> Window:
    """Of what was handed in before: its round, its extension, the time to complete it."""
    own = proposal.round
    ends = [own.closes_at if own else None, until, proposal.extended_until]
    closes_at = max(filter(None, ends), default=None)
    if closes_at is None or proposal.call.state not in TAKING_STATES:
        return Window(False, None, None, _("Dit voorstel kan niet meer aangevuld worden."))
    if instant < closes_at:
        is_extended = closes_at == proposal.extended_until
        return Window(True, closes_at, own, "", is_extended=is_extended)
    in_grace = _grace(own if own and own.is_in_grace_at(instant) else None)
    return in_grace or _closed(own, closes_at)


def _grace(submission_round: SubmissionRound | None) -> Window | None:
    if submission_round is None:
        return None
    return Window(
        True,
        submission_round.closes_at,
        submission_round,
        "",
        grace_ends_at=submission_round.grace_ends_at,
    )


def _closed(submission_round: SubmissionRound | None, closes_at: datetime) -> Window:
    sentence = _(
        "U kunt niet meer indienen: dat kon tot %(deadline)s. Uw ontwerp blijft bewaard en u kunt "
        "het gebruiken voor een volgende oproep. Vragen? Neem contact op met het PIO-team."
    ) % {"deadline": format_deadline(closes_at)}
    return Window(False, closes_at, submission_round, sentence, is_late=True)
