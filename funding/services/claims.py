"""A claim on an instalment: written as a draft, sent in, checked line by line, approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.formatting import format_pct
from common.moments import today
from common.money import ZERO, format_eur
from documents.services import store_upload
from funding.costs import eligible_cost, justified
from funding.lifecycle import INSTALMENT_LIFECYCLE, InstalmentState
from funding.models import Claim, ClaimDraft, ClaimEvidence, ClaimLine, Commitment, Instalment
from funding.ordered import refuse_ordered
from funding.policies import is_not_claimant, is_second_person, may_check_claim, may_claim
from funding.services.mails import tell_rejected
from projects.models import Project

MAX_LINES = 60
"""Costs in one claim; a claim with more comes with a list as a file."""

MAX_FILES = 100


@dataclass(frozen=True)
class CostLine:
    """A cost as on its invoice, EUR; `row` names the row of the draft that its files hang on."""

    description: str
    supplier: str
    invoice_number: str
    invoiced_on: date
    amount: Decimal
    vat: Decimal = ZERO
    row: str = ""


@dataclass(frozen=True)
class LineCheck:
    """What is accepted of one cost, EUR, and why when it is less. Nothing accepted: rejected."""

    line: int
    accepted: Decimal
    reason: str = ""


# --- Writing ------------------------------------------------------------------------------------


@transaction.atomic
def save_claim_draft(
    *, instalment: Instalment, content: dict[str, Any], version: int, by: User
) -> ClaimDraft:
    """Keep what was typed for an instalment, as typed. `version` is the one that `by` had open.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the instalment is not claimable, or a colleague saved first (code clash).
    """
    instalment = _lock_claimable(instalment, by)
    draft, _new = ClaimDraft.objects.get_or_create(
        instalment=instalment, defaults={"updated_by": by}
    )
    if draft.version != version:
        raise ValidationError(
            _(
                "%(person)s bewaarde intussen een andere tekst. Uw tekst staat hieronder. "
                "Bewaart u nu opnieuw, dan vervangt die de andere."
            )
            % {"person": draft.updated_by},
            code="clash",
        )
    draft.content = content
    draft.version += 1
    draft.updated_by, draft.updated_at = by, clock.now()
    draft.save()
    rows = {str(row.get("key", "")) for row in content.get("rows", [])}
    for evidence in draft.evidence.exclude(row="").exclude(row__in=rows):
        _drop(evidence)
    return draft


@transaction.atomic
def add_draft_evidence(*, draft: ClaimDraft, uploaded: File, row: str, by: User) -> ClaimEvidence:
    """Keep a file with a draft: with the cost of `row`, or with the whole claim when it is empty.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the file can't be kept, or there are too many.
    """
    _lock_claimable(draft.instalment, by)
    if draft.evidence.count() >= MAX_FILES:
        raise ValidationError(
            _("Een schuldvordering heeft hoogstens %(most)s bestanden.") % {"most": MAX_FILES}
        )
    stored = store_upload(uploaded=uploaded, created_by=by)
    return ClaimEvidence.objects.create(draft=draft, row=row, file=stored)


@transaction.atomic
def drop_draft_evidence(*, draft: ClaimDraft, evidence: int, by: User) -> None:
    """Take a file away from a draft; nothing happens when it is gone already.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: when the instalment is not claimable any more.
    """
    _lock_claimable(draft.instalment, by)
    for found in draft.evidence.filter(pk=evidence):
        _drop(found)


def _drop(evidence: ClaimEvidence) -> None:
    """The file goes too: nothing else refers to a file of a draft."""
    stored = evidence.file
    path = stored.path
    evidence.delete()
    stored.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _lock_claimable(instalment: Instalment, by: User) -> Instalment:
    locked = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("commitment__project")
        .get(pk=instalment.pk)
    )
    may_claim.check(by, locked)
    if locked.state != InstalmentState.CLAIMABLE:
        raise ValidationError(
            _("Deze schijf kunt u nu niet aanvragen: de status is “%(state)s”.")
            % {"state": locked.get_state_display()},
            code="state",
        )
    return locked


# --- Sending in ---------------------------------------------------------------------------------


@transaction.atomic
def claim_instalment(
    *,
    instalment: Instalment,
    amount: Decimal,
    statement: str,
    by: User,
    lines: Sequence[CostLine] = (),
    evidence: File | None = None,
) -> Claim:
    """Ask payment of an instalment. EUR. The draft goes, its files stay with the claim.

    Costs justify what is asked: no more than the instalment, and no more than the part of the costs
    that the grant pays. An instalment that is paid on a condition alone has no costs.
    `evidence` is a file as it was sent; it is checked here.

    Raises:
        PermissionDenied: when `by` may not claim for the organisation.
        ValidationError: the instalment is not claimable, the amount is not positive or more than
            is possible, the statement is empty, or the file can't be kept.
    """
    instalment = (
        Instalment.objects.select_for_update(of=("self",))
        .select_related("commitment__project__call", "commitment__decision__request")
        .get(pk=instalment.pk)
    )
    may_claim.check(by, instalment)
    INSTALMENT_LIFECYCLE.perform(instalment, "claim", actor=by)
    if not statement.strip():
        raise ValidationError({"statement": _("Leg uit waarvoor u deze schijf vraagt.")})
    if amount > instalment.amount:
        raise ValidationError(
            {
                "amount": _("Deze schijf is hoogstens %(sum)s.")
                % {"sum": format_eur(instalment.amount)}
            }
        )
    counts = vat_counts(instalment.commitment.project)
    _refuse_unjustified(instalment.commitment, amount, lines, counts=counts)
    claim = Claim(
        instalment=instalment,
        amount=amount,
        statement=statement.strip(),
        claimed_by=by,
        vat_counts=counts,
    )
    with readable_constraints(fields={"funding_claim_amount_positive": "amount"}):
        claim.save()
    _add_lines(claim, lines)
    if evidence is not None:
        # Last, so that a refusal above leaves no file behind.
        ClaimEvidence.objects.create(claim=claim, file=_keep(evidence, by))
    return claim


def _refuse_unjustified(
    commitment: Commitment, amount: Decimal, lines: Sequence[CostLine], *, counts: bool
) -> None:
    if not lines:
        return
    if len(lines) > MAX_LINES:
        raise ValidationError(
            _("Een schuldvordering heeft hoogstens %(most)s kosten.") % {"most": MAX_LINES}
        )
    if any(line.amount <= ZERO or line.vat < ZERO for line in lines):
        raise ValidationError(_("Vul bij elke kost een bedrag van meer dan nul in."))
    if any(line.invoiced_on > today() for line in lines):
        raise ValidationError(_("Een factuur kan geen datum in de toekomst hebben."))
    eligible, rate = eligible_cost(lines, vat_counts=counts), rate_of(commitment)
    most = justified(eligible, rate)
    if amount > most:
        raise ValidationError(
            {
                "amount": _(
                    "Uw kosten (%(cost)s) geven tegen %(rate)s recht op %(most)s. Vraag dat bedrag "
                    "of minder, of voeg kosten toe."
                )
                % {
                    "cost": format_eur(eligible),
                    "rate": format_pct(rate * 100),
                    "most": format_eur(most),
                }
            }
        )


def _add_lines(claim: Claim, lines: Sequence[CostLine]) -> None:
    """Write the costs and let the files of the draft follow them."""
    made = ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=claim,
            number=number,
            description=line.description,
            supplier=line.supplier,
            invoice_number=line.invoice_number,
            invoiced_on=line.invoiced_on,
            amount=line.amount,
            vat=line.vat,
        )
        for number, line in enumerate(lines, 1)
    )
    of_row = {line.row: row for line, row in zip(lines, made, strict=True) if line.row}
    draft = ClaimDraft.objects.filter(instalment=claim.instalment_id).first()
    if draft is None:
        return
    for evidence in draft.evidence.all():
        evidence.draft, evidence.claim = None, claim
        evidence.line = of_row.get(evidence.row)
        evidence.save()
    draft.delete()


def _keep(evidence: File, by: User) -> Any:
    try:
        return store_upload(uploaded=evidence, created_by=by)
    except ValidationError as refusal:
        raise ValidationError({"evidence": refusal.error_list}) from refusal


# --- Checking -----------------------------------------------------------------------------------


@transaction.atomic
def check_claim(
    *,
    claim: Claim,
    note: str,
    by: User,
    accepted_amount: Decimal | None = None,
    lines: Sequence[LineCheck] = (),
) -> Claim:
    """Record what of the claim is accepted. EUR. Accepting less needs a reason.

    A claim with costs is checked cost by cost, and the accepted amount follows: the part of the
    accepted costs that the grant pays, at most what was asked. `accepted_amount` is for a claim
    without costs, or lowers what follows from the costs. Nothing is accepted beyond what of the
    commitment is open, which after a final settlement is what is due.

    Raises:
        PermissionDenied: when `by` is not of the PIO team, or made the claim.
        ValidationError: not in a state to be checked, amount out of range, or a reason missing.
    """
    claim = lock_claim(claim)
    may_check_claim.check(by)
    is_not_claimant.check(by, claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "check", actor=by, comment=note)
    claim.vat_counts = vat_counts(claim.instalment.commitment.project)
    entitled = _check_lines(claim, lines)
    most = min(entitled, claim.instalment.commitment.open_amount)
    accepted = most if accepted_amount is None else accepted_amount
    if accepted <= 0:
        raise ValidationError(
            {"accepted_amount": _("Vul een bedrag van meer dan nul in, of wijs de vordering af.")}
        )
    if most < accepted <= claim.amount:
        raise ValidationError(
            {
                "accepted_amount": _("U kunt hoogstens %(most)s aanvaarden.")
                % {"most": format_eur(most)}
            }
        )
    if accepted < entitled and not note.strip():
        raise ValidationError({"note": _("U aanvaardt minder dan gevraagd. Schrijf waarom.")})
    claim.accepted_amount = accepted
    claim.check_note = note.strip()
    claim.checked_by = by
    claim.checked_at = clock.now()
    with readable_constraints(fields={"funding_claim_accepted_within_asked": "accepted_amount"}):
        claim.save()
    return claim


def _check_lines(claim: Claim, checks: Sequence[LineCheck]) -> Decimal:
    """Write what is accepted per cost; give the most that can be accepted of the claim. EUR."""
    found = {line.pk: line for line in claim.lines.select_for_update().order_by("number")}
    for line in found.values():
        line.claim = claim  # so that `eligible` reads the VAT switch of now
    if set(found) != {one.line for one in checks} or len(checks) != len(found):
        raise ValidationError(_("Zeg bij elke kost wat u aanvaardt."))
    for one in checks:
        line = found[one.line]
        _refuse_check(line, one)
        line.accepted, line.reason = one.accepted, one.reason.strip()
        line.save(update_fields=["accepted", "reason"])
    if not found:
        return claim.amount
    accepted = sum((one.accepted for one in checks), ZERO)
    return min(claim.amount, justified(accepted, rate_of(claim.instalment.commitment)))


def _refuse_check(line: ClaimLine, one: LineCheck) -> None:
    if one.accepted < ZERO or one.accepted > line.eligible:
        raise ValidationError(
            {
                f"accepted_{line.pk}": _("Aanvaard een bedrag van nul tot %(most)s.")
                % {"most": format_eur(line.eligible)}
            }
        )
    if one.accepted < line.eligible and not one.reason.strip():
        raise ValidationError(
            {f"reason_{line.pk}": _("U aanvaardt minder dan de kost. Schrijf waarom.")}
        )


@transaction.atomic
def reject_claim(*, claim: Claim, reason: str, by: User) -> Claim:
    """Send a claim back; the beneficiary may claim the instalment again.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: when there is no reason, or the claim was approved or paid already.
    """
    may_check_claim.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom u de schuldvordering afwijst.")})
    claim = lock_claim(claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "reject", actor=by, comment=reason)
    claim.rejected_at = clock.now()
    claim.rejection_reason = reason.strip()
    claim.save()
    tell_rejected(claim)
    return claim


@transaction.atomic
def approve_claim(*, claim: Claim, by: User) -> Claim:
    """Approve a checked claim, as somebody else than who checked it.

    Raises:
        PermissionDenied: when `by` checked the claim, or is not of the programme office.
        TransitionRefused: when the claim is not checked.
        ValidationError: the VAT switch of the call changed since the check.
    """
    claim = lock_claim(claim)
    is_second_person.check(by, claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "approve", actor=by)
    refuse_changed_vat(claim)
    claim.approved_by = by
    claim.approved_at = clock.now()
    with readable_constraints():
        claim.save()
    return claim


@transaction.atomic
def recheck_claim(*, claim: Claim, reason: str, by: User) -> Claim:
    """Take back the check and the approval of a claim that is not paid; it is checked anew.

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        ValidationError: no reason, it is paid, or it waits in a payment order.
    """
    may_check_claim.check(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom de controle opnieuw moet.")})
    claim = lock_claim(claim)
    refuse_rejected(claim)
    INSTALMENT_LIFECYCLE.perform(claim.instalment, "recheck", actor=by, comment=reason)
    refuse_ordered(claim)
    record(
        actor=by,
        action="claim.rechecked",
        label=_("Controle en goedkeuring teruggenomen"),
        about=claim,
        comment=reason,
        data={"accepted": str(claim.accepted_amount)},
    )
    claim.accepted_amount = None
    claim.checked_by = claim.approved_by = None
    claim.checked_at = claim.approved_at = None
    claim.save()
    return claim


# --- Shared -------------------------------------------------------------------------------------


def vat_counts(project: Project) -> bool:
    """Whether VAT counts for the project: the switch of its call; yes without a call."""
    return project.call is None or project.call.vat_is_eligible


def rate_of(commitment: Commitment) -> Decimal:
    """The share of costs that the grant pays; an agreement on the preparation has none: all."""
    decision = commitment.decision
    return Decimal(1) if decision is None else decision.request.rate


def refuse_changed_vat(claim: Claim) -> None:
    """Raises ValidationError when VAT counts otherwise than at the check of the costs."""
    if claim.vat_counts == vat_counts(claim.instalment.commitment.project):
        return
    if claim.lines.filter(vat__gt=ZERO).exists():
        raise ValidationError(
            _(
                "De oproep telt de btw nu anders mee dan bij de controle van deze "
                "schuldvordering. Laat ze opnieuw controleren."
            ),
            code="vat",
        )


def refuse_rejected(claim: Claim) -> None:
    """Raises ValidationError: the instalment's state may be that of a later claim."""
    if claim.rejected_at is not None:
        raise ValidationError(_("Deze schuldvordering is afgewezen."), code="state")


def lock_claim(claim: Claim) -> Claim:
    """The claim as it is now, locked until the transaction ends; its instalment first."""
    Instalment.objects.select_for_update(of=("self",)).get(claims=claim.pk)
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related(
            "instalment__commitment__project__call", "instalment__commitment__decision__request"
        )
        .get(pk=claim.pk)
    )
