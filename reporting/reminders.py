"""Reminders about the year end."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.roles import StaffRole
from accounts.selectors import staff_with_role
from common.moments import end_of_day, local_day, start_of_day
from common.money import ZERO
from funding.models import BudgetYear
from notifications.mails import portal_url
from notifications.registry import Offset, ReminderRule, Subject, register
from reporting.steering.figures import Figure, grants_to_commit, steering
from reporting.steering.warnings import budget_cut_off

PEOPLE = (StaffRole.TEAM_MEMBER, StaffRole.PROGRAMME_MANAGER)


def years_to_end(now: datetime) -> Iterable[Subject]:
    """This year while it is open, with the team and the programme managers; two queries."""
    people = list(staff_with_role(*PEOPLE))
    for year in BudgetYear.objects.filter(is_closed=False, year=local_day(now).year):
        yield Subject(
            year,
            people,
            end_of_day(budget_cut_off(year.year)),
            since=start_of_day(date(year.year, 1, 1)),
        )


def something_lapses(year: BudgetYear, recipient: User) -> bool | str:
    """Not when the year is closed, nor when nothing is left to commit."""
    if year.is_closed:
        return "Het begrotingsjaar is afgesloten."
    left = steering(year).total[Figure.VAK_LEFT]
    if left == ZERO and not grants_to_commit(year.year).exists():
        return "Alle krediet is vastgelegd."
    return True


def year_end_context(year: BudgetYear, recipient: User, deadline: datetime) -> Mapping[str, Any]:
    """Which year, and where to see what is left; no amounts."""
    return {
        "year": year.year,
        "cut_off": budget_cut_off(year.year),
        "url": portal_url("reporting:steering_year", year.year),
    }


def register_reminders() -> None:
    """Called from AppConfig.ready(). Offsets: domain.md 7, a default that staff change."""
    register(
        ReminderRule(
            name="reporting.budget_cut_off",
            label="Einde van de boekingen van een begrotingsjaar",
            default_offsets=(Offset(days=-30), Offset(days=-7)),
            subjects=years_to_end,
            still_needed=something_lapses,
            template="reporting/mail/budget_cut_off.md",
            context=year_end_context,
        )
    )
