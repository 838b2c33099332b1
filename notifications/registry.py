"""What an app declares so that the portal reminds people: rules, and nothing of the engine's work.

An app registers its rules from `AppConfig.ready()`; see docs/how-to-add-a-reminder.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.moments import on_or_before_working_day, shift_days


@dataclass(frozen=True)
class Offset:
    """When to remind, seen from the deadline: `Offset(days=-14)`, `Offset(hours=-3)`, `Offset(1)`.

    Days keep the wall clock (14 days before 10.00 is at 10.00, also over a change to summer time);
    hours are real hours. Days before that end on a weekend or a Belgian public holiday move to the
    working day before, never after: nobody loses time to it. Hours before, and what comes on or
    after the deadline, stay where they are.
    """

    days: int = 0
    hours: int = 0

    @property
    def is_before(self) -> bool:
        """Whether it announces the deadline; once that has passed it makes no sense."""
        return self.days * 24 + self.hours < 0

    def due_at(self, deadline: datetime) -> datetime:
        """The instant of the reminder, in UTC so that instants compare equal on a DST night."""
        day = self._day(deadline)
        return self._instant(on_or_before_working_day(day) if self.days < 0 else day)

    def due_since(self, deadline: datetime, since: datetime) -> datetime | None:
        """The same for a duty that began at `since`; None when the reminder would be before it.

        Whose duty began after the working day before is reminded in the weekend rather than not.
        """
        moments = (self.due_at(deadline), self._instant(self._day(deadline)))
        return next((moment for moment in moments if moment >= since), None)

    def _day(self, deadline: datetime) -> datetime:
        return shift_days(deadline, self.days) if self.days else deadline

    def _instant(self, day: datetime) -> datetime:
        return day.astimezone(UTC) + timedelta(hours=self.hours)

    def __str__(self) -> str:
        parts = []
        if self.days:
            parts.append(
                ngettext("%(n)d dag", "%(n)d dagen", abs(self.days)) % {"n": abs(self.days)}
            )
        if self.hours:
            parts.append(_("%(n)d uur") % {"n": abs(self.hours)})
        if not parts:
            return _("op het moment zelf")
        words = _(" en ").join(parts)
        return (_("%(time)s vooraf") if self.is_before else _("%(time)s erna")) % {"time": words}


@dataclass(frozen=True)
class Subject:
    """One object with a deadline, and the people who must act before it.

    `deadline` is an exclusive instant: "uiterlijk 14 juni om 24.00 uur" is 15 June 00:00.
    `since` is when the duty began (the draft was made, the adviser assigned): no reminder is
    planned that would have been due before it. Leave it out only when it has no such moment.
    `offsets` replace the configured ones for this object (the reminder plan of a call).
    """

    obj: models.Model
    recipients: Iterable[Any]
    deadline: datetime
    since: datetime | None = None
    offsets: tuple[Offset, ...] | None = None


@dataclass(frozen=True)
class ReminderRule:
    """One kind of reminder.

    name: a stable code, "projects.draft_closing". It is stored; do not rename it lightly.
    label: Dutch, for the staff pages.
    default_offsets: the first configuration; staff change it in /admin/.
    subjects(now): everything that waits for somebody now, with all recipients loaded (a bounded
        number of queries). Keep yielding after the deadline when an offset stands after it, until
        the person is done; what is no longer yielded is cancelled.
    still_needed(obj, recipient): asked at the moment of sending, with `obj` read anew. True, or the
        Dutch sentence that tells staff why this person gets no mail ("Het voorstel is ingediend.").
    template: a mail source, "projects/mail/draft_closing.md".
    context(obj, recipient, deadline): the template's variables beside the standard ones
        (`greeting`, `recipient`, `deadline`, `time_left`, `contact_email`).
    """

    name: str
    label: str | Promise
    default_offsets: tuple[Offset, ...]
    subjects: Callable[[datetime], Iterable[Subject]]
    still_needed: Callable[[Any, Any], bool | str]
    template: str
    context: Callable[[Any, Any, datetime], Mapping[str, Any]]


_rules: dict[str, ReminderRule] = {}


def register(rule: ReminderRule) -> None:
    """Add a rule.

    Raises:
        ValueError: when another rule has its name.
    """
    if _rules.setdefault(rule.name, rule) is not rule:
        raise ValueError(f"There is already a reminder rule named {rule.name}.")


def unregister(name: str) -> None:
    """Forget a rule (tests)."""
    _rules.pop(name, None)


def get_rule(name: str) -> ReminderRule | None:
    return _rules.get(name)


def all_rules() -> list[ReminderRule]:
    """Every registered rule, by name."""
    return [_rules[name] for name in sorted(_rules)]


def rule_label(name: str) -> str:
    """The rule's Dutch name; its code when the app that declared it is gone."""
    rule = _rules.get(name)
    return str(rule.label) if rule else name
