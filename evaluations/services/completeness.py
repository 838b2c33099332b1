"""The formal check of a submitted version (not "ontvankelijkheid", domain.md 0.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.formatting import format_deadline
from common.moments import end_of_day
from evaluations.models import (
    CompletenessAnswer,
    CompletenessCheck,
    CorrectionItem,
    CorrectionKind,
)
from evaluations.policies import may_check_completeness
from evaluations.selectors.checking import points_to_check
from evaluations.selectors.deadlines import correction_deadline
from evaluations.services.locking import applicants, lock_file
from notifications.services import portal_url, queue_mail
from projects.frozen import items_of
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal, ProposalVersion
from projects.services.submission import give_longer_to_correct
from projects.window import Window, window_at

MAX_CORRECTIONS = 30
LONGEST_CORRECTION = timedelta(days=366)
"""A later day is a slip of the keyboard."""


@dataclass(frozen=True)
class PointAnswer:
    """The answer to one point of the checklist; `reason` is needed when it is not in order."""

    is_ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Correction:
    """One thing that the applicant must correct.

    Of one question of the frozen version (`section_code` and `key`), of a whole section (no `key`)
    or of the whole proposal (neither).
    """

    what: str
    kind: str = CorrectionKind.OTHER
    section_code: str = ""
    key: str = ""


@transaction.atomic
def check_completeness(
    *,
    proposal: Proposal,
    by: User,
    is_complete: bool,
    remarks: str = "",
    answers: dict[int, PointAnswer] | None = None,
    corrections: Sequence[Correction] = (),
    correct_until: date | None = None,
) -> CompletenessCheck:
    """Declare the submitted version complete, or incomplete with what the applicant must correct.

    `answers` are by id of the points of the call's list. Without them a complete file has every
    point in order, and of an incomplete one no list is kept. `remarks` are one more correction, of
    the whole proposal. `correct_until` is the last day to hand in again; without it what the call
    promises. The applicant gets a mail with what is asked and until when, and the clock of the file
    stops until then (services.pauses).

    Raises:
        PermissionDenied: when `by` is not of the PIO team.
        TransitionRefused: when the file does not wait for this check.
        ValidationError: by field: a point without answer (`point_<id>`) or without reason
            (`reason_<id>`), complete with a point that is not in order (`is_complete`), incomplete
            without anything to correct (`remarks`), a correction that is about nothing in the
            version (`corrections`), a day earlier than the call promises (`correct_until`).
    """
    may_check_completeness.check(by, proposal)
    proposal = lock_file(proposal)
    asked = [Correction(text)] if (text := remarks.strip()) else []
    asked += [one for one in corrections if one.what.strip()]
    kept = _answers(proposal, answers, is_complete=is_complete)
    now = clock.now()
    if is_complete:
        _refuse_open_points(kept)
        asked, correct_until = [], None
    else:
        _refuse_nothing_asked(asked)
        _refuse_early(proposal, correct_until, now)
    version = proposal.latest_version
    labels = _labels(version, asked)
    summary = "\n".join(_in_one_line(one, labels) for one in asked)
    PROPOSAL_LIFECYCLE.perform(
        proposal,
        "mark_complete" if is_complete else "mark_incomplete",
        actor=by,
        comment=summary,
    )
    if version is None:
        raise ValidationError(_("Van dit voorstel is geen ingediende versie bewaard."))
    if correct_until is not None and end_of_day(correct_until) > _promised(proposal, now):
        give_longer_to_correct(proposal=proposal, until=end_of_day(correct_until))
    check = CompletenessCheck.objects.create(
        version=version, is_complete=is_complete, remarks=summary, checked_by=by, checked_at=now
    )
    for answer in kept:
        answer.check_of = check
    CompletenessAnswer.objects.bulk_create(kept)
    CorrectionItem.objects.bulk_create(
        CorrectionItem(
            check_of=check,
            position=position,
            kind=one.kind,
            section_code=one.section_code,
            key=one.key,
            label=labels[one.section_code, one.key],
            what=one.what.strip(),
        )
        for position, one in enumerate(asked, 1)
    )
    if not is_complete:
        # The step has just set until when the proposal may be completed.
        _tell_what_is_missing(proposal, check, window_at(proposal, now))
    return check


def _answers(
    proposal: Proposal, answers: dict[int, PointAnswer] | None, *, is_complete: bool
) -> list[CompletenessAnswer]:
    """The rows to keep, one per point of the list as it stands now."""
    if answers is None and not is_complete:
        return []
    refused: dict[str, Any] = {}
    kept = []
    for point in points_to_check(proposal):
        given = PointAnswer(True) if answers is None else answers.get(point.pk)
        if given is None:
            refused[f"point_{point.pk}"] = _("Antwoord ja of nee.")
        elif not given.is_ok and not given.reason.strip():
            refused[f"reason_{point.pk}"] = _("Schrijf waarom dit punt niet in orde is.")
        else:
            kept.append(
                CompletenessAnswer(
                    item=point, label=point.label, is_ok=given.is_ok, reason=given.reason.strip()
                )
            )
    if refused:
        raise ValidationError(refused)
    return kept


def _refuse_open_points(kept: list[CompletenessAnswer]) -> None:
    if any(not answer.is_ok for answer in kept):
        raise ValidationError(
            {
                "is_complete": _(
                    "Een voorstel is pas volledig als elk punt in orde is. Verklaar het onvolledig,"
                    " of kijk de punten met “nee” opnieuw na."
                )
            }
        )


def _refuse_nothing_asked(asked: list[Correction]) -> None:
    if not asked:
        raise ValidationError({"remarks": _("Schrijf wat er ontbreekt.")})
    if len(asked) > MAX_CORRECTIONS:
        raise ValidationError(
            {"remarks": _("Vraag hoogstens %(n)s aanpassingen.") % {"n": MAX_CORRECTIONS}}
        )


def _refuse_early(proposal: Proposal, until: date | None, now: datetime) -> None:
    if until is None:
        return
    promised = correction_deadline(proposal, now)
    refusal = ""
    if promised is None:
        refusal = _(
            "De ronde is gesloten en de oproep geeft geen dagen om aan te vullen. Geef de aanvrager"
            " eerst uitstel."
        )
    elif end_of_day(until) < promised:
        refusal = _("De oproep belooft tijd tot %(promised)s. Kies die dag of een latere dag.") % {
            "promised": format_deadline(promised)
        }
    elif end_of_day(until) > now + LONGEST_CORRECTION:
        refusal = _("Kies een dag binnen het jaar.")
    if refusal:
        raise ValidationError({"correct_until": refusal})


def _promised(proposal: Proposal, now: datetime) -> datetime:
    promised = correction_deadline(proposal, now)
    assert promised is not None, "refused above"
    return promised


def _labels(version: ProposalVersion | None, asked: list[Correction]) -> dict[tuple[str, str], str]:
    """How the version names what each correction is about.

    Raises:
        ValidationError: for `corrections` when it holds no such section or question.
    """
    labels = {("", ""): ""}
    for section, item in items_of(version.content if version is not None else {}):
        title = f"{section['code']}. {section['title']}"
        labels[section["code"], ""] = title[:300]
        labels[section["code"], item["key"]] = f"{section['code']}. {item['label']}"[:300]
    if any((one.section_code, one.key) not in labels for one in asked):
        raise ValidationError(
            {"corrections": _("Deze vraag staat niet in de ingediende versie. Herlaad de pagina.")}
        )
    return labels


def _in_one_line(one: Correction, labels: dict[tuple[str, str], str]) -> str:
    label = labels[one.section_code, one.key]
    return f"{label} – {one.what.strip()}" if label else one.what.strip()


def _tell_what_is_missing(proposal: Proposal, check: CompletenessCheck, window: Window) -> None:
    for person in applicants(proposal):
        queue_mail(
            kind="evaluations.incomplete",
            to=person,
            template="evaluations/mail/incomplete.md",
            context={
                "proposal": proposal,
                "corrections": list(check.corrections.order_by("position", "pk")),
                "until": format_deadline(window.closes_at)
                if window.is_open and window.closes_at
                else "",
                "url": portal_url("projects:proposal", proposal.reference),
            },
            about=proposal,
            dedupe_key=f"evaluations.incomplete:{check.pk}:{person.pk}",
        )
