"""Saving the sections of a draft.

A section is saved as a whole under its version number: who saves an older version than the one that
stands there gets a `SectionClash`, and nothing is written until that person has chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from calls.models import FormSection, SectionKind
from common import clock
from common.drafting import Clash
from common.formatting import format_clock
from common.money import ZERO
from projects.answers import Json
from projects.draft import load_draft
from projects.fields import GENERAL_FIELDS, LINE_FIELDS
from projects.models import CostLine, Proposal, SectionAnswers
from projects.policies import is_editor, is_submitter
from projects.services.revisions import keep_revision, keep_state_before, latest_revision

Row = Mapping[str, Any]


class SectionClash(Clash):
    """Somebody saved this section since the person opened it; `current` is what stands there."""

    def __init__(self, current: SectionAnswers) -> None:
        super().__init__(
            current,
            _(
                "%(name)s heeft dit deel intussen gewijzigd (om %(clock)s uur). Uw tekst is nog "
                "niet opgeslagen. Vergelijk de twee teksten en kies."
            )
            % {"name": current.updated_by, "clock": format_clock(current.updated_at)},
        )


def save_general(
    *,
    proposal: Proposal,
    section: FormSection,
    values: Row,
    version: int,
    by: User,
    is_autosave: bool = False,
) -> SectionAnswers:
    """Keep title, summary, contact and signatory (`GENERAL_FIELDS`).

    Raises: as `save_answers`; ValidationError by field when a value is refused.
    """

    def is_same(current: Proposal) -> bool:
        return all(getattr(current, name) == values[name] for name in GENERAL_FIELDS)

    def write(current: Proposal) -> None:
        for name in GENERAL_FIELDS:
            setattr(current, name, values[name])
        if not str(current.title).strip():
            raise ValidationError({"title": _("Geef uw voorstel een titel.")})
        current.clean_fields(
            exclude=[f.name for f in Proposal._meta.fields if f.name not in values]
        )
        current.save(update_fields=GENERAL_FIELDS)

    return save_section(
        proposal, section, SectionKind.GENERAL, version, by, is_same, write, is_autosave=is_autosave
    )


def save_answers(
    *,
    proposal: Proposal,
    section: FormSection,
    answers: dict[str, Json],
    version: int,
    by: User,
    is_autosave: bool = False,
) -> SectionAnswers:
    """Keep the canonical answers of a section with questions. Answers may be missing.

    Raises:
        PermissionDenied: when `by` is no editor.
        SectionClash: when `version` is not the latest and the texts differ.
        ValidationError: when the proposal can no longer be changed.
    """

    def is_same(current: Proposal) -> bool:
        saved = current.sections.filter(section=section).first()
        return saved is not None and saved.answers == answers

    def write(current: Proposal) -> None:
        SectionAnswers.objects.filter(proposal=current, section=section).update(answers=answers)

    return save_section(
        proposal,
        section,
        SectionKind.QUESTIONS,
        version,
        by,
        is_same,
        write,
        is_autosave=is_autosave,
    )


def save_estimate(
    *,
    proposal: Proposal,
    section: FormSection,
    lines: Sequence[Row],
    other_subsidies: Decimal | None,
    own_budget_secured: bool | None,
    ceiling_reason: str,
    version: int,
    by: User,
    is_autosave: bool = False,
) -> SectionAnswers:
    """Replace the cost lines (`LINE_FIELDS`) and what goes with them; the totals follow.

    Raises: as above.
    """
    values = {
        "other_subsidies": other_subsidies or ZERO,
        "own_budget_secured": own_budget_secured,
        "ceiling_reason": ceiling_reason,
    }

    def is_same(current: Proposal) -> bool:
        return all(getattr(current, name) == value for name, value in values.items()) and list(
            current.cost_lines.values(*LINE_FIELDS)
        ) == [only(LINE_FIELDS, line) for line in lines]

    def write(current: Proposal) -> None:
        current.cost_lines.all().delete()
        CostLine.objects.bulk_create(
            CostLine(proposal=current, position=position, **only(LINE_FIELDS, line))
            for position, line in enumerate(lines, 1)
        )
        for name, value in values.items():
            setattr(current, name, value)
        estimate = load_draft(current).estimate
        current.total_cost, current.requested_amount = estimate.total, estimate.requested
        current.save(update_fields=[*values, "total_cost", "requested_amount"])

    return save_section(
        proposal, section, SectionKind.BUDGET, version, by, is_same, write, is_autosave=is_autosave
    )


def set_team_consent(*, proposal: Proposal, may_view: bool, by: User) -> Proposal:
    """Let the PIO team look at the draft, or no longer.

    Raises:
        PermissionDenied: when `by` is no submitter: it opens the organisation's text to others.
    """
    is_submitter.check(by, proposal)
    with transaction.atomic():
        current = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if current.team_may_view != may_view:
            current.team_may_view = may_view
            current.save(update_fields=["team_may_view"])
            record(
                actor=by,
                action="proposal.team_consent",
                label=_("Het PIO-team mag meekijken") if may_view else _("Meekijken gestopt"),
                about=current,
                data={"may_view": may_view},
            )
    return current


def lock_for_editing(proposal: Proposal, by: User) -> Proposal:
    """The row under lock, when `by` may change it now; inside the caller's transaction.

    Raises:
        PermissionDenied: when `by` is no editor.
        ValidationError: when it was submitted, decided or withdrawn.
    """
    is_editor.check(by, proposal)
    return lock_editable(proposal)


def lock_editable(proposal: Proposal) -> Proposal:
    """The row under lock, when the text is open; who may write is the caller's to check.

    Raises:
        ValidationError: when it was submitted, decided or withdrawn.
    """
    current = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("call", "round")
        .get(pk=proposal.pk)
    )
    if not current.can_be_edited:
        raise ValidationError(
            _("Dit voorstel kan niet meer gewijzigd worden: de status is nu “%(state)s”.")
            % {"state": current.state_for_applicant},
            code="state",
        )
    return current


def save_section(
    proposal: Proposal,
    section: FormSection,
    kind: SectionKind,
    version: int,
    by: User,
    is_same: Callable[[Proposal], bool],
    write: Callable[[Proposal], None],
    *,
    is_autosave: bool,
) -> SectionAnswers:
    """Lock the proposal, compare versions, write, and count one version further."""
    with transaction.atomic():
        current = lock_for_editing(proposal, by)
        # Asked again under lock: a change of the form may have retired the section meanwhile.
        if not FormSection.objects.filter(
            pk=section.pk, kind=kind, call_id=current.call_id
        ).exists():
            raise ValidationError(_("Dit deel hoort niet bij dit formulier."))
        saved = (
            SectionAnswers.objects.filter(proposal=current, section=section)
            .select_related("updated_by")
            .first()
        )
        if saved is not None and is_same(current):
            return saved
        if saved is not None and saved.version != version:
            raise SectionClash(saved)
        now = clock.now()
        latest = latest_revision(current, section)
        if latest is None:
            latest = keep_state_before(proposal=proposal, section=section, saved=saved)
        if saved is None:
            saved = SectionAnswers(proposal=current, section=section, version=0)
        saved.version += 1
        saved.updated_by = by
        saved.updated_at = now
        saved.save()
        write(current)
        keep_revision(
            proposal=proposal,
            section=section,
            saved=saved,
            by=by,
            is_autosave=is_autosave,
            latest=latest,
        )
    return saved


def only(names: Sequence[str], row: Row) -> dict[str, Any]:
    return {name: row[name] for name in names}
