"""The whole demo in one transaction: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from calls.lifecycle import CallState
from calls.models import Call, Theme
from common.moments import add_working_days, local_day
from demo.calls import call_in_the_making, past_calls, played_call, themes
from demo.committee import committee
from demo.evaluation import (
    asks_for_a_talk,
    assess_in_depth,
    fill_pool,
    find_ties,
    keep_views,
    meeting_held,
    meeting_planned,
    two_readers,
)
from demo.history import tell_history
from demo.mails import came_back
from demo.money import Bookkeeper, Grant, budget_years, state_after
from demo.obligations import obligations
from demo.organisations import invented_organisations
from demo.payments import accounts_and_order
from demo.people import Cast, gather
from demo.privacy import kept_and_destroyed
from demo.projects import invented_project, real_projects
from demo.proposals import DAY_OF_DECISIONS, Player, Story
from demo.questions import visitors_ask
from demo.reports import follow_ups, signed_edition
from demo.texts import IDEAS
from demo.timing import Calendar
from demo.together import colleagues_share, staff_ask
from evaluations.models import Conclusion
from funding.lifecycle import InstalmentState, RequestState
from funding.models import CommitteeDecision
from projects.lifecycle import ProjectState, ProposalState
from projects.models import Project, Proposal
from reporting.facts.recording import BEFORE_FACTS, recorded_at


def is_loaded() -> bool:
    return Call.objects.filter(is_fictional=True).exists()


@transaction.atomic
def load() -> bool:
    """Load the demo. Returns False, and changes nothing, when it is there already."""
    if is_loaded():
        return False
    calendar = Calendar(local_day(timezone.now()))
    with recorded_at(BEFORE_FACTS):
        cast = gather()
        Stage(calendar, cast, themes()).play()
        follow_ups(calendar, cast)
    tell_history(calendar)
    signed_edition(calendar, cast)
    kept_and_destroyed(calendar, cast)
    came_back()
    return True


@dataclass
class Stage:
    """What every part of the story needs."""

    calendar: Calendar
    cast: Cast
    themes: dict[str, Theme]

    def play(self) -> None:
        calendar, year = self.calendar, self.calendar.year
        city = self.cast.submitter.memberships.get().organisation
        hospital = self.cast.hospital.memberships.get().organisation
        bodies = [*invented_organisations(), city, hospital]
        fill_pool(self.cast, self.themes, calendar, bodies)
        real = real_projects(past_calls(), self.themes, self.cast)
        selected = []
        for offset, (reference, opens, closes, state, title, chosen) in enumerate(
            [
                (
                    f"PIO-{year - 2}-1",
                    calendar.day(year - 2, 0.02),
                    calendar.day(year - 2, 0.14),
                    CallState.ARCHIVED,
                    f"Reguliere oproep {year - 2}",
                    4,
                ),
                (
                    f"PIO-{year - 1}-1",
                    calendar.day(year - 1, 0.04),
                    calendar.day(year - 1, 0.2),
                    CallState.ARCHIVED,
                    f"Reguliere oproep {year - 1}",
                    5,
                ),
                (
                    f"PIO-{year}-1",
                    calendar.ago(230),
                    calendar.ago(170),
                    CallState.DECIDED,
                    "Voorjaarsoproep",
                    4,
                ),
            ]
        ):
            spring = self._call(reference, opens, closes, state, title)
            selected += self._decided(spring, bodies, offset * 3, chosen)
        refused = spring.play(
            Story(
                organisation=city,
                idea=IDEAS[3],
                state=ProposalState.NOT_SELECTED,
                scores=("3.5", "3.0", "2.0"),
                conclusion=Conclusion.NEGATIVE,
            )
        )
        summer = self._call(
            f"PIO-{year}-2",
            calendar.ago(85),
            calendar.ago(24),
            CallState.ASSESSMENT,
            "Zomeroproep",
        )
        two_readers(summer.call)
        self._in_assessment(summer, bodies)
        self._in_depth(spring, summer, bodies)
        asks_for_a_talk(refused, self.cast, calendar)
        autumn = self._call(
            f"PIO-{year}-3",
            calendar.ago(38),
            add_working_days(calendar.today, 14),
            CallState.PUBLISHED,
            "Najaarsoproep",
        )
        self._open(autumn, [city, hospital, bodies[0]])
        call_in_the_making(
            cast=self.cast,
            reference=f"PIO-{year + 1}-1",
            opens=calendar.today + timedelta(days=30),
            copy_of=autumn.call,
        )
        budget_years(calendar, self.cast)
        self._money(real, selected)

    def _call(
        self, reference: str, opens: date, closes: date, state: CallState, title: str
    ) -> Player:
        call = played_call(
            cast=self.cast,
            reference=reference,
            opens=opens,
            closes=closes,
            state=state,
            title=title,
        )
        return Player(call, self.cast, self.themes)

    def _decided(
        self, player: Player, bodies: Sequence[Organisation], offset: int, chosen: int
    ) -> list[Proposal]:
        """A call that is over: `chosen` proposals were selected and two were not."""
        selected = []
        for position in range(chosen + 2):
            good = position < chosen
            proposal = player.play(
                Story(
                    organisation=bodies[(offset + position) % len(bodies)],
                    idea=IDEAS[(offset + position) % len(IDEAS)],
                    state=ProposalState.SELECTED if good else ProposalState.NOT_SELECTED,
                    scores=("4.0", "4.5", "3.5") if good else ("3.0", "2.0", "1.5"),
                    conclusion=Conclusion.NEGATIVE
                    if not good
                    else (Conclusion.POSITIVE, Conclusion.POSITIVE_WITH_POINTS)[position % 2],
                )
            )
            if good:
                selected.append(proposal)
        return selected

    def _in_assessment(self, player: Player, bodies: Sequence[Organisation]) -> None:
        """A file in every state between submission and notification."""
        states = [
            ProposalState.SUBMITTED,
            ProposalState.SUBMITTED,
            ProposalState.COMPLETE,
            ProposalState.ASSESSMENT,
            ProposalState.ASSESSMENT,
            ProposalState.ADVISED,
            ProposalState.ADVISED,
            ProposalState.ADVISED,
        ]
        for position, state in enumerate(states):
            player.play(
                Story(
                    organisation=bodies[position % len(bodies)],
                    idea=IDEAS[position % len(IDEAS)],
                    state=state,
                    conclusion=Conclusion.NEGATIVE if position == 6 else Conclusion.POSITIVE,
                    scores=("2.5", "2.0", "2.5") if position == 6 else ("4.0", "3.5", "4.5"),
                    decided_not_notified=position == len(states) - 1,
                )
            )
        city = self.cast.submitter.memberships.get().organisation
        asked = player.play(Story(organisation=city, idea=IDEAS[4], state=ProposalState.ASSESSMENT))
        staff_ask(asked, self.cast)

    def _in_depth(self, spring: Player, summer: Player, bodies: Sequence[Organisation]) -> None:
        """What the evaluation needs beside the files: ties, meetings, views."""
        cast, calendar = self.cast, self.calendar
        assess_in_depth(summer, cast, calendar, bodies)
        find_ties(calendar)
        meeting_held(spring, cast, DAY_OF_DECISIONS)
        meeting_planned(summer, cast, calendar)
        keep_views(summer.call, cast)

    def _open(self, player: Player, bodies: Sequence[Organisation]) -> None:
        """Drafts in the open call: nearly finished, half done, and one handed in."""
        city, hospital, other = bodies
        drafts = []
        for organisation, idea, state, unfinished in [
            (city, IDEAS[2], ProposalState.DRAFT, False),
            (hospital, IDEAS[6], ProposalState.DRAFT, True),
            (other, IDEAS[1], ProposalState.DRAFT, True),
        ]:
            story = Story(organisation=organisation, idea=idea, state=state, unfinished=unfinished)
            drafts.append(player.play(story))
        colleagues_share(drafts[0], self.cast, self.calendar)
        visitors_ask(player.call, self.cast, self.calendar)

    # --- Money -----------------------------------------------------------------------------------

    def _money(self, real: dict[str, Project], selected: list[Proposal]) -> None:
        books = Bookkeeper(self.calendar, self.cast)
        titles = list(real)
        for index, grant in self._grants_on_real_titles().items():
            project = real[titles[index]]
            books.grant(project, grant)
            Project.objects.filter(pk=project.pk).update(is_fictional=True)
        grants = self._grants_on_invented()
        for proposal, grant in zip(selected, grants, strict=False):
            project = invented_project(proposal, self.cast, state_after(grant))
            books.grant(project, grant)
        self._pipeline(books, selected[len(grants) :])
        committee(self.calendar, self.cast, books, selected[-1].call)
        accounts_and_order(self.calendar, self.cast)
        obligations(self.calendar, self.cast)

    def _grants_on_real_titles(self) -> dict[int, Grant]:
        """Invented amounts on real titles, by position in the source; marked as example data."""
        two_ago, last, now = (self.calendar.year - n for n in (2, 1, 0))
        return {
            0: Grant(two_ago, 0.2, "412500.00", ((two_ago, 0.6), (last, 0.3), (last, 0.9))),
            3: Grant(two_ago, 0.35, "186750.50", ((two_ago, 0.8), (last, 0.7), (now, 0.3))),
            7: Grant(
                two_ago, 0.55, "640000.00", ((two_ago, 0.9), (now, 0.1)), (last, 0.5, "38400.00")
            ),
            8: Grant(two_ago, 0.75, "1000000.00", ((last, 0.2), (now, 0.2))),
            11: Grant(last, 0.25, "958333.33", ((last, 0.6), (now, 0.5))),
            12: Grant(last, 0.5, "327410.25", ((last, 0.9),), waiting=InstalmentState.CHECKED),
            17: Grant(last, 0.8, "745000.00", ((now, 0.15),), waiting=InstalmentState.CLAIMED),
            13: Grant(now, 0.2, "512600.00", ((now, 0.7),)),
            22: Grant(now, 0.6, "284999.99", (), (now, 0.8, "14999.99")),
        }

    def _grants_on_invented(self) -> list[Grant]:
        two_ago, last, now = (self.calendar.year - n for n in (2, 1, 0))
        return [
            Grant(two_ago, 0.85, "274750.00", ((last, 0.15), (last, 0.8), (now, 0.6))),
            Grant(two_ago, 0.9, "318541.67", ((last, 0.4), (now, 0.35))),
            Grant(last, 0.3, "127250.00", ((last, 0.65), (now, 0.45))),
            Grant(last, 0.6, "194500.00", ((now, 0.25),), waiting=InstalmentState.APPROVED),
            Grant(now, 0.3, "166000.00", ((now, 0.75),)),
            Grant(now, 0.55, "1000000.00", (), waiting=InstalmentState.CLAIMABLE),
            Grant(now, 0.8, "155125.00", ()),
        ]

    def _pipeline(self, books: Bookkeeper, proposals: list[Proposal]) -> None:
        """Selected, and nothing committed yet: one of each kind of waiting."""
        granted, requested, postponed, *preparing = proposals
        for proposal, project_state, request_state, outcome in [
            (
                granted,
                ProjectState.COFINANCING_GRANTED,
                RequestState.GRANTED,
                CommitteeDecision.Outcome.GRANTED,
            ),
            (requested, ProjectState.COFINANCING_REQUESTED, RequestState.REQUESTED, None),
            (
                postponed,
                ProjectState.COFINANCING_POSTPONED,
                RequestState.POSTPONED,
                CommitteeDecision.Outcome.POSTPONED,
            ),
        ]:
            project = invented_project(proposal, self.cast, project_state)
            amount = min(proposal.requested_amount, Decimal("1000000.00"))
            procurement = books.procurement(project, amount * 2)
            request = books.request(procurement, amount, self.calendar.ago(20), request_state)
            if outcome is not None:
                books.decide(request, self.calendar.ago(6), outcome)
        for number, proposal in enumerate(preparing):
            state = ProjectState.TENDER_PREPARATION if number % 2 else ProjectState.PREPARATION
            invented_project(proposal, self.cast, state)
