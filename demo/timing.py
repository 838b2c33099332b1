"""When things happened in the demo: always in the past, whatever day the demo is loaded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.moments import BRUSSELS


@dataclass(frozen=True)
class Calendar:
    """Days of the demo, seen from the day it is loaded."""

    today: date

    @property
    def year(self) -> int:
        return self.today.year

    def day(self, year: int, fraction: float) -> date:
        """A day at `fraction` (0 to 1) of a past year, or of this year until yesterday."""
        first = date(year, 1, 1)
        last = min(date(year, 12, 31), self.today - timedelta(days=1))
        return max(first, first + (last - first) * fraction)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment in office hours of `day`, Brussels."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BRUSSELS)
