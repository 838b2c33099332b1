"""What an award does to the grant: shown before, and computed again under lock when it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from common.moments import today
from common.money import ZERO, round_cents
from funding.lifecycle import InstalmentState, RequestState
from funding.models import CofinancingRequest, Commitment, CommitteeDecision, Instalment
from funding.recompute import Lowered, Part, lower
from projects.models import Procurement

FIXED_STATES = frozenset(
    {
        InstalmentState.CLAIMED,
        InstalmentState.CHECKED,
        InstalmentState.APPROVED,
        InstalmentState.PAID,
    }
)
"""From the claim on, an instalment keeps its amount."""


@dataclass(frozen=True)
class CommitmentEffect:
    """What happens to one commitment; `vak_comes_back` in the year of the commitment only."""

    commitment: Commitment
    lowered: Lowered
    vak_comes_back: bool


@dataclass(frozen=True)
class AwardEffect:
    """What an award does. `by_rule` is the rate times what counts of the award. EUR."""

    eligible: Decimal
    rate: Decimal | None
    by_rule: Decimal | None
    kept_before: Decimal
    effects: list[CommitmentEffect]

    @property
    def released(self) -> Decimal:
        return sum((one.lowered.released for one in self.effects), ZERO)

    @property
    def kept_after(self) -> Decimal:
        return self.kept_before - self.released

    @property
    def stays_too_much(self) -> Decimal:
        """What was claimed or paid above what the rule gives now: for the final settlement."""
        if self.by_rule is None:
            return ZERO
        return max(ZERO, self.kept_after - self.by_rule)

    @property
    def is_dearer(self) -> bool:
        """Whether the rule would give more now than was granted; the grant stays as it is."""
        return self.by_rule is not None and self.by_rule > self.kept_before


def parts_of(instalments: Iterable[Instalment]) -> list[Part]:
    """The instalments that still count, in order; a cancelled one does not. One query, for claims
    that were not fetched with them."""
    rows = list(instalments)
    prefetch_related_objects(rows, "claims")
    return [
        Part(
            number=one.number,
            share=one.share,
            amount=one.amount,
            is_fixed=one.state in FIXED_STATES,
            condition=one.condition,
            expected_on=one.expected_on,
            asked=_asked(one),
        )
        for one in sorted(rows, key=lambda one: one.number)
        if one.state != InstalmentState.CANCELLED
    ]


def _asked(instalment: Instalment) -> Decimal | None:
    """What stands of its claim: accepted, or asked as long as it is not checked. EUR."""
    if instalment.state not in FIXED_STATES:
        return None
    for claim in instalment.claims.all():
        if claim.rejected_at is None:
            return claim.amount if claim.accepted_amount is None else claim.accepted_amount
    return None


def commitments_of(procurement: Procurement) -> list[Commitment]:
    """The commitments for a procurement, newest first; four queries."""
    return list(
        Commitment.objects.filter(decision__request__procurement=procurement)
        .select_related("line__budget_year", "decision__request", "project")
        .prefetch_related("instalments__claims")
        .order_by("-effective_on", "-pk")
    )


def lowered(commitment: Commitment, target: Decimal) -> Lowered:
    """The commitment before and after what is kept of it becomes `target`. EUR."""
    return lower(
        kept=commitment.committed - commitment.released,
        paid=commitment.paid,
        parts=parts_of(commitment.instalments.all()),
        target=target,
    )


def effect_on(commitment: Commitment, target: Decimal) -> CommitmentEffect:
    """The same, with whether VAK comes back when it is done today."""
    return CommitmentEffect(
        commitment=commitment,
        lowered=lowered(commitment, target),
        vak_comes_back=today().year == commitment.line.budget_year.year,
    )


def award_effect(procurement: Procurement, eligible: Decimal) -> AwardEffect:
    """What an award of which `eligible` EUR counts does to the commitments of the procurement.

    Without commitment nothing changes. An addition is lowered before the first grant.

    Source: domain.md 6.2 (award cheaper than estimated: the difference is released).
    """
    commitments = commitments_of(procurement)
    kept = sum((one.committed - one.released for one in commitments), ZERO)
    if not commitments:
        return AwardEffect(eligible, None, None, kept, [])
    decision = commitments[-1].decision
    assert decision is not None  # the filter of `commitments_of`
    rate = decision.request.rate
    by_rule = round_cents(eligible * rate)
    surplus = max(ZERO, kept - by_rule)
    effects = []
    for commitment in commitments:
        own = commitment.committed - commitment.released
        effect = effect_on(commitment, max(ZERO, own - surplus))
        surplus -= effect.lowered.released
        effects.append(effect)
    return AwardEffect(eligible, rate, by_rule, kept, effects)


def refuse_early_award(procurement: Procurement) -> None:
    """Raises ValidationError while the committee decides, or its grant was not committed."""
    requests = CofinancingRequest.objects.filter(procurement=procurement)
    if requests.filter(state__in=[RequestState.REQUESTED, RequestState.POSTPONED]).exists():
        raise ValidationError(
            _(
                "Over de cofinanciering van deze opdracht is nog niet beslist. Noteer de gunning "
                "na de beslissing."
            )
        )
    uncommitted = CommitteeDecision.objects.filter(
        request__in=requests,
        outcome=CommitteeDecision.Outcome.GRANTED,
        commitment__isnull=True,
    )
    if uncommitted.exists():
        raise ValidationError(
            _("Het toegekende bedrag is nog niet vastgelegd. Leg het eerst vast.")
        )
