"""The movable clock: acts at their instants, and between them what the portal does by itself.

Time does not tick; it goes from one instant at which something happens to the next: an act of the
script, or a reminder that is due.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from common import clock
from notifications.models import Reminder

BEAT = timedelta(minutes=5)
"""How long the real portal may take before it notices a change (settings, "plan-reminders")."""

Act = Callable[[], None]


class Clockwork:
    """Runs acts in the order of their instants.

    `chores` is what the portal does by itself: planning, sending, announcing. It is called with the
    clock moved, after each change and at each instant at which a reminder is due.
    """

    def __init__(self, start: datetime, chores: Act, after_each: Callable[[int], None]) -> None:
        self.now = start
        self._chores = chores
        self._after_each = after_each
        self._queue: list[tuple[datetime, int, Act, bool]] = []
        self._order = count()
        self._played = 0
        self._changed = False

    def at(self, instant: datetime, act: Act, *, quiet: bool = False) -> None:
        """Plan an act; one in the past is done at once. Of two at one instant the first planned
        goes first. After a `quiet` act there are no chores: it changed nothing for them."""
        heapq.heappush(self._queue, (instant, next(self._order), act, quiet))

    def run(self) -> None:
        """Play until no act is left."""
        while self._queue:
            instant, _order, act, quiet = heapq.heappop(self._queue)
            self.pass_time(instant)
            self.now = max(self.now, instant)
            with clock.moved_to(self.now):
                act()
            self._changed = self._changed or not quiet
            self._played += 1
            self._after_each(self._played * 100 // (self._played + len(self._queue)))

    def pass_time(self, until: datetime) -> None:
        """Do the chores of the time before `until`."""
        if self._changed and until - self.now >= BEAT:
            self._do_chores(self.now + BEAT)
        while (due := self._next_due(until)) is not None:
            self._do_chores(due)

    def _next_due(self, until: datetime) -> datetime | None:
        return (
            Reminder.objects.planned()
            .filter(due_at__gt=self.now, due_at__lte=until)
            .order_by("due_at")
            .values_list("due_at", flat=True)
            .first()
        )

    def _do_chores(self, instant: datetime) -> None:
        self.now = instant
        self._changed = False
        with clock.moved_to(instant):
            self._chores()
