"""Drawing the line on the ranking board."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import Call
from common.constraints import readable_constraints
from evaluations.models import RankingLine
from evaluations.policies import may_prepare_decisions
from evaluations.selectors.board import ON_THE_BOARD, board_files


@transaction.atomic
def draw_line(
    *, call: Call, by: User, amount: Decimal | None = None, after: str = "", note: str = ""
) -> RankingLine:
    """Draw the line at `amount` EUR, or after the file with number `after`. It decides nothing.

    Raises:
        PermissionDenied: when `by` does not prepare the decisions of this call.
        ValidationError: when it is not one of the two, or the file has no place on the board.
    """
    may_prepare_decisions.check(by, call)
    words = after.strip()
    if (amount is None) == (not words):
        raise ValidationError(
            {"amount": _("Vul een bedrag in of een dossiernummer: een van beide, niet allebei.")}
        )
    if amount is not None and amount <= 0:
        raise ValidationError({"amount": _("Het bedrag moet groter zijn dan nul.")})
    row = None
    if words:
        row = (
            board_files(by, call)
            .filter(ON_THE_BOARD, proposal__reference__iexact=words)
            .select_related("proposal")
            .first()
        )
        if row is None:
            raise ValidationError(
                {"after": _("Dit dossier heeft geen plaats op de rangschikking van deze oproep.")}
            )
    with readable_constraints():
        line = RankingLine.objects.create(
            call=call,
            amount=amount,
            after=row.proposal if row is not None else None,
            note=note.strip(),
            drawn_by=by,
        )
    record(
        actor=by,
        action="ranking.line_drawn",
        label=_("Lijn op de rangschikking getrokken"),
        about=line,
    )
    return line
