"""The estimate (raming) as arithmetic: totals, and the co-financing that the rules give (6.2, 6.3).

Knows rows and rules, not the database. All amounts in EUR.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from calls.models import CofinancingRule, CostPhase
from common.money import ZERO, format_eur, round_cents


@dataclass(frozen=True)
class PhaseEstimate:
    """The lines of one phase added up, and what its rule gives."""

    phase: str
    label: str
    net: Decimal
    vat: Decimal
    eligible: Decimal
    requested: Decimal
    explanation: str
    exceeds_ceiling: bool

    @property
    def total(self) -> Decimal:
        return self.net + self.vat


@dataclass(frozen=True)
class Estimate:
    """A whole estimate; `requested` is rounded once, at the end of each phase."""

    phases: list[PhaseEstimate]
    other_subsidies: Decimal

    @property
    def net(self) -> Decimal:
        return sum((phase.net for phase in self.phases), ZERO)

    @property
    def vat(self) -> Decimal:
        return sum((phase.vat for phase in self.phases), ZERO)

    @property
    def total(self) -> Decimal:
        return sum((phase.total for phase in self.phases), ZERO)

    @property
    def eligible(self) -> Decimal:
        return sum((phase.eligible for phase in self.phases), ZERO)

    @property
    def requested(self) -> Decimal:
        return sum((phase.requested for phase in self.phases), ZERO)

    @property
    def own_share(self) -> Decimal:
        """What is left for the authority itself; negative when more is asked than it costs."""
        return self.total - self.requested - self.other_subsidies

    @property
    def exceeds_ceiling(self) -> bool:
        return any(phase.exceeds_ceiling for phase in self.phases)


def calculate(
    lines: Iterable[Any],
    rules: Iterable[CofinancingRule],
    *,
    vat_is_eligible: bool,
    other_subsidies: Decimal | None = ZERO,
    ceiling_reason: str = "",
) -> Estimate:
    """Add up cost lines (`phase`, `amount`, `vat`, `eligible_amount`) by phase.

    Above an indicative ceiling the request is the ceiling, or the whole share when the applicant
    gives a reason to exceed it (domain.md 0.4: ceilings are indicative, an override is reasoned).
    """
    by_phase: dict[str, list[Any]] = {}
    for line in lines:
        by_phase.setdefault(line.phase, []).append(line)
    rule_of = {rule.phase: rule for rule in rules}
    order = [phase.value for phase in CostPhase]
    return Estimate(
        [
            _phase(
                phase, by_phase[phase], rule_of.get(phase), vat_is_eligible, bool(ceiling_reason)
            )
            for phase in sorted(by_phase, key=order.index)
        ],
        other_subsidies or ZERO,
    )


def _phase(
    phase: str,
    lines: list[Any],
    rule: CofinancingRule | None,
    vat_is_eligible: bool,  # noqa: FBT001
    has_reason: bool,  # noqa: FBT001
) -> PhaseEstimate:
    net = sum((line.amount for line in lines), ZERO)
    vat = sum((line.vat for line in lines), ZERO)
    eligible = sum((line.eligible_amount(vat_is_eligible=vat_is_eligible) for line in lines), ZERO)
    label = str(CostPhase(phase).label)
    if rule is None:
        explanation = _("Deze oproep cofinanciert deze fase niet.")
        return PhaseEstimate(phase, label, net, vat, eligible, ZERO, explanation, False)
    advised = rule.advise(eligible)
    requested, explanation = advised.amount, advised.explanation
    indicative = advised.is_capped and rule.ceiling_is_indicative
    if indicative and has_reason:
        requested = round_cents(eligible * rule.rate)
        explanation += " " + _("U vraagt met een reden het hele bedrag.")
    elif indicative:
        explanation += " " + _("U vraagt het richtbedrag: %(amount)s.") % {
            "amount": format_eur(requested)
        }
    return PhaseEstimate(phase, label, net, vat, eligible, requested, explanation, indicative)
