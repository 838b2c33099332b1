"""The readers of a file, and what they must agree on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from calls.models import ConsensusRule, Criterion
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, Consensus, ConsensusReply, ConsensusScore
from evaluations.scoring import HUNDRED, MAX_SCORE, Total, consensus_is_needed
from evaluations.selectors.assessment import ScoreCard, own_assignment, total_of
from projects.models import Proposal


def readers_of(proposal: Proposal) -> list[Assignment]:
    """Active readers with their evaluation, the lead first; who left the file does not count."""
    return list(
        Assignment.objects.active()
        .filter(proposal=proposal)
        .select_related("adviser", "evaluation")
        .order_by("-is_lead", "pk")
    )


def unfinished(readers: Sequence[Assignment]) -> list[Assignment]:
    """Those whose scores are not final."""
    return [reader for reader in readers if reader.state != AssignmentState.DONE]


def needs_consensus(proposal: Proposal, readers: Sequence[Assignment]) -> bool:
    """Whether these readers, when all are done, must agree on common scores first."""
    return not unfinished(readers) and consensus_is_needed(
        proposal.call,
        [(one.evaluation.total_percent, one.evaluation.passes) for one in readers],
    )


def consensus_of(proposal: Proposal) -> Consensus | None:
    """The common scores with what the readers answered, newest answer first."""
    return (
        Consensus.objects.filter(proposal=proposal)
        .select_related("updated_by")
        .prefetch_related(
            Prefetch("scores", ConsensusScore.objects.order_by("pk")),
            Prefetch(
                "replies",
                ConsensusReply.objects.select_related("assignment__adviser").order_by(
                    "-replied_at", "-pk"
                ),
            ),
        )
        .first()
    )


def may_see_consensus(user: Any, proposal: Proposal) -> bool:
    """A reader sees scores of others once the own ones are final; who may see the file sees all."""
    if proposal.call.consensus_rule == ConsensusRule.NONE:
        return False
    own = own_assignment(user, proposal)
    return own is None or own.state == AssignmentState.DONE


def answers_on(consensus: Consensus, readers: Sequence[Assignment]) -> dict[int, ConsensusReply]:
    """The last answer of each reader on the scores as they are now, by assignment id."""
    present = {reader.pk for reader in readers}
    found: dict[int, ConsensusReply] = {}
    for reply in sorted(consensus.replies.all(), key=lambda one: (one.replied_at, one.pk)):
        if reply.version == consensus.version and reply.assignment_id in present:
            found[reply.assignment_id] = reply
    return found


def still_to_answer(consensus: Consensus, readers: Sequence[Assignment]) -> list[Assignment]:
    """The readers beside the lead who did not agree or disagree with the scores as they are now."""
    answered = answers_on(consensus, readers)
    return [one for one in readers if not one.is_lead and one.pk not in answered]


def all_agree(consensus: Consensus, readers: Sequence[Assignment]) -> bool:
    """Whether every reader beside the lead agrees with the scores as they are now."""
    replies = answers_on(consensus, readers)
    others = [one for one in readers if not one.is_lead]
    return all(one.pk in replies and replies[one.pk].agrees for one in others)


# --- Side by side --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """What the readers gave for one criterion, or in total, in the order of the cards."""

    title: str
    readers: list[Any]
    values: list[Decimal | None]
    motivations: list[str]
    percents: list[Decimal]
    limit: Decimal
    passes: set[bool | None]

    @property
    def by_reader(self) -> list[tuple[Any, Decimal | None, str]]:
        """Who, with the score and the motivation."""
        return list(zip(self.readers, self.values, self.motivations, strict=True))

    @property
    def points(self) -> Decimal:
        """Between the highest and the lowest, in points of a percentage."""
        return max(self.percents) - min(self.percents) if self.percents else Decimal(0)

    @property
    def diverges(self) -> bool:
        """As far apart as the call calls divergent, or on both sides of the threshold."""
        return len(self.percents) > 1 and (self.points >= self.limit or len(self.passes) > 1)


def spreads(proposal: Proposal, cards: Sequence[ScoreCard]) -> tuple[list[Spread], Spread]:
    """Per criterion and in total, over the readers whose scores are final."""
    limit = proposal.call.divergence_limit
    readers = [card.assignment.adviser for card in cards]
    rows = []
    for together in zip(*(card.rows for card in cards), strict=True):
        scored = [one for one, _score in together]
        rows.append(
            Spread(
                title=scored[0].title,
                readers=readers,
                values=[one.value for one in scored],
                motivations=[score.motivation if score else "" for _one, score in together],
                percents=[
                    one.value * HUNDRED / MAX_SCORE for one in scored if one.value is not None
                ],
                limit=limit,
                passes={one.passes for one in scored},
            )
        )
    totals = [card.total.percent for card in cards]
    return rows, Spread(
        title="",
        readers=readers,
        values=totals,
        motivations=[""] * len(totals),
        percents=[one for one in totals if one is not None],
        limit=limit,
        passes={card.total.passes for card in cards},
    )


def total_of_consensus(
    consensus: Consensus, criteria: list[Criterion], threshold: Decimal
) -> Total:
    """The weighted total of the common scores."""
    values = {score.criterion_id: score.value for score in consensus.scores.all()}
    return total_of(criteria, values, threshold)
