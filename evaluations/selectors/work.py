"""What of the evaluation waits for a person, and on whom the rest waits."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.work import WorkItem
from evaluations.lifecycle import AssignmentState, FileStep
from evaluations.models import FileSummary
from evaluations.selectors.lists import (
    APPLICANT_STEPS,
    WORK_ORDER,
    files_for,
    order_of,
)

ACTS = {
    FileStep.CHECK: (gettext_lazy("Volledigheid controleren"), "completeness"),
    FileStep.ASSIGN: (gettext_lazy("Adviseur toewijzen"), "assignment"),
    FileStep.CONSENSUS: (gettext_lazy("Consensus zoeken"), "consensus"),
    FileStep.ADVISE: (gettext_lazy("Advies schrijven"), "advice"),
    FileStep.DECIDE: (gettext_lazy("Beslissen over de selectie"), "decide"),
    FileStep.NOTIFY: (gettext_lazy("Beslissing meedelen"), "decide"),
}
"""What is to be done at a step, and on which page of the file."""

OWN_ACTS = {
    AssignmentState.INVITED: (gettext_lazy("Uitnodiging beantwoorden"), "assignment"),
    AssignmentState.ACCEPTED: (gettext_lazy("Scores geven"), "scoring"),
}
"""The same for who was asked to assess: the own work comes before that of the file."""


def act_of(row: Any) -> tuple[str, str]:
    """What a row that needs the person asks to do, and the address where; empty for others."""
    if not row.needs_me:
        return "", ""
    label, page = OWN_ACTS.get(row.own_state) or ACTS[FileStep(row.shown_step)]
    if row.shown_step == FileStep.ADVISE and row.advised_at is not None:
        label = gettext_lazy("Verbeterd advies definitief maken")
    return str(label), reverse(f"evaluations:{page}", args=[row.proposal.reference])


TEAM_STEPS = frozenset({FileStep.CHECK, FileStep.ASSIGN, FileStep.NOTIFY})


def waits_on(row: Any, *, overview: bool) -> str:
    """On whom a file waits, as far as one may know; empty when it is closed.

    Who sees all files reads the names of advisers; others read what they are.
    """
    step = FileStep(row.shown_step)
    if step == FileStep.CLOSED:
        return ""
    if step in APPLICANT_STEPS:
        return _("Aanvrager")
    if step in TEAM_STEPS:
        return _("PIO-team")
    if step == FileStep.DECIDE:
        return str(row.call.get_decision_role_display())
    if not overview:
        return _("U") if row.needs_me else _("Andere lezers")
    return ", ".join(str(one.adviser) for one in _who_acts(row, step)) or _("Adviseur")


def _who_acts(row: Any, step: FileStep) -> list[Any]:
    assignments = row.proposal.active_assignments
    if step == FileStep.ADVISE:
        return [one for one in assignments if one.is_lead]
    if step == FileStep.CONSENSUS:
        return list(assignments)
    return [one for one in assignments if one.state != AssignmentState.DONE]


@dataclass(frozen=True)
class WaitingFiles:
    """The first files that wait for somebody, soonest first, and what was counted of all."""

    items: list[WorkItem]
    count: int
    late: int


def waiting_files(user: Any, limit: int = 25) -> WaitingFiles:
    """What the evaluation asks of `user`: one query, whatever the number of files."""
    if not getattr(user, "is_programme_staff", False):
        return WaitingFiles([], 0, 0)
    rows = list(
        files_for(user)
        .annotate(
            waiting=Window(Count("pk")), waiting_late=Window(Count("pk", filter=Q(is_late=True)))
        )
        .select_related("proposal")
        .only("title", "step", "advised_at", "proposal__reference")
        .order_by(*order_of(user, WORK_ORDER))[:limit]
    )
    if not rows:
        return WaitingFiles([], 0, 0)
    first: Any = rows[0]
    return WaitingFiles([_item(row) for row in rows], first.waiting, first.waiting_late)


def _item(row: FileSummary) -> WorkItem:
    label, url = act_of(row)
    shown: Any = row
    return WorkItem(
        label=label,
        title=f"{row.proposal.reference} – {row.title}",
        url=url,
        due_on=shown.shown_due,
        is_late=shown.is_late,
        group=_("Dossiers"),
    )
