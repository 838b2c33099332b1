"""The award of a procurement, and what it releases of the grant."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.moments import today
from common.money import ZERO, format_eur
from funding.models import BudgetLine, Commitment
from funding.selectors.award import AwardEffect, award_effect, refuse_early_award
from funding.services.claims import vat_counts
from funding.services.commitments import release_commitment
from projects.models import Procurement, Project
from projects.policies import may_guide_project
from projects.services.projects import record_award

HIGHEST_VAT = Decimal("1.21")
"""What counts of an award is at most the award with the highest VAT there is in Belgium."""


@transaction.atomic
def award_procurement(
    *,
    procurement: Procurement,
    awarded_on: date,
    award_amount: Decimal,
    contractor_name: str,
    contractor_kbo: str,
    by: User,
    eligible_amount: Decimal | None = None,
    contractor_is_sme: bool | None = None,
    contractor_is_startup: bool | None = None,
    contractor_region: str = "",
    procedure: str = "",
    published_on: date | None = None,
    notice_number: str = "",
    award_notice_number: str = "",
    tenders_received: int | None = None,
    expected_release: Decimal | None = None,
) -> AwardEffect:
    """Note the award and, in the same transaction, release what the grant is then too high.

    `award_amount` excludes VAT; `eligible_amount` is what counts of it, the whole without. EUR.
    `expected_release` is what was shown before: when something else would come free, nothing is
    done. A dearer contract leaves the grant as it is.

    Source: domain.md 6.2.

    Raises:
        PermissionDenied: when `by` may not guide projects, or may not release when that is needed.
        ValidationError: awarded already, too early (see `refuse_early_award`), a field is wrong, or
            something else would be released than was shown.
    """
    may_guide_project.check(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=procurement.project_id)
    refuse_early_award(procurement)
    if awarded_on > today():
        raise ValidationError({"awarded_on": _("Deze dag ligt in de toekomst.")})
    eligible = award_amount if eligible_amount is None else eligible_amount
    most = award_amount * HIGHEST_VAT if vat_counts(project) else award_amount
    if award_amount > ZERO and not ZERO < eligible <= most:
        raise ValidationError(
            {"eligible_amount": _("Vul in welk deel van het gunningsbedrag meetelt.")}
        )
    _lock_money(procurement)
    effect = award_effect(procurement, eligible)
    if expected_release is not None and effect.released != expected_release:
        raise ValidationError(
            _(
                "Er zou nu %(now)s vrijkomen en niet %(shown)s. Bekijk de gevolgen opnieuw vóór u "
                "bevestigt."
            )
            % {"now": format_eur(effect.released), "shown": format_eur(expected_release)},
            code="changed",
        )
    record_award(
        project=project,
        procurement=procurement,
        by=by,
        awarded_on=awarded_on,
        award_amount=award_amount,
        award_eligible_amount=eligible,
        contractor_name=contractor_name.strip(),
        contractor_kbo=contractor_kbo,
        contractor_is_sme=contractor_is_sme,
        contractor_is_startup=contractor_is_startup,
        contractor_region=contractor_region,
        procedure=procedure,
        published_on=published_on,
        notice_number=notice_number.strip(),
        award_notice_number=award_notice_number.strip(),
        tenders_received=tenders_received,
    )
    reason = _("Gunning lager dan geraamd: %(sum)s") % {"sum": format_eur(award_amount)}
    for one in effect.effects:
        if one.lowered.released > ZERO:
            release_commitment(
                commitment=one.commitment, amount=one.lowered.released, reason=reason, by=by
            )
    return effect


def _lock_money(procurement: Procurement) -> None:
    """Lines, then commitments, each by key, so that what is computed next stays true."""
    found = Commitment.objects.filter(decision__request__procurement=procurement)
    lines = set(found.values_list("line_id", flat=True))
    list(BudgetLine.objects.select_for_update(of=("self",)).filter(pk__in=lines).order_by("pk"))
    list(found.select_for_update(of=("self",)).order_by("pk"))
