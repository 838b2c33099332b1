"""Reading in what the bank did, and booking it: all rows in one transaction, or none."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.formatting import format_moment
from documents.services.files import readable_name
from funding.models import BudgetLine, Payment
from funding.services import pay_claim, return_payment
from funding.services.budget import lock_lines
from payments.lifecycle import LINE_LIFECYCLE, LineState
from payments.models import BankFile, OrderLine
from payments.policies import may_book_confirmations
from payments.reading import EXECUTED, PAID, read_rows
from payments.selectors.confirmations import PlannedRow, plan_rows
from payments.services.orders import lock_money_of


@transaction.atomic
def read_bank_file(*, content: bytes, name: str, by: User) -> BankFile:
    """Keep a file of the bank for its preview; nothing is booked yet. The same file is found again.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: the file can't be read as a whole, or was booked already.
    """
    may_book_confirmations.check(by)
    digest = hashlib.sha256(content).hexdigest()
    before = BankFile.objects.filter(sha256=digest).select_related("booked_by").first()
    if before is not None:
        _refuse_booked(before)
        return before
    try:
        rows = read_rows(content)
    except ValidationError as refusal:
        raise ValidationError({"file": refusal.error_list}) from refusal
    return BankFile.objects.create(
        name=readable_name(name),
        content=content,
        sha256=digest,
        row_count=len(rows),
        uploaded_by=by,
    )


@transaction.atomic
def book_bank_file(*, bank_file: BankFile, by: User) -> BankFile:
    """Book every row: payments and returns. A row that was booked before does nothing again.

    Raises:
        PermissionDenied: when `by` is not a programme manager.
        ValidationError: it was booked already, or a row is wrong, with its number and column;
            nothing is booked then.
    """
    may_book_confirmations.check(by)
    bank_file = BankFile.objects.select_for_update(of=("self",)).get(pk=bank_file.pk)
    _refuse_booked(bank_file)
    rows = read_rows(bytes(bank_file.content))
    _lock(plan_rows(rows))
    planned = plan_rows(rows)
    wrong = [one for one in planned if one.problem is not None]
    if wrong:
        raise ValidationError([row_sentence(one) for one in wrong[:20]])
    booked = [one for one in planned if one.books]
    for one in booked:
        try:
            _book(one, by)
        except ValidationError as refusal:
            raise ValidationError(
                _("Rij %(number)s: %(why)s")
                % {"number": one.row.number, "why": " ".join(refusal.messages)}
            ) from refusal
    bank_file.booked_by, bank_file.booked_at = by, clock.now()
    bank_file.booked_count = len(booked)
    bank_file.save(update_fields=["booked_by", "booked_at", "booked_count"])
    record(
        actor=by,
        action="bankfile.booked",
        label=_("Bevestiging van de bank geboekt"),
        about=bank_file,
        data={"rows": len(planned), "booked": len(booked), "sha256": bank_file.sha256},
    )
    return bank_file


def row_sentence(one: PlannedRow) -> str:
    """What is wrong in a row, with its number and column."""
    problem = one.problem
    assert problem is not None
    if not problem.column:
        return _("Rij %(number)s: %(why)s") % {"number": one.row.number, "why": problem.sentence}
    return _("Rij %(number)s, kolom “%(column)s”: %(why)s") % {
        "number": one.row.number,
        "column": problem.column,
        "why": problem.sentence,
    }


def _refuse_booked(bank_file: BankFile) -> None:
    if bank_file.booked_at is not None:
        raise ValidationError(
            _("Dit bestand is al ingelezen op %(moment)s door %(person)s. Er is niets geboekt.")
            % {"moment": format_moment(bank_file.booked_at), "person": bank_file.booked_by},
            code="booked",
        )


def _lock(planned: list[PlannedRow]) -> None:
    """Everything the rows touch, in the one order: lines, commitments, instalments, by key."""
    found = [(one.row, one.line) for one in planned if one.line is not None and one.books]
    keys: set[int] = set()
    for row, line in found:
        if row.status != PAID and line.payment is not None:
            keys.add(line.payment.entry.line_id)
        elif row.executed_on is not None:
            budget = BudgetLine.objects.filter(
                budget_year__year=row.executed_on.year,
                stream=line.claim.instalment.commitment.line.stream,
            )
            keys.update(budget.values_list("pk", flat=True))
    lock_lines(keys)
    lock_money_of({line.claim_id for _row, line in found})


def _book(one: PlannedRow, by: User) -> None:
    row = one.row
    line = OrderLine.objects.select_related("order", "claim", "payment").get(
        end_to_end_id=row.end_to_end_id
    )
    assert row.executed_on is not None, EXECUTED  # read_rows gives it to every good row
    reference = row.reference or line.end_to_end_id
    if row.status == PAID:
        line.payment = pay_claim(
            claim=line.claim,
            paid_on=row.executed_on,
            by=by,
            reference=reference,
            confirms=line.order.number,
        )
        line.bank_reference = row.reference
        LINE_LIFECYCLE.perform(line, "pay", actor=by, save=["payment", "bank_reference"])
    else:
        assert line.payment is not None  # the plan found it paid
        return_payment(
            payment=line.payment,
            on=row.executed_on,
            reason=_("Teruggestort door de bank: %(reference)s") % {"reference": reference},
            by=by,
        )


def line_returned(payment: Payment) -> None:
    """A payment came back, by hand or by a file: so did its line. The claim can be ordered anew."""
    for line in OrderLine.objects.filter(payment=payment, state=LineState.PAID):
        LINE_LIFECYCLE.perform(line, "return", actor=None)
