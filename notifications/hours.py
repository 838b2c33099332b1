"""At which hours mail leaves: quiet hours, the hour of the digest, and how near is urgent.

All three are settings; everything is on the clock of Brussels, so it holds when the clock changes.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings

from common.moments import BRUSSELS, is_working_day, local_day

ONE_DAY = timedelta(days=1)


def quiet_until(now: datetime) -> datetime | None:
    """When the quiet hours that hold `now` end; None outside them, or when there are none.

    From MAIL_QUIET_FROM up to, not including, MAIL_QUIET_UNTIL; the same hour twice means none.
    """
    starts, ends = settings.MAIL_QUIET_FROM, settings.MAIL_QUIET_UNTIL
    if starts == ends:
        return None
    local = now.astimezone(BRUSSELS)
    if starts < ends:
        return _at(local.date(), ends) if starts <= local.hour < ends else None
    if local.hour >= starts:
        return _at(local.date() + ONE_DAY, ends)
    return _at(local.date(), ends) if local.hour < ends else None


def next_digest(now: datetime) -> datetime:
    """The first digest after `now`: on a working day, at MAIL_DIGEST_HOUR."""
    day = local_day(now)
    while not is_working_day(day) or _at(day, settings.MAIL_DIGEST_HOUR) <= now:
        day += ONE_DAY
    return _at(day, settings.MAIL_DIGEST_HOUR)


def is_digest_time(now: datetime) -> bool:
    """Whether the digest of today may leave."""
    day = local_day(now)
    return is_working_day(day) and now >= _at(day, settings.MAIL_DIGEST_HOUR)


def urgent_before() -> timedelta:
    """How long before its deadline a reminder leaves at any hour, whatever the limits."""
    return timedelta(hours=settings.MAIL_URGENT_HOURS)


def is_urgent(deadline: datetime, now: datetime) -> bool:
    """Whether the deadline is so near that a reminder of it cannot wait for the morning."""
    return now < deadline <= now + urgent_before()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=BRUSSELS)
