"""What somebody may not know changes nothing of what the portal shows them.

Two worlds differ in one hidden thing only. Everything that the excluded person can get is fetched
in both (tests/portal/twins.py finds it by itself) and must be equal, byte by byte.
"""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import MemberRole, StaffRole
from dashboard.matrix.examples import things
from documents.models import Job, JobState
from documents.services import store_file
from evaluations import services
from evaluations.models import (
    AgendaItem,
    Assignment,
    ConflictKind,
    ConflictOfInterest,
    FeedbackTalk,
    Meeting,
)
from evaluations.models.pool import ConflictOfInterestQuerySet
from evaluations.policies import may_see_board, may_see_decision
from evaluations.services import AdviceText
from evaluations.services.feedback import ask_for_talk, record_talk
from evaluations.services.meetings import (
    add_attendee,
    add_to_agenda,
    open_meeting,
    plan_meeting,
)
from evaluations.services.minutes import open_item, save_minutes
from evaluations.services.minutes_document import request_minutes
from projects.content import fingerprint, proposal_content
from projects.draft import load_draft
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.evaluations.factories import Case, staff
from tests.portal.twins import Dice, Look, Twins, differences
from tests.portal.world import World
from tests.projects.factories import ProposalFactory, VersionFactory

pytestmark = pytest.mark.django_db

WATCHERS = [role for role in StaffRole if role != StaffRole.ADVISER]


@dataclass
class Town:
    """The world of the walks, and beside it the people around one file that does not exist yet."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.call = CallFactory(window__opens=-60, window__closes=-1)
        self.organisation = OrganisationFactory(name="Gemeente Geheimdorp")
        self.member = MembershipFactory(
            organisation=self.organisation, role=MemberRole.MANAGER
        ).user
        self.reader = MembershipFactory(organisation=self.organisation, role=MemberRole.READER).user
        self.partner = UserFactory()
        self.team = staff(StaffRole.TEAM_MEMBER)
        self.leader = staff(StaffRole.PROJECT_LEADER)
        self.xanthe = UserFactory(
            first_name="Xanthe", last_name="Xeno", roles=[StaffRole.ADVISER], email="x@vlaio.test"
        )
        self.yvonne = UserFactory(
            first_name="Yvonne",
            last_name="Ypsilon",
            roles=[StaffRole.ADVISER],
            email="y@vlaio.test",
        )
        self.second = staff(StaffRole.ADVISER)
        self.idle = staff(StaffRole.ADVISER)
        self.watcher = staff(*WATCHERS)
        self.author = UserFactory()

    def people(self) -> dict[str, User]:
        return {role.value: staff(role) for role in WATCHERS}

    # The file

    def file(
        self,
        title: str = "Slimme riolen",
        adviser: User | None = None,
        reference: str = "PIO-GEHEIM-1-0001",
    ) -> Case:
        """The file, handed in, with a partner whose person has access."""
        proposal = ProposalFactory(
            call=self.call,
            organisation=self.organisation,
            submitted=True,
            reference=reference,
            title=title,
            created_by=self.author,
        )
        partner = proposal.partners.create(name="Stad Partnergem")
        partner.accesses.create(user=self.partner, invited_by=self.member)
        content = proposal_content(
            load_draft(proposal),
            version=1,
            arrived_at=timezone.now(),
            submitted_by="Ann Peeters",
            submission_round=proposal.round,
        )
        VersionFactory(
            proposal=proposal,
            content=content,
            sha256=fingerprint(content),
            submitted_by=self.member,
        )
        case = copy(self.world.case)
        case.proposal, case.adviser = proposal, adviser or self.xanthe
        case.team, case.leader, case.member = self.team, self.leader, self.member
        return case

    def seen_with(self, case: Case) -> World:
        """The world in which each address of a file is that of this one."""
        world = copy(self.world)
        world.case = case
        return world

    def second_reader(self, case: Case) -> Assignment:
        return services.assign_adviser(
            proposal=case.proposal, adviser=self.second, by=self.team, is_lead=False
        )


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    things()  # made once per process, with chance: in none of the worlds
    with django_db_blocker.unblock(), transaction.atomic():
        yield Town()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _not_the_demo(settings: Any, _demo_pages_too: None) -> None:
    settings.DEMO_LOGIN = False


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> Twins:
    return Twins(monkeypatch)


def score(case: Case, value: str, notes: str = "") -> None:
    services.save_scores(
        evaluation=case.evaluation, by=case.adviser, version=1, entries={}, own_notes=notes
    )
    case.score(case.adviser, value)


def advise(case: Case, **changes: Any) -> None:
    text = {
        "strengths": "Sterk team.",
        "points_of_attention": "Krappe planning.",
        "conclusion": "positive",
        **changes,
    }
    services.save_advice(proposal=case.proposal, by=case.adviser, text=AdviceText(**text))
    services.finalise_advice(proposal=case.proposal, by=case.adviser)


def decide(case: Case, outcome: str) -> None:
    services.decide(
        proposal=case.proposal,
        by=case.leader,
        outcome=outcome,
        grounds=f"Gronden voor {outcome}.",
        deviation_reason="Het budget.",
    )


# --- Applicants, partners and the public ---------------------------------------------------------


def behind_the_counter(town: Town, adviser: User, outcome: str, word: str) -> Case:
    """An advised and decided file, with everything that stays inside: `word` and who it was."""
    case = town.file(adviser=adviser).accepted()
    score(case, "4.0" if word == "lof" else "3.0", notes=f"Eigen {word}.")
    advise(
        case,
        internal_note=f"Intern: {word}.",
        conclusion="positive" if word == "lof" else "positive_with_points",
    )
    meeting = Meeting.objects.create(call=town.call, **meeting_fields(town))
    AgendaItem.objects.create(meeting=meeting, proposal=case.proposal, minutes=f"Verslag: {word}.")
    if outcome:
        decide(case, outcome)
    return case


def talked(town: Town, word: str) -> Case:
    """An earlier file that was not selected, with what staff wrote of the talk about that."""
    case = town.file("Slimme bermen", reference="PIO-VROEGER-1-0001").accepted()
    score(case, "2.0")
    advise(case, conclusion="negative")
    decide(case, "not_selected")
    Job.objects.filter(pk=case.decision.letter_id).update(
        state=JobState.DONE,
        file=store_file(content=b"%PDF-1.7 brief", name="brief.pdf"),
        finished_at=timezone.now(),
    )
    services.notify_decision(proposal=case.proposal, by=case.team)
    talk = ask_for_talk(proposal=case.proposal, by=case.member)
    record_talk(talk=talk, by=case.team, internal_report=f"Over het gesprek: {word}.")
    return case


def meeting_fields(town: Town) -> dict[str, Any]:
    return {"title": "Zitting", "starts_at": timezone.now(), "created_by": town.leader}


@pytest.mark.parametrize("who", ["member", "partner", "stranger", "visitor"])
def test_who_is_outside_knows_nothing_before_the_notification(
    town: Town, twins: Twins, who: str
) -> None:
    """No adviser, score, note, minute or outcome, not even whether there is one."""
    person = {"stranger": town.world.other, "visitor": None}.get(who) or getattr(town, who, None)

    def world(adviser: User, outcome: str, word: str) -> list[Case]:
        told = [talked(town, word)] if who == "member" else []
        return [behind_the_counter(town, adviser, outcome, word), *told]

    def look(dice: Dice, cases: list[Case]) -> Look:
        words = ["Xanthe", "lof", "selected"]
        return Look(person, map(town.seen_with, cases), dice, words=words)

    variants = [
        lambda: world(town.xanthe, "selected", "lof"),
        lambda: world(town.yvonne, "not_selected", "kritiek"),
    ]
    if who == "member":
        variants.append(lambda: world(town.yvonne, "", "kritiek"))
    worlds = twins.in_each(variants, look)
    assert differences(worlds) == []
    if who == "member":
        page = reverse("evaluations:decision", args=["PIO-VROEGER-1-0001"])
        assert "Feedbackgesprek" in worlds[0][f"GET {page}"], "where a report could stand"


# --- Advisers ------------------------------------------------------------------------------------


def half_read(town: Town, adviser: User, value: str) -> Case:
    """The lead's scores are final; the second reader's are not."""
    case = town.file(adviser=adviser).assigned()
    own = town.second_reader(case)
    services.accept_assignment(assignment=own, by=town.second)
    services.accept_assignment(assignment=case.assignment, by=adviser)
    score(case, value, notes=f"Eigen notitie {value}")
    return case


def test_an_adviser_knows_no_other_reader_before_the_own_scores_are_final(
    town: Town, twins: Twins
) -> None:
    def look(dice: Dice, case: Case) -> Look:
        return Look(town.second, [town.seen_with(case)], dice, words=["Xanthe"])

    worlds = twins.in_each(
        [
            lambda: half_read(town, town.xanthe, "4.0"),
            lambda: half_read(town, town.yvonne, "2.0"),
        ],
        look,
    )
    assert differences(worlds) == []


def decided(town: Town, outcome: str) -> Case:
    case = town.file().accepted()
    score(case, "4.0")
    advise(case)
    if outcome:
        decide(case, outcome)
    return case


def test_an_adviser_knows_no_decision_before_the_notification(town: Town, twins: Twins) -> None:
    """Nor that there is one: only who tries to correct the advice hears that it is too late."""

    def look(dice: Dice, case: Case) -> Look:
        return Look(town.xanthe, [town.seen_with(case)], dice, words=["selected"], only="reading")

    worlds = twins.in_each([lambda: decided(town, "selected"), lambda: decided(town, "")], look)
    assert differences(worlds) == []


# --- A conflict of interest ----------------------------------------------------------------------


def conflicted(town: Town, person: User, title: str, grow: Callable[[Case], None]) -> Case:
    case = town.file(title)
    ConflictOfInterest.objects.create(
        person=person,
        proposal=case.proposal,
        kind=ConflictKind.DECLARED,
        explanation="Mijn zus werkt daar.",
    )
    case.accepted()
    grow(case)
    return case


def praised(case: Case) -> None:
    score(case, "4.0")
    advise(case, strengths="Uitstekend.")
    decide(case, "selected")
    report(case, "Uitstekend gesprek.")


def refused(case: Case) -> None:
    """As far as `praised`: how many letters were numbered in a year is no secret of one file."""
    score(case, "2.0")
    advise(case, conclusion="negative")
    decide(case, "not_selected")
    report(case, "Moeilijk gesprek.")


def report(case: Case, text: str) -> None:
    """Of a talk, before its time: what has to be hidden is hidden from the first row on."""
    FeedbackTalk.objects.create(
        decision=case.decision, asked_by=case.member, internal_report=text, wish=text
    )


def doubted(case: Case) -> None:
    score(case, "2.0")


def noted(town: Town, notes: str) -> Case:
    """Another file, which all staff may read, but for the notes of its adviser."""
    case = town.file("Slimme lantaarns", reference="PIO-OPEN-1-0001").accepted()
    score(case, "4.0", notes)
    return case


def minuted(town: Town, person: User, cases: list[Case], word: str) -> None:
    """A meeting went through the files; the minutes of the last one hold `word`."""
    meeting = plan_meeting(call=town.call, by=town.leader, title="Jury", starts_at=timezone.now())
    add_attendee(meeting=meeting, by=town.leader, person=person)
    references = " ".join(case.proposal.reference for case in cases)
    add_to_agenda(meeting=meeting, by=town.leader, references=references)
    open_meeting(meeting=meeting, by=town.leader)
    for item, text in zip(meeting.items.all(), ["Gewoon.", word], strict=True):
        open_item(item=item, by=town.leader)
        save_minutes(item=item, by=town.leader, version=1, minutes=text, leaning="selected")
    meeting.refresh_from_db()
    for reader in (town.leader, User.objects.get(pk=person.pk)):
        if may_see_board.test(reader, town.call):
            request_minutes(meeting=meeting, by=reader)


@pytest.mark.parametrize("roles", [WATCHERS, [StaffRole.ADVISER]])
def test_who_has_a_conflict_of_interest_learns_nothing_of_the_file(
    town: Town, twins: Twins, roles: list[StaffRole]
) -> None:
    """And of another file not what its adviser noted for nobody else."""
    person = town.idle if roles == [StaffRole.ADVISER] else staff(*roles)

    def look(dice: Dice, cases: list[Case]) -> Look:
        return Look(person, map(town.seen_with, cases), dice, words=["Aquaduct", "Bitterzoet"])

    def world(notes: str, title: str, minutes: str, grow: Callable[[Case], None]) -> list[Case]:
        other = noted(town, notes)

        def discussed(case: Case) -> None:  # first, so that its documents have the same numbers
            minuted(town, person, [other, case], minutes)
            grow(case)

        return [other, conflicted(town, person, title, discussed)]

    worlds = twins.in_each(
        [
            lambda: world("Bitterzoet", "Aquaduct", "Aquaduct vinden we sterk.", praised),
            lambda: world("Iets", "Bermgras", "Nog te zwak.", doubted),
        ],
        look,
    )
    assert differences(worlds) == []


def test_nor_in_the_tables_of_admin(town: Town, twins: Twins) -> None:
    person = staff(StaffRole.ADMINISTRATOR)

    def look(dice: Dice, case: Case) -> Look:
        return Look(person, [town.seen_with(case)], dice, only="tables")

    worlds = twins.in_each(
        [
            lambda: conflicted(town, person, "Aquaduct", praised),
            lambda: conflicted(town, person, "Bermgras", refused),
        ],
        look,
    )
    assert differences(worlds) == []


# --- The proof of the proof ----------------------------------------------------------------------


FILE = "PIO-GEHEIM-1-0001"


@pytest.mark.parametrize("leak", ["conflict", "decision"])
def test_a_leak_is_found(
    town: Town, twins: Twins, monkeypatch: pytest.MonkeyPatch, leak: str
) -> None:
    """When a rule is taken away, the comparison shows it; with the rule there is nothing."""
    if leak == "conflict":
        person, address = town.watcher, reverse("evaluations:files")
        variants = [
            lambda: conflicted(town, person, "Aquaduct", praised),
            lambda: conflicted(town, person, "Bermgras", doubted),
        ]
    else:
        person, address = town.xanthe, reverse("evaluations:decide", args=[FILE])
        variants = [lambda: decided(town, "selected"), lambda: decided(town, "not_selected")]

    def look(dice: Dice, case: Case) -> Look:
        return Look(person, [], dice, only="start", start=[address])

    assert differences(twins.in_each(variants, look)) == []
    if leak == "conflict":
        monkeypatch.setattr(ConflictOfInterestQuerySet, "of", lambda self, person: self.none())
    else:
        monkeypatch.setattr(may_see_decision, "test", lambda *_people: True)
    [found] = differences(twins.in_each(variants, look))
    assert found.startswith(f"GET {address}\n")
