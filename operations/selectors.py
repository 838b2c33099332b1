"""What the probes, the banner and the page of outages read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from calls.lifecycle import CallState
from calls.models import SubmissionRound
from common import clock
from common.moments import today
from documents.services.requests import broker
from operations import conf
from operations.gaps import Gap, gaps, is_hit, lost_time, proposed_closing
from operations.models import (
    BEAT,
    WEB,
    WORKER,
    CspReport,
    Heartbeat,
    OutageAnswer,
    SignOfLife,
)

CSP_REPORTS_SHOWN = 50


def last_signs() -> dict[str, datetime]:
    """When each part last gave a sign, by its name; one query of a handful of rows."""
    rows = SignOfLife.objects.order_by("part").values("part").annotate(seen=Max("seen_at"))
    return {row["part"]: row["seen"] for row in rows}


def is_alive(part: str, node: str = "") -> bool:
    """Whether a part (one process of it, when `node` is given) gave a sign lately."""
    signs = SignOfLife.objects.filter(part=part, seen_at__gte=clock.now() - conf.silence())
    return (signs.filter(node=node) if node else signs).exists()


def expected_parts() -> list[str]:
    """Every part that should give signs: beat, a worker per queue, and web when it is probed."""
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    queues.add(settings.CELERY_TASK_DEFAULT_QUEUE)
    web = [WEB] if settings.WEB_PROBE_URL else []
    return [*web, BEAT, *(f"{WORKER}{queue}" for queue in sorted(queues))]


def silent_parts(signs: dict[str, datetime] | None = None) -> dict[str, datetime | None]:
    """Parts that should give signs and do not, with their last one (None: never).

    Empty on a portal where nothing ever ticked: there nobody was promised anything yet.
    """
    seen = last_signs() if signs is None else signs
    if not seen:
        return {}
    oldest = clock.now() - conf.silence()
    return {
        part: seen.get(part)
        for part in expected_parts()
        if seen.get(part) is None or seen[part] < oldest
    }


def what_waits() -> list[str]:
    """What people should know waits because a part is silent, a sentence each; one query.

    Workers that wait for the broker are silent too, so this also tells that the broker is down.
    """
    silent = silent_parts()
    if broker.seems_away:
        # This process just found out; the silence of the workers shows minutes later.
        silent |= dict.fromkeys(part for part in expected_parts() if part.startswith(WORKER))
    sentences = {
        BEAT: _("herinneringen en alles wat op een vast moment gebeurt"),
        f"{WORKER}pdf": _("documenten: brieven, verslagen en exports"),
        f"{WORKER}mail": _("mails"),
        f"{WORKER}rehearsal": _("oefeningen van een oproep"),
        f"{WORKER}default": _("kleine taken, zoals het nakijken van belangenconflicten"),
    }
    return [sentence for part, sentence in sentences.items() if part in silent]


@dataclass(frozen=True)
class Outage:
    """A gap, and which parts were silent all through it."""

    gap: Gap
    silent: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether beat lived and saw that the web server did not answer.

        Otherwise everything was silent, and it may be that only the workers stood still.
        """
        return BEAT not in self.silent

    @property
    def minutes(self) -> int:
        return int(self.gap.length.total_seconds() // 60)


def outages(*, since: datetime | None = None) -> list[Outage]:
    """Every outage of the last days, newest first; two queries.

    Told by the web server's heartbeats where it is probed, else by those of beat.
    """
    since = since or clock.now() - conf.heartbeats_kept()
    kept = Heartbeat.objects.filter(minute__gte=since).order_by("minute")
    beats = list(kept.filter(part=BEAT).values_list("minute", flat=True))
    web = list(kept.filter(part=WEB).values_list("minute", flat=True))
    shortest = conf.outage_from()
    beat_gaps = gaps(beats, shortest=shortest)
    if not web:
        return [Outage(gap, (BEAT,)) for gap in reversed(beat_gaps)]
    return [
        Outage(gap, (WEB, BEAT) if _covers(beat_gaps, gap, shortest) else (WEB,))
        for gap in reversed(gaps(web, shortest=shortest))
    ]


def _covers(others: Iterable[Gap], gap: Gap, slack: timedelta) -> bool:
    return any(
        other.began <= gap.began + slack and other.ended >= gap.ended - slack for other in others
    )


@dataclass(frozen=True)
class Proposal:
    """Time that the portal proposes to give back to those who apply in one round."""

    round: SubmissionRound
    outage: Outage
    lost: timedelta
    closes_at: datetime

    @property
    def gap(self) -> Gap:
        return self.outage.gap

    @property
    def began_stamp(self) -> int:
        """The outage in an address: heartbeats are whole minutes."""
        return int(self.gap.began.timestamp())


def proposals() -> list[Proposal]:
    """Extensions that nobody answered yet: per round and outage, newest outage first.

    Only rounds of published calls, whose closing may still be moved. Four queries.
    """
    now, shadow = clock.now(), conf.outage_shadow()
    found = outages()
    if not found:
        return []
    oldest = found[-1].gap.began
    rounds = list(
        SubmissionRound.objects.filter(
            call__state=CallState.PUBLISHED, closes_at__gte=oldest, opens_at__lt=now
        )
        .select_related("call")
        .order_by("closes_at", "pk")
    )
    answered = set(
        OutageAnswer.objects.filter(began_at__gte=oldest).values_list("round_id", "began_at")
    )
    return [
        Proposal(
            round=one,
            outage=outage,
            lost=lost_time(outage.gap, opens=one.opens_at, closes=one.closes_at),
            closes_at=proposed_closing(outage.gap, closes=one.closes_at, now=now),
        )
        for outage in found
        for one in rounds
        if (one.pk, outage.gap.began) not in answered
        and is_hit(outage.gap, opens=one.opens_at, closes=one.closes_at, shadow=shadow)
    ]


def latest_csp_reports() -> list[CspReport]:
    """What browsers refused in the last week, most days and most often first; one query."""
    since = today() - timedelta(days=7)
    return list(CspReport.objects.filter(day__gte=since)[:CSP_REPORTS_SHOWN])


def closings_soon(hours: int) -> list[SubmissionRound]:
    """Open or planned rounds of published calls that close within so many hours, soonest first."""
    now = clock.now()
    return list(
        SubmissionRound.objects.filter(
            call__state=CallState.PUBLISHED,
            closes_at__gt=now,
            closes_at__lte=now + timedelta(hours=hours),
        )
        .select_related("call")
        .order_by("closes_at", "pk")
    )
