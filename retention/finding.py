"""What is due: of each rule the things whose term is over on a day, without those that are held."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from audit.models import AuditEvent
from common import clock
from common.formatting import format_day
from common.moments import BRUSSELS, add_months, end_of_day, today
from evaluations.models import CompletenessCheck, SelectionDecision
from funding.models import Claim, LedgerEntry
from funding.models.booking import EntryKind
from payments.lifecycle import RecoveryState, SettlementState
from payments.models import RecoveryRequest, Settlement
from projects.lifecycle import ENDED_PROJECT_STATES, ProposalState
from projects.models import Project, Proposal
from retention.lifecycle import RequestState
from retention.models import LegalHold, PrivacyRequest, RetentionRule
from retention.registry import LOGS

FILE = "projects.Proposal"
PERSON = "accounts.User"
REQUEST = "retention.PrivacyRequest"

GONE = "(vernietigd)"
"""What stands in place of a text that was destroyed."""

ERASED = "@gewist.invalid"
"""The end of the address of an account that was erased."""

MONEY_MOVED = (EntryKind.PAYMENT, EntryKind.PAYMENT_REVERSAL, EntryKind.RECOVERY)


@dataclass(frozen=True)
class Due:
    """One thing, or of a log all that is older: `object_id` is empty then, `count` how many."""

    kind: str
    object_id: str
    number: str
    since: date
    count: int = 1


Finder = Callable[[RetentionRule, date, str], Iterable[Due]]


def last_day(rule: RetentionRule, day: date | None = None) -> date:
    """The last day on which a term may have begun to be over on `day` (today)."""
    return add_months(day or today(), -rule.months)


def due(rule: RetentionRule, *, day: date | None = None, only: str = "") -> list[Due]:
    """What the rule lets be destroyed on `day` (today), the oldest first.

    What a running appeal, recovery or audit holds is never among it, nor what an open case still
    needs. With `only` the answer is about the thing with that key: asked just before it goes.
    """
    found = _FINDERS.get(rule.code, _logs)(rule, last_day(rule, day), only)
    return sorted(found, key=lambda one: (one.since, one.kind, one.number))


def held_files() -> QuerySet[LegalHold]:
    """What stands in the way of destruction now, with the file, the newest first."""
    return LegalHold.objects.standing().select_related("proposal", "placed_by")


def drafts_to_warn(rule: RetentionRule) -> QuerySet[Any]:
    """Drafts whose term is over within the days of warning, and of which nobody was told yet."""
    soon = last_day(rule, today() + timedelta(days=rule.warning_days))
    return (
        _drafts()
        .filter(since__lte=soon, retention_warning=None)
        .select_related("call")
        .order_by("pk")
    )


def _day(path: str) -> TruncDate:
    return TruncDate(path, tzinfo=BRUSSELS)


def _first(rows: QuerySet[Any], value: Any) -> Subquery:
    return Subquery(rows.annotate(value_=value).values("value_")[:1])


def _free(files: QuerySet[Any], only: str) -> QuerySet[Any]:
    """Without what is held, and without what was destroyed already."""
    standing = LegalHold.objects.standing().filter(proposal=OuterRef("pk"))
    recovery = RecoveryRequest.objects.filter(
        state=RecoveryState.ASKED, settlement__commitment__project__proposal=OuterRef("pk")
    )
    files = files.exclude(Exists(standing) | Exists(recovery)).exclude(title=GONE)
    return files.filter(pk=only) if only else files


def _files(files: QuerySet[Any], until: date) -> list[Due]:
    rows = files.filter(since__lte=until).values_list("pk", "reference", "since")
    return [Due(FILE, str(pk), reference, since) for pk, reference, since in rows]


def _granted(rule: RetentionRule, until: date, only: str) -> list[Due]:
    """Selected files of which the project is over and no money is on its way."""
    projects = Project.objects.filter(proposal=OuterRef("pk"))
    moved = LedgerEntry.objects.filter(
        commitment__project__proposal=OuterRef("pk"), kind__in=MONEY_MOVED
    ).order_by("-effective_on")
    told = SelectionDecision.objects.filter(proposal=OuterRef("pk"))
    of_file = {"commitment__project__proposal": OuterRef("pk")}
    open_claims = Claim.objects.filter(
        approved_at=None,
        rejected_at=None,
        instalment__commitment__project__proposal=OuterRef("pk"),
    )
    unsettled = Settlement.objects.filter(state=SettlementState.PROPOSED, **of_file)
    files = (
        _free(Proposal.objects.filter(state=ProposalState.SELECTED), only)
        .filter(Exists(projects.filter(state__in=ENDED_PROJECT_STATES)))
        .exclude(Exists(projects.exclude(state__in=ENDED_PROJECT_STATES)))
        .exclude(Exists(open_claims) | Exists(unsettled))
        .annotate(
            since=Coalesce(
                _first(moved, F("effective_on")),
                _first(projects.order_by("-ended_on"), F("ended_on")),
                _first(told.order_by("-decided_at"), _day("decided_at")),
            )
        )
    )
    return _files(files, until)


def _rejected(rule: RetentionRule, until: date, only: str) -> list[Due]:
    """Files that ended without a grant: not selected, withdrawn, or left incomplete."""
    told = SelectionDecision.objects.filter(proposal=OuterRef("pk")).order_by("-decided_at")
    withdrawn = AuditEvent.objects.filter(
        content_type__app_label="projects",
        content_type__model="proposal",
        object_id=Cast(OuterRef("pk"), models.CharField()),
        target=ProposalState.WITHDRAWN,
    ).order_by("-at")
    checked = CompletenessCheck.objects.filter(version__proposal=OuterRef("pk"))
    ended = [ProposalState.NOT_SELECTED, ProposalState.WITHDRAWN, ProposalState.INCOMPLETE]
    files = _free(
        Proposal.objects.filter(state__in=ended, submitted_at__isnull=False), only
    ).annotate(
        since=Coalesce(
            _first(withdrawn, _day("at")),
            _first(told, Coalesce(_day("notified_at"), _day("decided_at"))),
            _first(checked.order_by("-checked_at"), _day("checked_at")),
            _day("submitted_at"),
        )
    )
    return _files(files, until)


def _drafts() -> QuerySet[Any]:
    never = Q(state__in=[ProposalState.DRAFT, ProposalState.WITHDRAWN], submitted_at=None)
    return Proposal.objects.filter(never).annotate(
        closed_=Max("call__rounds__closes_at"), since=_day("closed_")
    )


def _never_submitted(rule: RetentionRule, until: date, only: str) -> list[Due]:
    """Drafts of a call that closed, of which the people were told in time."""
    drafts = _free(_drafts(), only)
    if rule.warning_days:
        told_by = clock.now() - timedelta(days=rule.warning_days)
        drafts = drafts.filter(retention_warning__warned_at__lte=told_by)
    return _files(drafts, until)


def _accounts(rule: RetentionRule, until: date, only: str) -> list[Due]:
    """Accounts without a role, an organisation or an open question, not used for long."""
    asked = PrivacyRequest.objects.filter(person=OuterRef("pk"), state=RequestState.OPEN)
    people = (
        User.objects.filter(is_superuser=False, groups=None)
        .exclude(email__endswith=ERASED)
        .exclude(Exists(Membership.objects.filter(user=OuterRef("pk"))) | Exists(asked))
        .annotate(used=Coalesce("last_login", "date_joined"), since=_day("used"))
        .filter(since__lte=until)
    )
    people = people.filter(pk=only) if only else people
    return [
        Due(PERSON, str(pk), _("Account %(number)s") % {"number": pk}, since)
        for pk, since in people.values_list("pk", "since")
    ]


def _requests(rule: RetentionRule, until: date, only: str) -> list[Due]:
    """Questions about personal data that were answered long ago."""
    asked = PrivacyRequest.objects.exclude(state=RequestState.OPEN).exclude(text=GONE)
    asked = asked.annotate(since=_day("answered_at")).filter(since__lte=until)
    asked = asked.filter(pk=only) if only else asked
    return [
        Due(REQUEST, str(pk), _("Vraag %(number)s") % {"number": pk}, since)
        for pk, since in asked.values_list("pk", "since")
    ]


def old_rows(label: str, until: date) -> QuerySet[Any]:
    """The rows of a log up to and including that day, that still hold what goes."""
    log = LOGS[label]
    rows = apps.get_model(label)._base_manager.filter(**{f"{log.at}__lt": end_of_day(until)})
    return rows.exclude(**dict.fromkeys(log.fields, "")) if log.fields else rows


def _logs(rule: RetentionRule, until: date, only: str) -> list[Due]:
    """Of each log of the rule what is older, as one line."""
    found = []
    for label, log in LOGS.items():
        if log.rule != rule.code:
            continue
        rows = old_rows(label, until)
        first, count = rows.aggregate(first=Min(log.at), count=models.Count("pk")).values()
        if count:
            name = str(apps.get_model(label)._meta.verbose_name_plural)
            words = _("%(name)s tot en met %(day)s") % {"name": name, "day": format_day(until)}
            found.append(Due(label, "", words[:120], first.date(), count))
    return found


_FINDERS: dict[str, Finder] = {
    "granted_file": _granted,
    "rejected_file": _rejected,
    "draft": _never_submitted,
    "account": _accounts,
    "privacy_request": _requests,
}
