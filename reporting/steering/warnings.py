"""What a programme manager must hear of before it is too late."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from common.formatting import format_day, format_pct
from common.moments import start_of_day, today
from common.money import ZERO, format_eur
from funding.lifecycle import InstalmentState
from funding.models import Claim, Instalment
from funding.selectors.work import claim_days
from reporting.steering.figures import Figure, Steering, Stream


@dataclass(frozen=True)
class Warning:
    """One sentence, and where to do something about it. `is_urgent`: a limit is passed."""

    sentence: str
    url: str
    is_urgent: bool = False


def warnings(found: Steering) -> list[Warning]:
    """Overrun, year end, and what waits too long; two queries."""
    if found.year.is_closed:
        return []
    return [
        *_nearly_used(found),
        *_more_asked_than_left(found),
        *_more_expected_than_left(found),
        *_lapses(found),
        *_late_claims(),
        *_late_instalments(),
    ]


def budget_cut_off(year: int) -> date:
    """The last day on which the administration books for that year: BUDGET_CUT_OFF (month, day)."""
    month, day = settings.BUDGET_CUT_OFF
    return date(year, month, day)


def _nearly_used(found: Steering) -> list[Warning]:
    """From BUDGET_WARNING_SHARE percent of a credit on."""
    limit = Decimal(settings.BUDGET_WARNING_SHARE)
    warned = []
    for stream in found.streams:
        for credit, used, name in [
            (Figure.VAK, Figure.COMMITTED, _("vastleggingskrediet (VAK)")),
            (Figure.VEK, Figure.PAID, _("vereffeningskrediet (VEK)")),
        ]:
            if not stream[credit]:
                continue
            share = stream[used] * 100 / stream[credit]
            if share >= limit:
                warned.append(
                    Warning(
                        _("%(stream)s: %(share)s van het %(credit)s is gebruikt.")
                        % {"stream": stream.label, "share": format_pct(share), "credit": name},
                        _figure_url(found, used, stream.stream),
                        is_urgent=share >= 100,
                    )
                )
    return warned


def _more_asked_than_left(found: Steering) -> list[Warning]:
    left = found.stream(Stream.COFINANCING)[Figure.VAK_LEFT]
    asked = found.at_committee.amount + found.to_commit.amount
    if asked <= left:
        return []
    return [
        Warning(
            _(
                "Bij het comité of klaar om vast te leggen: %(asked)s. Er is nog %(left)s VAK: "
                "%(short)s te weinig."
            )
            % {
                "asked": format_eur(asked),
                "left": format_eur(left),
                "short": format_eur(asked - left),
            },
            reverse("reporting:figure", args=[found.year.year, "bij-het-comite"]),
            is_urgent=True,
        )
    ]


def _more_expected_than_left(found: Steering) -> list[Warning]:
    """Instalments expected in this year, or in an earlier one, against the VEK that is left."""
    warned = []
    for stream in found.streams:
        expected = sum(
            (
                one.amounts[stream.stream]
                for one in found.forecast
                if one.year is not None and one.year <= found.year.year
            ),
            ZERO,
        )
        left = stream[Figure.VEK_LEFT]
        if expected > left:
            warned.append(
                Warning(
                    _(
                        "%(stream)s: tot het einde van %(year)s wordt %(expected)s aan betalingen "
                        "verwacht. Er is nog %(left)s VEK."
                    )
                    % {
                        "stream": stream.label,
                        "year": found.year.year,
                        "expected": format_eur(expected),
                        "left": format_eur(left),
                    },
                    reverse("reporting:forecast", args=[found.year.year, str(found.year.year)]),
                    is_urgent=True,
                )
            )
    return warned


def _lapses(found: Steering) -> list[Warning]:
    """Unused VAK lapses at the end of the year (domain.md 6.6)."""
    cut_off = budget_cut_off(found.year.year)
    if today() < cut_off - timedelta(days=settings.BUDGET_CUT_OFF_NOTICE_DAYS):
        return []
    left = found.total[Figure.VAK_LEFT]
    warned = []
    if left > ZERO:
        warned.append(
            Warning(
                _("Boeken voor %(year)s kan tot en met %(day)s. Nog niet vastgelegd: %(left)s VAK.")
                % {"year": found.year.year, "day": format_day(cut_off), "left": format_eur(left)},
                _figure_url(found, Figure.VAK_LEFT),
                is_urgent=today() > cut_off,
            )
        )
    if found.to_commit.count:
        warned.append(
            Warning(
                _(
                    "Toegekend in %(year)s en nog niet vastgelegd: %(count)s, samen %(sum)s. "
                    "Vastleggen kan alleen op het krediet van dat jaar."
                )
                % {
                    "year": found.year.year,
                    "count": found.to_commit.count,
                    "sum": format_eur(found.to_commit.amount),
                },
                reverse("reporting:figure", args=[found.year.year, "nog-vast-te-leggen"]),
                is_urgent=True,
            )
        )
    return warned


def _late_claims() -> list[Warning]:
    """Claims that wait for more than the days in which they should be handled."""
    waiting = [InstalmentState.CLAIMED, InstalmentState.CHECKED, InstalmentState.APPROVED]
    late = Claim.objects.filter(
        rejected_at__isnull=True,
        instalment__state__in=waiting,
        claimed_at__lt=start_of_day(today() - timedelta(days=claim_days())),
    ).aggregate(count=Count("pk"), sum=Sum("amount", default=ZERO))
    if not late["count"]:
        return []
    return [
        Warning(
            _("Schuldvorderingen die langer dan %(days)s dagen wachten: %(count)s, samen %(sum)s.")
            % {"days": claim_days(), "count": late["count"], "sum": format_eur(late["sum"])},
            reverse("funding:claims"),
        )
    ]


def _late_instalments() -> list[Warning]:
    late = Instalment.objects.filter(
        state=InstalmentState.PLANNED, expected_on__lt=today()
    ).aggregate(count=Count("pk"), sum=Sum("amount", default=ZERO))
    if not late["count"]:
        return []
    return [
        Warning(
            _(
                "Schijven die vóór vandaag verwacht waren en nog niet opvraagbaar zijn: %(count)s, "
                "samen %(sum)s. Kijk of hun datum nog klopt."
            )
            % {"count": late["count"], "sum": format_eur(late["sum"])},
            reverse("reporting:forecast", args=[today().year, "te-laat"]),
        )
    ]


def _figure_url(found: Steering, figure: Figure, stream: str = "") -> str:
    url = reverse("reporting:figure", args=[found.year.year, figure.value])
    return f"{url}?stroom={stream}" if stream else url
