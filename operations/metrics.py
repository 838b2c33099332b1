"""Figures for Prometheus, computed from the database at each scrape.

So every web process gives the same answer, whichever was asked, and nothing is lost with a process.
No personal data: labels are kinds, reasons, queues and references of calls.
"""

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Min, Q, When
from django.http import HttpRequest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.client_address import client_address
from calls.lifecycle import CallState
from calls.models import SubmissionRound
from common import clock
from common.moments import local_day
from documents.models import PENDING, Job, JobState, ScanState, StoredFile
from funding.models import BudgetLine
from notifications.lifecycle import MailState, ReminderState
from notifications.models import OutboxMail, Reminder
from operations.backups.folder import backups
from operations.models import BEAT, Inspection, Refusal
from operations.selectors import last_signs
from operations.services.refusals import SUBMISSION
from projects.models import ProposalVersion
from rehearsals.lifecycle import RehearsalState
from rehearsals.models import Rehearsal
from reporting.standby import has_standby, look

LATE = timedelta(minutes=15)
"""A reminder that still waits so long after its moment is late; beat sends them every minute."""
RECENT = timedelta(days=30)
"""Failed jobs and mails are counted over so many days, however old the portal is."""
SHORTEST_TOKEN = 20

Family = GaugeMetricFamily | CounterMetricFamily


def may_read_metrics(request: HttpRequest) -> bool:
    """Whether the request carries METRICS_TOKEN or comes from METRICS_ADDRESSES."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if len(token) >= SHORTEST_TOKEN and hmac.compare_digest(given.encode(), token.encode()):
        return True
    address = client_address(request)
    return address is not None and any(
        ip_address(address) in ip_network(network, strict=False)
        for network in settings.METRICS_ADDRESSES
    )


def exposition() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(PortalCollector())
    return generate_latest(registry)


class PortalCollector(Collector):
    """Every family once; a dozen queries over indexes or small tables."""

    def collect(self) -> Iterator[Family]:
        now = clock.now()
        yield from _jobs(now)
        yield from _reminders(now)
        yield from _mails(now)
        yield from _scans(now)
        yield from _submissions()
        yield from _money(now)
        yield from _calls(now)
        yield from _parts(now)
        yield from _care(now)
        yield from _standby()


def _gauge(
    name: str, text: str, labels: Iterable[str], rows: Iterable[tuple[list[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"pio_{name}", text, labels=list(labels))
    for values, number in rows:
        family.add_metric(values, float(number))
    return family


def _plain(name: str, text: str, number: float | Decimal) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pio_{name}", text, value=float(number))


def _age(now: datetime, since: datetime | None) -> float:
    return max((now - since).total_seconds(), 0) if since else 0.0


def _jobs(now: datetime) -> Iterator[Family]:
    labels = ["queue", "kind"]
    rows = list(
        Job.objects.filter(state__in=PENDING)
        .order_by("kind")
        .values("kind")
        .annotate(
            oldest=Min("requested_at", filter=Q(state=JobState.QUEUED)),
            waiting=Count("pk", filter=Q(state=JobState.QUEUED)),
            running=Count("pk", filter=Q(state=JobState.RUNNING)),
        )
    )
    plays = Rehearsal.objects.filter(state=RehearsalState.QUEUED).aggregate(
        oldest=Min("requested_at"), waiting=Count("pk")
    )
    yield _gauge(
        "job_oldest_waiting_seconds",
        "Age of the oldest job that waits for a worker",
        labels,
        [
            *((["pdf", row["kind"]], _age(now, row["oldest"])) for row in rows),
            (["rehearsal", "rehearsal"], _age(now, plays["oldest"])),
        ],
    )
    yield _gauge(
        "jobs_waiting",
        "Jobs that wait for a worker",
        labels,
        [
            *((["pdf", row["kind"]], row["waiting"]) for row in rows),
            (["rehearsal", "rehearsal"], plays["waiting"]),
        ],
    )
    yield _gauge(
        "jobs_running",
        "Jobs in the hands of a worker",
        labels,
        ((["pdf", row["kind"]], row["running"]) for row in rows),
    )
    failed = (
        Job.objects.filter(state=JobState.FAILED, finished_at__gte=now - RECENT)
        .order_by("kind")
        .values_list("kind")
        .annotate(n=Count("pk"))
    )
    yield _gauge(
        "jobs_failed",
        "Jobs that failed in the last 30 days and were not made again",
        labels,
        ((["pdf", kind], n) for kind, n in failed),
    )


def _reminders(now: datetime) -> Iterator[Family]:
    due = Reminder.objects.due(now).count()
    late = Reminder.objects.late(now, LATE).count()
    done = Reminder.objects.filter(due_at__gt=now - timedelta(days=1), due_at__lte=now).aggregate(
        sent=Count("pk", filter=Q(state=ReminderState.SENT)),
        skipped=Count("pk", filter=Q(state=ReminderState.SKIPPED)),
    )
    yield _plain("reminders_due", "Reminders whose moment has come", due)
    yield _plain("reminders_late", "Reminders more than 15 minutes past their moment", late)
    yield _plain(
        "reminders_sent_last_day", "Reminders of the last day that were sent", done["sent"]
    )
    yield _plain(
        "reminders_skipped_last_day",
        "Reminders of the last day that were not sent any more",
        done["skipped"],
    )


def _mails(now: datetime) -> Iterator[Family]:
    on_the_way = OutboxMail.objects.filter(
        state__in=[MailState.QUEUED, MailState.SENDING]
    ).aggregate(
        queued=Count("pk", filter=Q(state=MailState.QUEUED)),
        sending=Count("pk", filter=Q(state=MailState.SENDING)),
        # What the night held is late from the morning on; what was tried waits since it was made.
        oldest=Min(
            Case(When(attempts=0, then="next_try_at"), default="created_at"),
            filter=Q(attempts__gt=0) | Q(next_try_at__lte=now),
        ),
    )
    recent = OutboxMail.objects.filter(created_at__gte=now - RECENT).aggregate(
        uncertain=Count("pk", filter=Q(state=MailState.UNCERTAIN)),
        failed=Count("pk", filter=Q(state=MailState.FAILED)),
        held=Count("pk", filter=Q(state=MailState.HELD)),
    )
    oldest = on_the_way.pop("oldest")
    yield _gauge(
        "mails",
        "Mails that are not sent, by state; held, failed and uncertain of the last 30 days",
        ["state"],
        (([state], n) for state, n in (on_the_way | recent).items()),
    )
    yield _plain(
        "mail_oldest_waiting_seconds", "Age of the oldest mail on its way", _age(now, oldest)
    )


def _scans(now: datetime) -> Iterator[Family]:
    waiting = StoredFile.objects.filter(scan_state=ScanState.PENDING).aggregate(
        oldest=Min("created_at"), files=Count("pk")
    )
    yield _plain("scans_waiting", "Files that wait for the virus scanner", waiting["files"])
    yield _plain(
        "scan_oldest_waiting_seconds",
        "Age of the oldest file that waits for the virus scanner",
        _age(now, waiting["oldest"]),
    )


def _submissions() -> Iterator[Family]:
    yield CounterMetricFamily(
        "pio_submissions_accepted", "Versions handed in", value=ProposalVersion.objects.count()
    )
    refused = CounterMetricFamily(
        "pio_submissions_refused", "Attempts to hand in that were refused", labels=["reason"]
    )
    for reason, count in Refusal.objects.filter(kind=SUBMISSION).values_list("reason", "count"):
        refused.add_metric([reason], count)
    yield refused


def _money(now: datetime) -> Iterator[Family]:
    year = local_day(now).year
    lines = BudgetLine.objects.filter(budget_year__year=year).order_by("stream")
    yield _gauge(
        "budget_vak_left_euro",
        "What may still be committed on a line of this year",
        ["year", "stream"],
        (([str(year), line.stream], float(line.vak_available)) for line in lines),
    )


def _calls(now: datetime) -> Iterator[Family]:
    rounds = (
        SubmissionRound.objects.open_at(now)
        .filter(call__state=CallState.PUBLISHED)
        .order_by("closes_at", "pk")
        .values_list("call__reference", "number", "closes_at")
    )
    yield _gauge(
        "call_closes_in_seconds",
        "Time until an open round closes",
        ["call", "round"],
        (
            ([reference, str(number)], (closes_at - now).total_seconds())
            for reference, number, closes_at in rounds
        ),
    )


def _parts(now: datetime) -> Iterator[Family]:
    signs = last_signs()
    yield _gauge(
        "part_silent_seconds",
        "Time since the last sign of life of a part",
        ["part"],
        (([part], _age(now, seen)) for part, seen in signs.items()),
    )
    if BEAT in signs:
        yield _plain("beat_silent_seconds", "Time since the last beat", _age(now, signs[BEAT]))


def _care(now: datetime) -> Iterator[Family]:
    """How the portal is looked after: inspections, backups, restore tests."""
    latest: Any = Inspection.objects.first()
    if latest:
        yield _plain("inspection_faults", "Faults that the last inspection found", latest.faults)
        yield _plain(
            "inspection_age_seconds", "Time since the last inspection", _age(now, latest.ran_at)
        )
    kept = backups()
    if kept:
        yield _plain("backup_age_seconds", "Time since the last backup", _age(now, kept[0].made_at))
    tested = max((one.tested_at for one in kept if one.tested_at), default=None)
    if tested:
        yield _plain(
            "restore_test_age_seconds", "Time since a backup was last restored", _age(now, tested)
        )


def _standby() -> Iterator[Family]:
    """What a report that is asked now would do; how many did stands in the log."""
    if has_standby():
        reads = look().reason is None
        yield _plain("standby_read", "Whether reports read the standby (1) or fall back (0)", reads)
