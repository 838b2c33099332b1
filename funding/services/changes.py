"""Asking a change of a grant, and deciding on it.

Locks are taken in the order of the ledger: project, line, commitment, instalments, change.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.money import ZERO, format_eur, round_cents
from funding.lifecycle import CHANGE_LIFECYCLE, ChangeState
from funding.models import (
    BudgetLine,
    ChangeKind,
    ChangeRequest,
    CofinancingRequest,
    Commitment,
    TenderDocument,
)
from funding.policies import may_ask_change, may_decide_change, may_withdraw_change
from funding.recompute import Picture, changed, taken_of
from funding.selectors.changes import picture_of
from funding.services.commitments import release_commitment, write_parts
from funding.services.mails import tell_change
from projects.models import Project, ProjectPhase

FIELDS = {
    "funding_change_is_reasoned": "reason",
    "funding_change_refusal_is_reasoned": "note",
}


@transaction.atomic
def ask_change(
    *,
    commitment: Commitment,
    kind: str,
    reason: str,
    by: User,
    new_base: Decimal | None = None,
    new_amount: Decimal | None = None,
    new_end: date | None = None,
    description: str = "",
) -> ChangeRequest:
    """Ask another amount, period, scope or partner; before and after are kept with it. EUR.

    Raises:
        PermissionDenied: when `by` may not ask for the beneficiary.
        ValidationError: a change is running, nothing changes, or the change cannot be.
    """
    may_ask_change.check(by, commitment)
    commitment = _locked(commitment)
    change = ChangeRequest(
        commitment=commitment,
        kind=kind,
        reason=reason.strip(),
        new_base=new_base,
        new_amount=new_amount,
        new_end=new_end,
        description=description.strip(),
        asked_by=by,
    )
    before, after = _pictures(change)
    change.before, change.after = before.as_json(), after.as_json()
    with readable_constraints(fields=FIELDS):
        change.save()
    record(
        actor=by,
        action="change.asked",
        label=_("Wijziging gevraagd: %(kind)s") % {"kind": change.get_kind_display()},
        about=commitment.project,
        data={"change": change.pk, "commitment": commitment.number},
    )
    return change


@transaction.atomic
def withdraw_change(*, change: ChangeRequest, by: User) -> ChangeRequest:
    """Take the question back.

    Raises:
        PermissionDenied: when `by` may not ask for the beneficiary.
        TransitionRefused: when it was decided or withdrawn.
    """
    may_withdraw_change.check(by, change)
    change = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=change.pk)
    CHANGE_LIFECYCLE.perform(change, "withdraw", actor=by)
    return change


@transaction.atomic
def decide_change(
    *, change: ChangeRequest, accept: bool, by: User, note: str = ""
) -> ChangeRequest:
    """Accept or refuse. What is accepted is done in the same transaction, as it is computed now:
    less is released, more becomes a request to the committee, days move, the rest is noted.

    Raises:
        PermissionDenied: when `by` asked it, or does not decide on such a change.
        TransitionRefused: when it was decided or withdrawn.
        ValidationError: a refusal without reasons, or the change cannot be any more.
    """
    may_decide_change.check(by, change)
    commitment = _locked(change.commitment)
    change = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=change.pk)
    change.commitment = commitment
    if not accept and not note.strip():
        raise ValidationError({"note": _("Schrijf waarom u de wijziging weigert.")})
    change.decided_by, change.decided_at, change.decision_note = by, clock.now(), note.strip()
    fields = ["decided_by", "decided_at", "decision_note", "before", "after", "addition"]
    if accept and change.state == ChangeState.ASKED:
        before, after = _pictures(change)
        _apply(change, before, after, by)
        change.before, change.after = before.as_json(), after.as_json()
    step = "accept" if accept else "refuse"
    with readable_constraints(fields=FIELDS):
        CHANGE_LIFECYCLE.perform(change, step, actor=by, comment=change.decision_note, save=fields)
    record(
        actor=by,
        action="change.accepted" if accept else "change.refused",
        label=_("Wijziging %(kind)s: %(state)s")
        % {"kind": change.get_kind_display(), "state": change.get_state_display()},
        about=commitment.project,
        comment=change.description or change.decision_note,
        data={"change": change.pk, "commitment": commitment.number},
    )
    tell_change(change)
    return change


def _pictures(change: ChangeRequest) -> tuple[Picture, Picture]:
    """Before and after as they are now.

    Raises:
        ValidationError: when that cannot be.
    """
    before = picture_of(change.commitment)
    if change.kind == ChangeKind.AMOUNT:
        _refuse_impossible_amount(change, before)
    if change.kind == ChangeKind.PERIOD:
        _refuse_impossible_end(change, before)
    if change.kind in {ChangeKind.SCOPE, ChangeKind.PARTNER} and not change.description:
        raise ValidationError({"description": _("Schrijf wat er verandert.")})
    after = changed(
        before,
        new_base=change.new_base,
        new_amount=change.new_amount,
        new_end=change.new_end,
        text=change.description,
    )
    return before, after


def _refuse_impossible_amount(change: ChangeRequest, before: Picture) -> None:
    if change.commitment.decision is None:
        raise ValidationError(
            _("Een afspraak over het voortraject wijzigt u met een nieuwe afspraak.")
        )
    request = change.commitment.decision.request
    base, amount = change.new_base, change.new_amount
    if base is None or base <= ZERO:
        raise ValidationError({"new_base": _("Vul een bedrag van meer dan nul in.")})
    if amount is None or amount <= ZERO:
        raise ValidationError({"new_amount": _("Vul een bedrag van meer dan nul in.")})
    if amount == before.kept:
        raise ValidationError({"new_amount": _("Dit is het bedrag dat nu is toegekend.")})
    least = max(taken_of(before.parts), before.paid)
    if amount < least:
        raise ValidationError(
            {
                "new_amount": _("Er is al %(sum)s aangevraagd of betaald; lager kan niet.")
                % {"sum": format_eur(least)}
            }
        )
    if (
        request.ceiling is not None
        and not request.ceiling_is_indicative
        and amount > request.ceiling
    ):
        raise ValidationError(
            {
                "new_amount": _("Het plafond van de oproep is bindend: hoogstens %(ceiling)s.")
                % {"ceiling": format_eur(request.ceiling)}
            }
        )


def _refuse_impossible_end(change: ChangeRequest, before: Picture) -> None:
    end = change.new_end
    if end is None:
        raise ValidationError({"new_end": _("Vul de nieuwe einddatum in.")})
    if end == before.ends_on:
        raise ValidationError({"new_end": _("Dit is de einddatum van nu.")})
    starts = [one.starts_on for one in before.phases if one.is_own and one.starts_on]
    if end <= change.commitment.effective_on or any(end < start for start in starts):
        raise ValidationError(
            {"new_end": _("Kies een dag na de vastlegging en na de start van de fase.")}
        )


def _apply(change: ChangeRequest, before: Picture, after: Picture, by: User) -> None:
    commitment = change.commitment
    if after.wanted > after.kept:
        change.addition = _ask_committee(change, after, by)
    elif before.kept > after.kept:
        release_commitment(
            commitment=commitment,
            amount=before.kept - after.kept,
            reason=_("Wijziging van het bedrag: %(reason)s") % {"reason": change.reason},
            by=by,
        )
    write_parts(commitment, after.parts, by)
    for old, new in zip(before.phases, after.phases, strict=True):
        if new != old:
            ProjectPhase.objects.filter(pk=new.key).update(
                starts_on=new.starts_on, ends_on=new.ends_on
            )


def _ask_committee(change: ChangeRequest, after: Picture, by: User) -> CofinancingRequest:
    """The difference as a request of its own: a commitment is dated at a decision (domain.md 6.6).

    It takes the tender document of the first request along; a newer one may replace it.
    """
    decision = change.commitment.decision
    # An amount is only changed on a decision, and for a new cost: `_refuse_impossible_amount`.
    assert decision is not None
    assert after.base is not None
    first = decision.request
    more = after.wanted - after.kept
    advised_in_all = first.rate * after.base
    if first.ceiling is not None:
        advised_in_all = min(advised_in_all, first.ceiling)
    advised = round_cents(max(ZERO, advised_in_all - after.kept))
    request = CofinancingRequest(
        procurement=first.procurement,
        adds_to=change.commitment,
        eligible_base=after.base,
        rate=first.rate,
        ceiling=first.ceiling,
        ceiling_is_indicative=first.ceiling_is_indicative,
        advised_amount=advised,
        rule_explanation=_("%(rule)s Al toegekend: %(kept)s. Aanvulling: %(more)s.")
        % {"rule": after.rule, "kept": format_eur(after.kept), "more": format_eur(more)},
        requested_amount=more,
        override_reason=change.reason if more > advised else "",
        requested_by=by,
    )
    with readable_constraints():
        request.save()
    latest = first.tender_documents.order_by("-version").first()
    if latest is not None:
        TenderDocument.objects.create(
            request=request, version=1, file=latest.file, note=latest.note, added_by=by
        )
    return request


def _locked(commitment: Commitment) -> Commitment:
    Project.objects.select_for_update(of=("self",)).get(pk=commitment.project_id)
    BudgetLine.objects.select_for_update(of=("self",)).get(pk=commitment.line_id)
    return (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("project__organisation", "decision__request__procurement")
        .get(pk=commitment.pk)
    )
