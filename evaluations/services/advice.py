"""The advice: written by the lead adviser, final once, corrected by a new version."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from common import clock
from common.constraints import readable_constraints
from common.drafting import Clash
from common.formatting import format_clock
from common.lifecycle import TransitionRefused
from evaluations.lifecycle import AssignmentState
from evaluations.models import Advice, Assignment, Conclusion, ExclusionAnswer, SelectionDecision
from evaluations.policies import is_lead_adviser
from evaluations.selectors import draft_advice, final_advice, lead_assignment
from evaluations.services.consensus import refuse_before_readers_agree
from evaluations.services.information import refuse_while_information_is_asked
from evaluations.services.locking import lock_file
from projects.lifecycle import PROPOSAL_LIFECYCLE, ProposalState
from projects.models import Proposal

ADVISABLE = frozenset({ProposalState.ASSESSMENT, ProposalState.ADVISED})


@dataclass(frozen=True)
class AdviceText:
    """What the advice form holds. Everything but `internal_note` is written for the applicant."""

    strengths: str = ""
    points_of_attention: str = ""
    conditions: str = ""
    budget_from: Decimal | None = None
    budget_to: Decimal | None = None
    conclusion: str = ""
    internal_note: str = ""


class AdviceChanged(Clash):
    """The advice was saved since this form was opened."""

    def __init__(self, current: Advice) -> None:
        super().__init__(
            current,
            _(
                "Het advies is intussen gewijzigd (om %(clock)s uur). "
                "Vergelijk de twee teksten en kies."
            )
            % {"clock": format_clock(current.updated_at)},
        )


@transaction.atomic
def save_advice(
    *, proposal: Proposal, by: User, text: AdviceText, version: int | None = None
) -> Advice:
    """Keep the draft; everything may still be empty. The same again is no new version.

    `version` is as it was when the form was read, 0 when nothing was saved yet; None overwrites
    whatever stands there.

    Raises:
        PermissionDenied: when `by` is not the lead adviser of the file.
        AdviceChanged: when the stored version is another one, with other content.
        TransitionRefused: when the file moved on, or the advice is final.
        ValidationError: when the budget range is the wrong way round.
    """
    proposal, _assignment = _locked(proposal, by)
    advice = draft_advice(proposal)
    if advice is None:
        if final_advice(proposal) is not None:
            raise TransitionRefused(
                _("Dit advies is definitief. Begin een verbetering om het te wijzigen."),
                code="state",
            )
        advice = Advice(proposal=proposal, author=by, version=0)
    elif text == text_of(advice):
        return advice
    elif version not in {None, advice.version}:
        raise AdviceChanged(advice)
    for name, value in asdict(text).items():
        setattr(advice, name, value)
    advice.author = by
    advice.version += 1
    advice.updated_at = clock.now()
    with readable_constraints(fields={"evaluations_advice_budget_range": "budget_to"}):
        advice.save()
    return advice


@transaction.atomic
def finalise_advice(*, proposal: Proposal, by: User) -> Advice:
    """Make the saved advice final; the first one takes the file to "advies uitgebracht".

    Raises:
        PermissionDenied: when `by` is not the lead adviser of the file.
        TransitionRefused: when the file moved on or was decided, a question to the applicant is
            open, a reader is not done, or the readers do not agree yet.
        ValidationError: naming what the advice still lacks.
    """
    proposal, assignment = _locked(proposal, by)
    advice = draft_advice(proposal)
    if advice is None:
        raise ValidationError(_("Er is geen ontwerp van een advies om definitief te maken."))
    _refuse_unfinished(advice, _unmet(assignment))
    refuse_while_information_is_asked(proposal)
    if proposal.state == ProposalState.ASSESSMENT:
        refuse_before_readers_agree(proposal)
    advice.finalised_at = clock.now()
    advice.save(update_fields=["finalised_at"])
    if proposal.state == ProposalState.ASSESSMENT:
        PROPOSAL_LIFECYCLE.perform(proposal, "give_advice", actor=by)
    record(
        actor=by,
        action="advice.finalised",
        label=_("Advies versie %(number)d is definitief") % {"number": advice.number},
        about=advice,
    )
    return advice


@transaction.atomic
def correct_advice(*, proposal: Proposal, by: User) -> Advice:
    """Begin a new version of a final advice, as long as nothing was decided.

    Raises:
        PermissionDenied: when `by` is not the lead adviser of the file.
        TransitionRefused: when the file moved on or was decided.
        ValidationError: when there is no final advice, or a correction was begun already.
    """
    proposal, _assignment = _locked(proposal, by)
    current = final_advice(proposal)
    if current is None:
        raise ValidationError(_("Er is nog geen definitief advies om te verbeteren."))
    if draft_advice(proposal) is not None:
        raise ValidationError(_("Er is al een verbetering begonnen."))
    correction = Advice.objects.create(
        proposal=proposal,
        number=current.number + 1,
        author=by,
        **{name: getattr(current, name) for name in AdviceText.__dataclass_fields__},
    )
    record(
        actor=by,
        action="advice.correction_begun",
        label=_("Verbetering van het advies begonnen"),
        about=correction,
    )
    return correction


def _locked(proposal: Proposal, by: User) -> tuple[Proposal, Assignment]:
    """The file, locked, while `by` may write its advice."""
    proposal = lock_file(proposal, ADVISABLE)
    assignment = lead_assignment(proposal)
    is_lead_adviser.check(by, assignment)
    assert assignment is not None
    if assignment.state != AssignmentState.DONE:
        raise TransitionRefused(_("Maak eerst uw scores definitief. Daarna schrijft u het advies."))
    if SelectionDecision.objects.filter(proposal=proposal).exists():
        raise TransitionRefused(_("Het advies ligt vast: wie beslist, is ermee aan het werk."))
    return proposal, assignment


def text_of(advice: Advice) -> AdviceText:
    """What is stored, as the form holds it."""
    return AdviceText(**{name: getattr(advice, name) for name in AdviceText.__dataclass_fields__})


def _unmet(assignment: Assignment) -> list[str]:
    """The exclusion criteria that the lead found not to be met."""
    answers = ExclusionAnswer.objects.filter(evaluation__assignment=assignment, is_met=False)
    return list(answers.order_by("item__position", "pk").values_list("item__label", flat=True))


def _refuse_unfinished(advice: Advice, unmet: list[str]) -> None:
    missing: dict[str, str] = {}
    if not advice.strengths.strip():
        missing["strengths"] = _("Beschrijf de sterke punten.")
    if not advice.conclusion:
        missing["conclusion"] = _("Kies een besluit.")
    elif not advice.points_of_attention.strip():
        if unmet and Conclusion(advice.conclusion).supports_selection:
            missing["points_of_attention"] = _(
                "Niet voldaan: %(criteria)s. Schrijf bij de aandachtspunten waarom u toch positief "
                "besluit."
            ) % {"criteria": ", ".join(f"“{label}”" for label in unmet)}
        elif advice.conclusion != Conclusion.POSITIVE:
            missing["points_of_attention"] = _("Beschrijf de aandachtspunten bij dit besluit.")
    if missing:
        raise ValidationError(missing)
