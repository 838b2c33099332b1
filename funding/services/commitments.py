"""Committing VAK at the committee's decision, and giving back what is not needed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common.constraints import readable_constraints
from common.moments import today
from common.money import ZERO, format_eur
from funding.lifecycle import INSTALMENT_LIFECYCLE, InstalmentState
from funding.models import BudgetLine, Commitment, CommitteeDecision, LedgerEntry
from funding.models.booking import EntryKind
from funding.policies import may_commit, may_pay, may_release
from funding.recompute import Part
from funding.selectors.award import lowered
from funding.services.budget import lock_line, refuse_closed
from projects.models import Project


@transaction.atomic
def commit(*, decision: CommitteeDecision, by: User) -> Commitment:
    """Commit the granted amount, dated at the decision, on the VAK of that year (domain.md 6.6).

    The budget line is locked first, so two commitments at once queue up and the second sees what
    the first one used. The CHECK on the line refuses even when this code would not.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: when nothing was granted, it is committed already, or VAK is too short.
    """
    may_commit.check(by)
    decision = CommitteeDecision.objects.select_related("request__procurement__project").get(
        pk=decision.pk
    )
    amount = decision.granted_amount
    if decision.outcome != CommitteeDecision.Outcome.GRANTED or amount is None:
        raise ValidationError(_("Het comité kende voor deze aanvraag niets toe."))
    line = lock_line(year=decision.decided_on.year, stream=BudgetLine.Stream.COFINANCING)
    if Commitment.objects.filter(decision=decision).exists():
        raise ValidationError(_("Dit bedrag is al vastgelegd."))
    refuse_overdraft(line, amount)
    commitment = Commitment.objects.create(
        decision=decision,
        project=decision.request.procurement.project,
        line=line,
        number=f"VL-{line.budget_year.year}-{decision.pk:05d}",
        effective_on=decision.decided_on,
        recorded_by=by,
    )
    book(
        kind=LedgerEntry.Kind.COMMITMENT,
        commitment=commitment,
        line=line,
        amount=amount,
        effective_on=decision.decided_on,
        by=by,
    )
    record(
        actor=by,
        action="commitment.made",
        label=_("Vastgelegd: %(sum)s") % {"sum": format_eur(amount)},
        about=commitment.project,
        data={"commitment": commitment.number, "amount": str(amount)},
    )
    commitment.refresh_from_db()  # the totals, which the ledger's trigger wrote
    return commitment


@transaction.atomic
def commit_preparation(
    *, project: Project, amount: Decimal, agreement: str, on: date, by: User
) -> Commitment:
    """Commit the share of costs before the tender, by agreement, on the line of that stream. EUR.

    Source: domain.md 0.3: these are shared by agreement and never go to the committee.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: no agreement, an amount that is not positive, or VAK is too short.
    """
    may_commit.check(by)
    if not agreement.strip():
        raise ValidationError({"agreement": _("Schrijf op welke afspraak dit steunt.")})
    if amount <= ZERO:
        raise ValidationError({"amount": _("Vul een bedrag van meer dan nul in.")})
    line = lock_line(year=on.year, stream=BudgetLine.Stream.PREPARATION)
    refuse_overdraft(line, amount)
    commitment = Commitment.objects.create(
        project=project,
        line=line,
        agreement=agreement.strip(),
        number=f"VT-{line.budget_year.year}-{line.commitments.count() + 1:05d}",
        effective_on=on,
        recorded_by=by,
    )
    book(
        kind=LedgerEntry.Kind.COMMITMENT,
        commitment=commitment,
        line=line,
        amount=amount,
        effective_on=on,
        by=by,
        note=agreement,
    )
    record(
        actor=by,
        action="commitment.made",
        label=_("Vastgelegd voor het voortraject: %(sum)s") % {"sum": format_eur(amount)},
        about=project,
        data={"commitment": commitment.number, "amount": str(amount)},
    )
    commitment.refresh_from_db()
    return commitment


@transaction.atomic
def release_commitment(
    *, commitment: Commitment, amount: Decimal, reason: str, by: User, on: date | None = None
) -> LedgerEntry:
    """Lower what is open. In the year of the commitment VAK comes back; later it does not.

    Instalments that nobody claimed share what is left (funding/recompute.py); one that gets nothing
    is cancelled. What was claimed or paid keeps its amount. Every lowering goes through here.

    Source: domain.md 6.6 (vrijval of an older year lowers the encours only).

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: when there is no reason, more is released than is open, or VAK would come
            back in a closed year.
    """
    may_release.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom dit bedrag vrijkomt.")})
    on = on or today()
    if on < commitment.effective_on:
        raise ValidationError(_("Vrijgeven kan niet vóór de dag van de vastlegging."))
    line = (
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("budget_year")
        .get(pk=commitment.line_id)
    )
    commitment = lock_commitment(commitment)
    refuse_more_than_open(commitment, amount)
    after = lowered(commitment, commitment.committed - commitment.released - amount)
    gives_vak_back = on.year == line.budget_year.year
    if gives_vak_back:
        refuse_closed(line)
    entry = book(
        kind=LedgerEntry.Kind.REVERSAL if gives_vak_back else LedgerEntry.Kind.RELEASE,
        commitment=commitment,
        line=line,
        amount=amount,
        effective_on=on,
        by=by,
        note=reason,
    )
    write_parts(commitment, after.after, by)
    record(
        actor=by,
        action="commitment.released",
        label=_("Vrijgegeven: %(sum)s") % {"sum": format_eur(amount)},
        about=commitment.project,
        comment=reason,
        data={
            "commitment": commitment.number,
            "amount": str(amount),
            "instalments": {
                str(new.number): str(new.amount) for old, new in after.rows if new != old
            },
        },
    )
    return entry


@transaction.atomic
def book_recovery(
    *, commitment: Commitment, amount: Decimal, reason: str, received_on: date, by: User
) -> LedgerEntry:
    """Book what a beneficiary paid back: income, so no credit comes back and nothing opens. EUR.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: no reason, an amount that is not positive or more than was paid.
    """
    may_pay.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom dit bedrag terugkomt.")})
    line = BudgetLine.objects.select_for_update(of=("self",)).get(pk=commitment.line_id)
    commitment = lock_commitment(commitment)
    if amount <= ZERO:
        raise ValidationError({"amount": _("Vul een bedrag van meer dan nul in.")})
    left = commitment.paid - commitment.recovered
    if amount > left:
        raise ValidationError(
            {
                "amount": _("Betaald en nog niet teruggekomen is %(left)s.")
                % {"left": format_eur(left)}
            }
        )
    entry = book(
        kind=LedgerEntry.Kind.RECOVERY,
        commitment=commitment,
        line=line,
        amount=amount,
        effective_on=received_on,
        by=by,
        note=reason,
    )
    record(
        actor=by,
        action="commitment.recovered",
        label=_("Teruggevorderd: %(sum)s") % {"sum": format_eur(amount)},
        about=commitment.project,
        comment=reason,
        data={"commitment": commitment.number, "amount": str(amount)},
    )
    return entry


def write_parts(commitment: Commitment, parts: Sequence[Part], by: User) -> None:
    """Give the instalments the amounts and days of `parts`; one without amount is cancelled."""
    rows = {
        one.number: one
        for one in commitment.instalments.select_for_update(of=("self",)).order_by("pk")
    }
    for part in parts:
        row = rows[part.number]
        if part.is_fixed or row.state == InstalmentState.CANCELLED:
            continue
        if part.amount == ZERO:
            INSTALMENT_LIFECYCLE.perform(row, "cancel", actor=by)
            continue
        row.amount, row.expected_on = part.amount, part.expected_on
        row.save(update_fields=["amount", "expected_on"])


def lock_commitment(commitment: Commitment) -> Commitment:
    """The commitment as it is now, locked until the transaction ends."""
    return (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("project", "line__budget_year")
        .get(pk=commitment.pk)
    )


def refuse_overdraft(line: BudgetLine, amount: Decimal) -> None:
    """Raises ValidationError, with the figures, when the line has less VAK than `amount`."""
    if amount > line.vak_available:
        raise ValidationError(
            _("In %(year)s is nog %(left)s vastleggingskrediet (VAK) over; gevraagd: %(asked)s.")
            % {
                "year": line.budget_year.year,
                "left": format_eur(line.vak_available),
                "asked": format_eur(amount),
            },
            code="vak",
        )


def refuse_more_than_open(commitment: Commitment, amount: Decimal) -> None:
    """Raises ValidationError when `amount` is not positive or more than what is open."""
    if amount <= ZERO:
        raise ValidationError({"amount": _("Vul een bedrag van meer dan nul in.")})
    if amount > commitment.open_amount:
        raise ValidationError(
            {
                "amount": _("Van deze vastlegging staat nog %(open)s open.")
                % {"open": format_eur(commitment.open_amount)}
            },
            code="open",
        )


def book(
    *,
    kind: EntryKind,
    commitment: Commitment,
    line: BudgetLine,
    amount: Decimal,
    effective_on: date,
    by: User,
    note: str = "",
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """Add a row to the ledger; triggers update the totals and constraints guard them.

    Raises:
        ValidationError: the sentence of the constraint that refused.
    """
    with readable_constraints(fields={"funding_commitment_open_not_negative": "amount"}):
        return LedgerEntry.objects.create(
            kind=kind,
            commitment=commitment,
            line=line,
            amount=amount,
            effective_on=effective_on,
            recorded_by=by,
            note=note[:300],
            reverses=reverses,
        )
