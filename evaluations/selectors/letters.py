"""Letters, their texts, and the mails that wait beside them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from calls.models import Call
from common.moments import is_working_day, today
from documents.models import JobState
from evaluations import conf
from evaluations.letter_words import LetterWords
from evaluations.models import LetterText, LetterTextVersion, SelectionDecision
from evaluations.policies import may_see_all_files
from evaluations.selectors.files import visible_files
from notifications.models import OutboxMail, OutboxMailQuerySet
from projects.lifecycle import ProposalState
from projects.models import Proposal

DECISION_MAIL = "evaluations.decision"
"""The kind of mail that tells the applicant of a decision."""

# --- Texts ---------------------------------------------------------------------------------------


def current_letter_version(outcome: str) -> int:
    """The version of the texts from which a letter would be made now."""
    return LetterText.objects.values_list("version", flat=True).get(outcome=outcome)


def letter_words(outcome: str, version: int | None) -> LetterWords:
    """The texts of one version; of now for a letter from before versions were kept."""
    text: LetterText | LetterTextVersion = LetterText.objects.get(outcome=outcome)
    if version is not None:
        text = LetterTextVersion.objects.get(text=text.pk, version=version)
    return LetterWords(text.opening, text.closing, text.appeal)


def text_changed_since(decision: SelectionDecision, versions: dict[str, int]) -> bool:
    """Whether the texts were saved after this letter was asked for; `versions` by outcome."""
    if decision.letter is None:
        return False
    return decision.letter.params.get("text") != versions[decision.outcome]


def current_versions() -> dict[str, int]:
    """The version of now, by outcome."""
    return dict(LetterText.objects.values_list("outcome", "version"))


# --- Files that were decided and not told yet ----------------------------------------------------


@dataclass
class LetterRow:
    """One decided file of a call, with its letter and the mails that are held for it."""

    proposal: Proposal
    decision: SelectionDecision
    text_changed: bool
    mails: list[OutboxMail] = field(default_factory=list)

    @property
    def is_prepared(self) -> bool:
        return hasattr(self.decision, "preparation")


def undisclosed_decisions(user: Any) -> QuerySet[SelectionDecision]:
    """Decided, waiting to be told, of files that `user` sees and whose decision `user` may know."""
    files = visible_files(user).filter(state=ProposalState.ADVISED)
    if not may_see_all_files.test(user, None):
        files = files.filter(call__decision_role__in=[str(role) for role in user.staff_roles])
    return SelectionDecision.objects.filter(proposal__in=files, notified_at__isnull=True)


def calls_with_letters(user: Any) -> QuerySet[Call]:
    """Calls with decisions to tell, with how many: `to_notify`, `prepared` and `letters_ready`."""
    decisions = undisclosed_decisions(user)

    def count(**conditions: Any) -> Count:
        rule = Q(proposals__decision__in=decisions, **conditions)
        return Count("proposals", filter=rule, distinct=True)

    return (
        Call.objects.visible_to(user)
        .annotate(
            to_notify=count(),
            letters_ready=count(proposals__decision__letter__state=JobState.DONE),
            prepared=count(proposals__decision__preparation__isnull=False),
        )
        .filter(to_notify__gt=0)
        .order_by("-created_at", "-pk")
    )


def letter_rows(user: Any, call: Call) -> list[LetterRow]:
    """The decided files of a call by reference, with what is held; a fixed number of queries."""
    decisions = list(
        undisclosed_decisions(user)
        .filter(proposal__call=call)
        .select_related("proposal__call", "proposal__organisation", "letter__file", "preparation")
        .order_by("proposal__reference")
    )
    versions = current_versions()
    mails = _held_by_proposal(decision.proposal_id for decision in decisions)
    return [
        LetterRow(
            proposal=decision.proposal,
            decision=decision,
            text_changed=text_changed_since(decision, versions),
            mails=mails[decision.proposal_id],
        )
        for decision in decisions
    ]


def _held_by_proposal(proposals: Iterable[int]) -> dict[int, list[OutboxMail]]:
    found: dict[int, list[OutboxMail]] = defaultdict(list)
    mails = OutboxMail.objects.held().about_these(Proposal, proposals)
    for mail in mails.filter(kind=DECISION_MAIL).select_related("recipient").order_by("pk"):
        found[int(mail.object_id)].append(mail)
    return found


def held_mails(proposal: Proposal) -> OutboxMailQuerySet:
    """The mails about the decision on a file that wait to be released."""
    mails = OutboxMail.objects.held().about_these(Proposal, [proposal.pk])
    return mails.filter(kind=DECISION_MAIL).select_related("recipient").order_by("pk")


# --- Appeal --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AppealTerm:
    """Until when one may appeal; `last_day` counts."""

    notified_on: date
    last_day: date

    @property
    def days_left(self) -> int:
        """Whole days after today; 0 on the last day, negative when it is over."""
        return (self.last_day - today()).days

    @property
    def is_running(self) -> bool:
        return self.days_left >= 0


def appeal_term(notified_on: date) -> AppealTerm:
    """The day after the notification is day 1 (domain.md 9.8).

    A last day on which nobody works moves to the next working day (Regent's decree of 23-08-1948,
    art. 88), so the flag never says too early that a decision stands.
    """
    last_day = notified_on + timedelta(days=conf.appeal_days())
    while not is_working_day(last_day):
        last_day += timedelta(days=1)
    return AppealTerm(notified_on, last_day)


def appeal_of(proposal: Proposal) -> AppealTerm | None:
    """The term of a file whose decision was told; None before that."""
    if proposal.state not in {ProposalState.SELECTED, ProposalState.NOT_SELECTED}:
        return None
    notified_on = (
        SelectionDecision.objects.filter(proposal=proposal)
        .values_list("notified_on", flat=True)
        .first()
    )
    return appeal_term(notified_on) if notified_on else None
