"""The rules: there from the first migrate, changed by staff with a reason."""

from typing import Any

from django.db import transaction

from audit.services import record
from common.constraints import readable_constraints
from retention.models import RetentionRule
from retention.policies import may_change_rules
from retention.registry import RULES


def install_rules(**_: Any) -> None:
    """Add the rules that are not there yet; listener of `post_migrate`. Changes none that is."""
    RetentionRule.objects.bulk_create(
        [
            RetentionRule(
                code=code,
                label=rule.label,
                starts=rule.starts,
                months=rule.months,
                warning_days=rule.warning_days,
                basis=rule.basis,
                destination=rule.destination,
            )
            for code, rule in RULES.items()
        ],
        ignore_conflicts=True,
    )


def change_rule(
    *,
    rule: RetentionRule,
    months: int,
    warning_days: int,
    basis: str,
    destination: str,
    reason: str,
    by: Any,
) -> RetentionRule:
    """Set another term (in months) or another ground; the acts keep why and what it was.

    A list that was drawn keeps the term of its day: each thing is judged again, under the rule as
    it is then, when the list is carried out.

    Raises:
        PermissionDenied: when `by` may not.
        ValidationError: when the term is not possible.
    """
    may_change_rules.check(by)
    with transaction.atomic(), readable_constraints():
        locked = RetentionRule.objects.select_for_update().get(pk=rule.pk)
        was = {"months": locked.months, "warning_days": locked.warning_days}
        locked.months, locked.warning_days = months, warning_days
        locked.basis, locked.destination = basis, destination
        locked.save()
        record(
            actor=by,
            action="retention.rule_changed",
            label="Bewaartermijn gewijzigd",
            about=locked,
            comment=reason,
            data={"was": was, "becomes": {"months": months, "warning_days": warning_days}},
        )
    return locked
