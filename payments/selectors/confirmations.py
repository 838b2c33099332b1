"""What a file of the bank means for our orders: per row what would be booked, or what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from common.formatting import format_day
from common.money import format_eur
from payments.lifecycle import LineState, OrderState
from payments.models import BankFile, OrderLine
from payments.reading import AMOUNT, END_TO_END, EXECUTED, IBAN, PAID, STATUS, BankRow, Problem


@dataclass(frozen=True)
class PlannedRow:
    """A row with the line it speaks of. `is_known`: booked before, so nothing happens again."""

    row: BankRow
    line: OrderLine | None = None
    problem: Problem | None = None
    is_known: bool = False

    @property
    def books(self) -> bool:
        return self.problem is None and not self.is_known

    @property
    def sentence(self) -> str:
        """What the preview says of the row."""
        if self.problem is not None:
            return self.problem.sentence
        if self.is_known:
            return _("Al geboekt: er gebeurt niets.")
        day = format_day(self.row.executed_on)
        amount = format_eur(self.row.amount)
        if self.row.status == PAID:
            return _("Betaling van %(amount)s op %(day)s.") % {"amount": amount, "day": day}
        return _("Terugkeer van %(amount)s op %(day)s.") % {"amount": amount, "day": day}


def plan_rows(rows: Sequence[BankRow]) -> list[PlannedRow]:
    """What each row would do, in the order of the file; one query."""
    lines = {
        line.end_to_end_id: line
        for line in OrderLine.objects.filter(
            end_to_end_id__in={row.end_to_end_id for row in rows}
        ).select_related(
            "order",
            "payment__entry",
            "claim__instalment__commitment__project__organisation",
            "claim__instalment__commitment__line",
        )
    }
    states = {key: str(line.state) for key, line in lines.items()}
    planned = []
    for row in rows:
        line = lines.get(row.end_to_end_id)
        one = _plan(row, line, states.get(row.end_to_end_id, ""))
        if one.books:
            is_paid = row.status == PAID
            states[row.end_to_end_id] = LineState.PAID if is_paid else LineState.RETURNED
        planned.append(one)
    return planned


def _plan(row: BankRow, line: OrderLine | None, state: str) -> PlannedRow:
    if row.problem is not None:
        return PlannedRow(row, line, row.problem)
    problem = _mismatch(row, line)
    if line is None or problem is not None:
        return PlannedRow(row, line, problem)
    if row.status == PAID:
        if state in {LineState.PAID, LineState.RETURNED}:
            return PlannedRow(row, line, is_known=True)
        if state == LineState.DROPPED or line.order.state != OrderState.EXPORTED:
            sentence = _("Opdracht %(order)s is niet uitgegeven of is ingetrokken.")
            return PlannedRow(
                row, line, Problem(END_TO_END, sentence % {"order": line.order.number})
            )
        return PlannedRow(row, line)
    if state == LineState.RETURNED:
        return PlannedRow(row, line, is_known=True)
    if state != LineState.PAID:
        sentence = _("Deze betaling is nog niet geboekt, dus ze kan niet terugkeren.")
        return PlannedRow(row, line, Problem(STATUS, sentence))
    return PlannedRow(row, line)


def _mismatch(row: BankRow, line: OrderLine | None) -> Problem | None:
    if line is None:
        sentence = _("Geen betaalopdracht heeft het kenmerk “%(id)s”.") % {"id": row.end_to_end_id}
        return Problem(END_TO_END, sentence)
    if row.amount != line.amount:
        return Problem(
            AMOUNT, _("In de opdracht staat %(amount)s.") % {"amount": format_eur(line.amount)}
        )
    if row.iban != line.iban:
        return Problem(IBAN, _("In de opdracht staat %(iban)s.") % {"iban": line.iban})
    effective_on = line.claim.instalment.commitment.effective_on
    if row.executed_on is not None and row.executed_on < effective_on:
        return Problem(EXECUTED, _("Een betaling kan niet vóór de vastlegging."))
    return None


def bank_file_list() -> QuerySet[BankFile]:
    """Files that were read in, latest first."""
    return (
        BankFile.objects.select_related("uploaded_by", "booked_by")
        .defer("content")
        .order_by("-uploaded_at", "-pk")
    )


def bank_file_page(pk: int) -> BankFile:
    """A file that was read in.

    Raises:
        Http404: when there is none.
    """
    found = bank_file_list().defer(None).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
