"""Profiles, absences and interests; loads as one may know them; who fits a file."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls.models import Theme
from common.moments import today
from evaluations.models import AdviserAbsence, AdviserProfile, Interest
from evaluations.selectors.pool import Adviser, adviser_for, advisers, candidates
from evaluations.services import declare_conflict
from evaluations.services.conflicts import declare_conflict_on_file
from evaluations.services.pool import (
    add_absence,
    declare_interest,
    end_interest,
    remove_absence,
    save_profile,
)
from tests.accounts.factories import MembershipFactory
from tests.evaluations.factories import Case, staff
from tests.portal.test_query_ceilings import cost_of

pytestmark = pytest.mark.django_db


def water() -> Theme:
    return Theme.objects.get_or_create(name="Water", slug="water")[0]


def in_pool(person: User | None = None, *themes: Theme, **fields: Any) -> User:
    person = person or staff(StaffRole.ADVISER)
    AdviserProfile.objects.create(user=person, **fields).expertise.set(themes)
    return person


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=person.pk))
    return client


def profile_of(person: User, by: User, **changes: Any) -> AdviserProfile:
    return save_profile(
        adviser=person,
        by=by,
        **{
            "expertise": [water()],
            "expertise_note": "Dijken",
            "capacity": 4,
            "is_in_pool": True,
            **changes,
        },
    )


# --- Profiles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["own", StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER])
def test_a_profile_is_kept_by_the_adviser_or_by_who_may_assign(who: str) -> None:
    person = staff(StaffRole.ADVISER)
    by = person if who == "own" else staff(StaffRole(who))
    profile_of(person, by)
    profile = profile_of(person, by, capacity=7)
    assert (profile.capacity, profile.expertise_note) == (7, "Dijken")
    assert list(profile.expertise.all()) == [water()]
    assert AuditEvent.objects.filter(action="adviser.profile_saved", actor=by).count() == 2


def test_nobody_else_keeps_it_and_others_than_advisers_have_none() -> None:
    for by in (staff(StaffRole.ADVISER), staff(StaffRole.PROGRAMME_MANAGER)):
        with pytest.raises(PermissionDenied, match="Alleen de adviseur zelf"):
            profile_of(staff(StaffRole.ADVISER), by)
    with pytest.raises(ValidationError, match="Alleen een VLAIO-adviseur heeft een profiel"):
        profile_of(staff(StaffRole.AUDITOR), staff(StaffRole.TEAM_MEMBER))


def test_an_absence_is_added_and_taken_away() -> None:
    person = in_pool()
    profile = person.adviser_profile
    for first, last, sentence in [
        (5, 4, "De laatste dag ligt voor de eerste"),
        (-5, -4, "Kies een dag die nog niet voorbij is"),
    ]:
        with pytest.raises(ValidationError, match=sentence) as refused:
            add_absence(
                profile=profile,
                by=person,
                first_day=today() + timedelta(days=first),
                last_day=today() + timedelta(days=last),
            )
        assert list(refused.value.message_dict) == ["last_day"]
    absence = add_absence(profile=profile, by=person, first_day=today(), last_day=today())
    with pytest.raises(PermissionDenied):
        remove_absence(absence=absence, by=staff(StaffRole.ADVISER))
    remove_absence(absence=absence, by=person)
    assert AdviserAbsence.objects.count() == 0


@time_machine.travel("2026-06-01 09:00+02:00")
@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        ((2026, 6, 12), (2026, 6, 12), True),  # the due day itself
        ((2026, 6, 1), (2026, 6, 7), False),  # five of ten working days
        ((2026, 6, 1), (2026, 6, 8), True),  # six of ten
        ((2026, 6, 13), (2026, 7, 13), False),  # after it
        ((2026, 5, 1), (2026, 5, 31), False),  # before today
    ],
)
def test_who_is_away_on_the_day_or_too_long_is_not_there(
    first: tuple[int, int, int], last: tuple[int, int, int], *, away: bool
) -> None:
    absence = AdviserAbsence(first_day=date(*first), last_day=date(*last))
    one = Adviser(User(), AdviserProfile(), absences=[absence])
    assert one.is_away_for(date(2026, 6, 12)) is away


# --- Interests ------------------------------------------------------------------------------------


def test_an_interest_is_declared_once_and_ended_but_never_removed() -> None:
    person = staff(StaffRole.PROJECT_LEADER)
    interest = declare_interest(by=person, kind="board", name=" Sensor bv ", kbo="0566988259")
    assert interest.name == "Sensor bv"
    with pytest.raises(ValidationError) as refused:
        declare_interest(by=person, kind="board", name="Sensor bv")
    assert refused.value.message_dict == {"name": ["Dit belang staat al in de lijst."]}
    with pytest.raises(Interest.DoesNotExist):
        end_interest(interest=interest, by=staff(StaffRole.TEAM_MEMBER), until=today())
    end_interest(interest=interest, by=person, until=today())
    with pytest.raises(ValidationError, match="heeft al een einddatum"):
        end_interest(interest=interest, by=person, until=today())
    actions = AuditEvent.objects.filter(action__startswith="interest.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "interest.declared",
        "interest.ended",
    ]


def test_interests_are_seen_by_the_person_and_by_who_may_assign_only() -> None:
    person = in_pool()
    declare_interest(by=person, kind="family", name="Zeer Persoonlijk nv")
    profile = reverse("evaluations:adviser", args=[person.pk])
    own = reverse("evaluations:interests")
    for reader, url, status in [
        (person, profile, 200),
        (person, own, 200),
        (staff(StaffRole.TEAM_MEMBER), profile, 200),
        (staff(StaffRole.PROJECT_LEADER), profile, 200),
    ]:
        page = signed_in(reader).get(url)
        assert (page.status_code, "Zeer Persoonlijk nv" in page.content.decode()) == (status, True)
    for reader in map(staff, [StaffRole.ADVISER, StaffRole.AUDITOR, StaffRole.PROGRAMME_MANAGER]):
        assert signed_in(reader).get(profile).status_code == 404
        assert "Zeer Persoonlijk nv" not in signed_in(reader).get(own).content.decode()
    theirs = reverse("evaluations:interest_end", args=[Interest.objects.get().pk])
    assert signed_in(staff(StaffRole.TEAM_MEMBER)).get(theirs).status_code == 404


# --- The pool -------------------------------------------------------------------------------------


def test_loads_count_what_is_in_hand_late_and_done() -> None:
    adviser = in_pool(capacity=5)
    team = staff(StaffRole.TEAM_MEMBER)
    Case(adviser=adviser, team=team).assigned()
    late = Case(adviser=adviser, team=team).accepted()
    done = Case(adviser=adviser, team=team).scored()
    type(late.assignment).objects.filter(pk=late.assignment.pk).update(
        due_on=today() - timedelta(days=1)
    )
    [one] = [one for one in advisers(team) if one.user == adviser]
    assert (one.invited, one.accepted, one.late, one.done_this_year) == (1, 1, 1, 1)
    assert (one.load, one.room, one.leads) == (2, 3, 2)
    # What does not exist for the reader is in no count.
    declare_conflict_on_file(proposal=late.proposal, by=team, explanation="Mijn broer.")
    [one] = [one for one in advisers(User.objects.get(pk=team.pk)) if one.user == adviser]
    assert (one.accepted, one.late) == (0, 0)
    assert adviser_for(adviser, adviser.pk).load == 2
    assert done.assignment.is_active


def test_only_who_may_assign_reads_the_pool_and_an_adviser_the_own_profile() -> None:
    url = reverse("evaluations:pool")
    person = in_pool()
    assert signed_in(staff(StaffRole.TEAM_MEMBER)).get(url).status_code == 200
    answer = signed_in(person).get(url)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("evaluations:adviser", args=[person.pk]),
    )
    for role in (StaffRole.AUDITOR, StaffRole.PROGRAMME_MANAGER, StaffRole.COMMITTEE_SECRETARY):
        assert signed_in(staff(role)).get(url).status_code == 403


def test_the_pool_costs_as_many_queries_for_3_as_for_60_advisers() -> None:
    client = signed_in(staff(StaffRole.TEAM_MEMBER))

    def grow(count: int) -> int:
        for _number in range(count):
            person = in_pool(None, water())
            person.adviser_profile.absences.create(first_day=today(), last_day=today())
        return cost_of(client, reverse("evaluations:pool")).queries

    assert grow(3) == grow(57)


def test_the_pages_keep_what_was_typed_and_say_what_is_wrong() -> None:
    person = in_pool()
    client = signed_in(person)
    url = reverse("evaluations:adviser", args=[person.pk])
    page = client.post(url, {"capacity": "veel", "expertise_note": "Dijken"})
    assert page.status_code == 422
    assert 'value="Dijken"' in page.content.decode()
    page = client.post(
        url, {"capacity": "3", "expertise_note": "Dijken", "is_in_pool": "on"}, follow=True
    )
    assert "Het profiel is opgeslagen." in page.content.decode()
    absence = reverse("evaluations:absence", args=[person.pk])
    assert client.post(absence, {"first_day": "31/02/2027"}).status_code == 422
    day = today() + timedelta(days=9)
    client.post(absence, {"first_day": day.isoformat(), "last_day": day.isoformat()})
    row = AdviserAbsence.objects.get()
    remove = reverse("evaluations:absence_remove", args=[person.pk, row.pk])
    assert signed_in(staff(StaffRole.ADVISER)).post(remove).status_code == 404
    client.post(remove)
    assert AdviserAbsence.objects.count() == 0
    mine = reverse("evaluations:interests")
    page = client.post(mine, {"kind": "board", "name": "Sensor bv", "kbo": "123"})
    assert (page.status_code, "geen geldig ondernemingsnummer" in page.content.decode()) == (
        422,
        True,
    )
    client.post(mine, {"kind": "board", "name": "Sensor bv", "kbo": "BE 0566.988.259"})
    interest = Interest.objects.get()
    assert (interest.person, interest.kbo) == (person, "0566988259")
    client.post(
        reverse("evaluations:interest_end", args=[interest.pk]), {"until": today().isoformat()}
    )
    interest.refresh_from_db()
    assert interest.until == today()


# --- Who fits a file ------------------------------------------------------------------------------


def test_candidates_stand_best_first_with_what_speaks_against() -> None:
    case = Case().complete()
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(theme=water())
    case.proposal.refresh_from_db()
    due = today() + timedelta(days=30)
    expert, other = in_pool(None, water()), in_pool()
    full, away, near = in_pool(None, water(), capacity=0), in_pool(), in_pool()
    away.adviser_profile.absences.create(first_day=due, last_day=due)
    MembershipFactory(user=near, organisation=case.proposal.organisation)
    found = candidates(case.team, case.proposal, due)
    order = [one.adviser.user for one in found]
    assert order[:2] == [expert, other]
    assert set(order[2:4]) == {full, case.adviser}  # no room: full, or without a profile
    assert order[4:] == [away, near]
    by_person = {one.adviser.user: one for one in found}
    assert by_person[expert].is_expert
    assert not by_person[other].is_expert
    assert by_person[away].is_away
    assert by_person[near].obstacle == (
        f"{near} hoort bij {case.proposal.organisation}, die bij dit voorstel betrokken is."
    )
    assert not by_person[near].may_be_asked


def test_the_tab_shows_load_expertise_and_conflicts_to_who_may_assign_only() -> None:
    case = Case().complete()
    near = in_pool()
    MembershipFactory(user=near, organisation=case.proposal.organisation)
    left = Case(proposal=case.proposal, team=case.team).adviser
    free = in_pool(None, water(), capacity=9)
    declare_conflict_on_file(
        proposal=case.proposal, by=case.leader, explanation="Mijn broer leidt het project."
    )
    url = reverse("evaluations:assignment", args=[case.proposal.reference])
    page = signed_in(case.team).get(url).content.decode()
    assert f"{free} – 0 van 9 dossiers" in page
    assert f'<option value="{near.pk}"' not in page
    assert f'<option value="{left.pk}"' in page
    assert f"{near} hoort bij" in page
    assert "Mijn broer leidt het project." in page
    auditor = signed_in(staff(StaffRole.AUDITOR)).get(url).content.decode()
    assert "Mijn broer leidt het project." not in auditor
    assert f"{near} hoort bij" not in auditor
    answer = signed_in(case.team).post(
        url, {"adviser": near.pk, "due_on": (today() + timedelta(days=9)).isoformat()}
    )
    assert answer.status_code == 422
    assert "Kies iemand anders." in answer.content.decode()


def test_any_staff_declares_a_conflict_on_the_tab() -> None:
    case = Case()
    person = staff(StaffRole.AUDITOR)
    url = reverse("evaluations:conflict", args=[case.proposal.reference])
    assert signed_in(person).post(url, {"explanation": ""}).status_code == 422
    answer = signed_in(person).post(url, {"explanation": "Mijn broer."})
    assert answer.headers["Location"] == reverse("evaluations:files")
    assert signed_in(person).get(url).status_code == 404


def test_the_timeline_names_conflicts_to_who_may_assign() -> None:
    case = Case().assigned()
    declare_conflict_on_file(proposal=case.proposal, by=case.leader, explanation="Mijn broer.")
    url = reverse("evaluations:history", args=[case.proposal.reference])
    assert "Mijn broer." in signed_in(case.team).get(url).content.decode()
    for person in (case.adviser, staff(StaffRole.AUDITOR)):
        assert "Mijn broer." not in signed_in(person).get(url).content.decode()
    declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Mijn zus.")
    assert "Mijn zus." in signed_in(case.team).get(url).content.decode()
