"""Reads of changes that were asked, and the grant before and after one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from common.formatting import format_day
from common.money import ZERO, format_eur
from funding.lifecycle import ChangeState
from funding.models import ChangeRequest, Commitment
from funding.recompute import Part, PhaseDates, Picture, changed
from funding.selectors.award import parts_of
from projects.models import Project


def picture_of(commitment: Commitment) -> Picture:
    """The grant as it is now; two queries when nothing of it was loaded."""
    decision = commitment.decision
    request = decision.request if decision else None
    own_phase = request.procurement.phase if request else ""
    phases = tuple(
        PhaseDates(
            key=one.pk,
            name=one.get_phase_display(),
            is_own=one.phase == own_phase,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
        )
        for one in commitment.project.phases.all()
    )
    parts = tuple(parts_of(commitment.instalments.all()))
    kept = commitment.committed - commitment.released
    return Picture(
        kept=kept,
        wanted=kept,
        paid=commitment.paid,
        base=request.eligible_base if request else None,
        rate=request.rate if request else None,
        ceiling=request.ceiling if request else None,
        rule=request.rule_explanation if request else "",
        ends_on=_end(phases)
        or max((one.expected_on for one in parts if one.expected_on), default=None),
        parts=parts,
        phases=phases,
    )


def _end(phases: tuple[PhaseDates, ...]) -> date | None:
    return max((one.ends_on for one in phases if one.is_own and one.ends_on), default=None)


def _last(parts: tuple[Part, ...]) -> date | None:
    return max((one.expected_on for one in parts if one.expected_on), default=None)


def before_and_after(change: ChangeRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """As kept once it was decided; until then as it would be now."""
    if change.state != ChangeState.ASKED:
        return change.before, change.after
    before = picture_of(change.commitment)
    after = changed(
        before,
        new_base=change.new_base,
        new_amount=change.new_amount,
        new_end=change.new_end,
        text=change.description,
    )
    return before.as_json(), after.as_json()


@dataclass(frozen=True)
class Comparison:
    """Before and after, in words: rows of (label, before, after)."""

    facts: list[tuple[str, str, str]]
    parts: list[tuple[str, str, str, str, str]]
    phases: list[tuple[str, str, str, str, str]]
    released: Decimal
    asked_more: Decimal


def compared(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    """Two pictures as JSON, to show."""
    if not before:
        return Comparison([], [], [], ZERO, ZERO)
    facts = [
        (_("Toegekend"), _eur(before["kept"]), _eur(after["kept"])),
        (_("Betaald"), _eur(before["paid"]), _eur(after["paid"])),
    ]
    if before["base"] is not None:
        facts.append((_("Kost die meetelt"), _eur(before["base"]), _eur(after["base"])))
        facts.append((_("De regel"), before["rule"], after["rule"]))
    facts.append((_("Einde"), _date(before["ends_on"]), _date(after["ends_on"])))
    wanted, kept = Decimal(after["wanted"]), Decimal(after["kept"])
    if wanted > kept:
        facts.insert(1, (_("Gevraagd aan het comité"), "–", _eur(str(wanted - kept))))
    if after["text"]:
        facts.append((_("Wat verandert er?"), before["text"] or "–", after["text"]))
    return Comparison(
        facts=facts,
        parts=[
            (
                str(old["number"]),
                _eur(old["amount"]),
                _eur(new["amount"]),
                _date(old["expected_on"]),
                _date(new["expected_on"]),
            )
            for old, new in zip(before["parts"], after["parts"], strict=True)
        ],
        phases=[
            (
                old["name"],
                _date(old["starts_on"]),
                _date(old["ends_on"]),
                _date(new["starts_on"]),
                _date(new["ends_on"]),
            )
            for old, new in zip(before["phases"], after["phases"], strict=True)
        ],
        released=max(ZERO, Decimal(before["kept"]) - kept),
        asked_more=max(ZERO, wanted - kept),
    )


def _eur(text: str) -> str:
    return format_eur(Decimal(text))


def _date(text: str | None) -> str:
    return format_day(date.fromisoformat(text)) if text else "–"


def _with_all() -> QuerySet[ChangeRequest]:
    return ChangeRequest.objects.select_related(
        "commitment__project__organisation",
        "commitment__line__budget_year",
        "commitment__decision__request__procurement",
        "asked_by",
        "decided_by",
        "addition",
    )


def change_list() -> QuerySet[ChangeRequest]:
    """Every change, latest first."""
    return _with_all().order_by("-asked_at", "-pk")


def change_page(pk: int) -> ChangeRequest:
    """A change with its commitment.

    Raises:
        Http404: when there is none.
    """
    found = _with_all().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def member_change(project: Project, pk: int) -> ChangeRequest:
    """A change of a commitment of the project.

    Raises:
        Http404: when there is none.
    """
    found = _with_all().filter(commitment__project=project, pk=pk).first()
    if found is None:
        raise Http404
    return found


def member_commitment(project: Project, number: str) -> Commitment:
    """A commitment of the project.

    Raises:
        Http404: when there is none.
    """
    found = (
        Commitment.objects.filter(project=project, number=number)
        .select_related("project__organisation", "decision__request__procurement")
        .first()
    )
    if found is None:
        raise Http404
    return found


def changes_of(project: Project) -> list[ChangeRequest]:
    """The changes of a project, latest first."""
    return list(
        ChangeRequest.objects.filter(commitment__project=project)
        .select_related("commitment", "asked_by")
        .order_by("-asked_at", "-pk")
    )
