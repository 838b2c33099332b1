"""Conflicts of interest found in data we own: what counts, what is stored, what is hidden."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, ConflictKind, ConflictOfInterest, Interest, InterestKind
from evaluations.selectors import conflict_of_interest, visible_files
from evaluations.selectors.conflicts import conflicts_between
from evaluations.services import assign_adviser, declare_conflict
from evaluations.services.conflict_watch import MOST_WAKES, _Wake, watch
from evaluations.services.conflicts import declare_conflict_on_file, find_conflicts
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Partner, Proposal, ProposalVersion
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.evaluations.factories import Case, staff
from tests.projects.factories import (
    ProcurementFactory,
    ProjectFactory,
    ProposalFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

OWN, THEIRS, THIRD = "0566988259", "0423968786", "0643634986"


def kinds(person: User, proposal: Proposal) -> list[ConflictKind]:
    found = conflicts_between([person], Proposal.objects.filter(pk=proposal.pk))
    return [one.kind for one in found.get((person.pk, proposal.pk), [])]


def adviser_of(**fields: Any) -> User:
    person = staff(StaffRole.ADVISER)
    MembershipFactory(user=person, organisation=OrganisationFactory(**fields))
    return person


def file_of(partner: str = "", partner_kbo: str = "", **fields: Any) -> Proposal:
    organisation = OrganisationFactory(**{"name": "Stad Aan Zee", "kbo": THEIRS, **fields})
    proposal = ProposalFactory(submitted=True, organisation=organisation)
    if partner:
        Partner.objects.create(proposal=proposal, name=partner, kbo=partner_kbo)
    return proposal


def interest(person: User, name: str, kbo: str = "", until: date | None = None) -> Interest:
    return Interest.objects.create(
        person=person, kind=InterestKind.SUPPLIER, name=name, kbo=kbo, until=until
    )


# --- What counts ----------------------------------------------------------------------------------


def test_who_has_no_tie_has_no_conflict() -> None:
    assert kinds(adviser_of(name="Elders", kbo=OWN), file_of("Partner", THIRD)) == []


def test_the_applicants_own_people_even_before_it_is_verified() -> None:
    proposal = file_of(is_verified=False)
    person = staff(StaffRole.TEAM_MEMBER)
    MembershipFactory(user=person, organisation=proposal.organisation)
    assert kinds(person, proposal) == [ConflictKind.ORGANISATION]


def test_the_same_number_counts_for_a_verified_organisation_only() -> None:
    proposal = file_of()
    assert kinds(adviser_of(kbo=THEIRS), proposal) == [ConflictKind.ENTERPRISE_NUMBER]
    assert kinds(adviser_of(kbo=THEIRS, is_verified=False), proposal) == []


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        ("OVO000001", "OVO000002", []),
        ("OVO000001", "", [ConflictKind.ENTERPRISE_NUMBER]),
        ("", "", [ConflictKind.ENTERPRISE_NUMBER]),
    ],
)
def test_departments_that_share_a_legal_person_are_apart_when_both_have_a_code(
    own: str, theirs: str, expected: list[ConflictKind]
) -> None:
    assert kinds(adviser_of(kbo=THEIRS, ovo=own), file_of(ovo=theirs)) == expected


def test_a_partner_counts_by_number_or_by_name() -> None:
    person = adviser_of(name="Zorgband Leie", kbo=OWN)
    assert kinds(person, file_of("Anders gespeld", OWN)) == [ConflictKind.PARTNER]
    assert kinds(person, file_of("  zorgband  LEIE ")) == [ConflictKind.PARTNER]


def test_a_partner_that_is_a_department_gets_the_code_of_the_registered_one() -> None:
    OrganisationFactory(name="Departement Water", kbo=OWN, ovo="OVO000002")
    person = adviser_of(name="Departement Werk", kbo=OWN, ovo="OVO000001")
    assert kinds(person, file_of("Departement Water", OWN)) == []
    assert kinds(person, file_of("Departement Werk", OWN)) == [ConflictKind.PARTNER]
    # Nobody knows which department "Water" is, and the number is the same.
    assert kinds(person, file_of("Water", OWN)) == [ConflictKind.PARTNER]


def test_partners_count_as_they_were_handed_in() -> None:
    proposal = file_of("Nieuwe Partner", OWN)
    person = adviser_of(name="Zorgband Leie", kbo=OWN)
    VersionFactory(
        proposal=proposal, content={"partners": [{"name": "Oude Partner", "kbo": THIRD}]}
    )
    assert kinds(person, proposal) == [ConflictKind.PARTNER]
    Proposal.objects.filter(pk=proposal.pk).update(reopened_at=timezone.now())
    assert kinds(person, proposal) == []
    assert kinds(adviser_of(kbo=THIRD), proposal) == [ConflictKind.PARTNER]


def test_a_project_together_with_the_applicant() -> None:
    own = OrganisationFactory(name="Intercommunale", kbo=OWN)
    proposal = file_of()
    earlier = ProposalFactory(submitted=True, organisation=own, state=ProposalState.SELECTED)
    Partner.objects.create(proposal=earlier, name="Stad Aan Zee", kbo=THEIRS)
    project = ProjectFactory(organisation=own, proposal=earlier, call=earlier.call)
    person = MembershipFactory(user=staff(StaffRole.ADVISER), organisation=own).user
    found = conflicts_between([person], Proposal.objects.filter(pk=proposal.pk))
    [conflict] = found[person.pk, proposal.pk]
    assert conflict.kind == ConflictKind.SHARED_PROJECT
    assert conflict.sentence == (
        f"Intercommunale, waar {person} bij hoort, werkt of werkte met Stad Aan Zee in project "
        f"{project.reference}."
    )


def test_a_project_in_which_both_were_partners_counts_too() -> None:
    proposal = file_of("Havenbedrijf", THIRD)
    earlier = ProposalFactory(
        submitted=True, organisation__kbo="0426994097", state=ProposalState.SELECTED
    )
    for name, kbo in [("Intercommunale", OWN), ("Havenbedrijf", THIRD)]:
        Partner.objects.create(proposal=earlier, name=name, kbo=kbo)
    ProjectFactory(organisation=earlier.organisation, proposal=earlier, call=earlier.call)
    assert kinds(adviser_of(kbo=OWN), proposal) == [ConflictKind.SHARED_PROJECT]
    # Its own project is no earlier one: partners of the file itself are found as partners.
    assert kinds(adviser_of(kbo=OWN), earlier) == [ConflictKind.PARTNER]


def test_a_project_of_two_others_says_nothing() -> None:
    proposal = file_of()
    ProjectFactory(organisation=OrganisationFactory(kbo=THIRD))
    assert kinds(adviser_of(kbo=OWN), proposal) == []


def test_a_supplier_of_the_applicant_by_interest_or_membership() -> None:
    proposal = file_of()
    procurement = ProcurementFactory(
        project=ProjectFactory(organisation=proposal.organisation),
        contractor_name="Sensor bv",
        contractor_kbo=OWN,
    )
    by_name, by_number = staff(StaffRole.ADVISER), staff(StaffRole.ADVISER)
    interest(by_name, "sensor BV")
    interest(by_number, "Anders gespeld", OWN)
    for person in (by_name, by_number, adviser_of(name="Sensor", kbo=OWN)):
        assert kinds(person, proposal) == [ConflictKind.SUPPLIER]
        assert kinds(person, file_of(name="Andere stad", kbo=THIRD)) == []
    procurement.contractor_name = procurement.contractor_kbo = ""
    procurement.save()
    assert kinds(by_number, proposal) == []


def test_a_declared_interest_in_the_applicant_or_a_partner() -> None:
    proposal = file_of("Havenbedrijf", THIRD)
    person, other = staff(StaffRole.ADVISER), staff(StaffRole.ADVISER)
    interest(person, "stad aan zee")
    interest(other, "De haven", THIRD)
    assert kinds(person, proposal) == [ConflictKind.INTEREST]
    assert kinds(other, proposal) == [ConflictKind.INTEREST]


def test_an_ended_interest_counts_for_two_years_by_default(settings: Any) -> None:
    proposal = file_of()
    person = staff(StaffRole.ADVISER)
    tie = interest(person, "Stad Aan Zee", until=timezone.localdate() - timedelta(days=365))
    assert kinds(person, proposal) == [ConflictKind.INTEREST]
    tie.until = timezone.localdate() - timedelta(days=740)
    tie.save()
    assert kinds(person, proposal) == []
    settings.EVALUATION_DEFAULTS = {"interest_years": 3}
    assert kinds(person, proposal) == [ConflictKind.INTEREST]


def test_400_files_and_60_people_take_as_many_queries_as_one_of_each() -> None:
    call = ProposalFactory(submitted=True).call
    own = OrganisationFactory(name="Intercommunale", kbo=OWN)
    reopened = file_of("Partner", THIRD)
    VersionFactory(proposal=reopened, content={"partners": [{"name": "P", "kbo": THIRD}]})
    Proposal.objects.filter(pk=reopened.pk).update(reopened_at=timezone.now())
    earlier = ProposalFactory(submitted=True, organisation=own, state=ProposalState.SELECTED)
    ProjectFactory(organisation=own, proposal=earlier, call=earlier.call)
    Partner.objects.create(proposal=earlier, name="Stad Aan Zee", kbo=THEIRS)

    def person() -> User:
        made = MembershipFactory(user=UserFactory(), organisation=own).user
        interest(made, "Sensor bv", THIRD)
        return made

    def cost(people: list[User], files: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            conflicts_between(people, files)
        return len(queries)

    people = [person()]
    few = cost(people, Proposal.objects.filter(pk__in=[earlier.pk, reopened.pk]))
    Proposal.objects.bulk_create(
        Proposal(
            call=call,
            organisation=earlier.organisation,
            reference=f"PIO-VEEL-{number:04d}",
            title="V",
            created_by=earlier.created_by,
            submitted_at=timezone.now(),
            state=ProposalState.SUBMITTED,
        )
        for number in range(400)
    )
    people += [person() for _number in range(59)]
    assert cost(people, Proposal.objects.all()) == few
    assert few <= 12
    assert cost([staff(StaffRole.ADVISER)], Proposal.objects.all()) == 2


# --- What is stored -------------------------------------------------------------------------------


def test_what_is_found_is_stored_once_and_hides_the_file_whatever_the_role() -> None:
    proposal = file_of()
    leader = staff(StaffRole.PROJECT_LEADER)
    membership = MembershipFactory(user=leader, organisation=proposal.organisation)
    assert list(visible_files(leader)) == [proposal]
    assert find_conflicts(proposal_id=proposal.pk) == 1
    assert find_conflicts() == 0
    row = ConflictOfInterest.objects.get()
    assert (row.person, row.proposal, row.kind) == (leader, proposal, ConflictKind.ORGANISATION)
    assert list(visible_files(leader)) == []
    event = AuditEvent.objects.get(action="conflict.found")
    assert (event.actor, event.comment) == (None, row.explanation)
    membership.delete()
    assert find_conflicts(person_id=leader.pk) == 1
    row.refresh_from_db()
    assert row.lifted_at is not None
    assert list(visible_files(leader)) == [proposal]
    assert AuditEvent.objects.filter(action="conflict.lifted").count() == 1


def test_what_was_declared_stays_when_the_data_show_nothing() -> None:
    case = Case().assigned()
    declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Mijn zus.")
    assert find_conflicts() == 0
    assert ConflictOfInterest.objects.of(case.adviser).count() == 1


def test_people_outside_the_programme_and_drafts_are_not_looked_at() -> None:
    proposal = file_of()
    MembershipFactory(organisation=proposal.organisation)
    team = staff(StaffRole.TEAM_MEMBER)
    draft = ProposalFactory()
    MembershipFactory(user=team, organisation=draft.organisation)
    draft.organisation.kbo = THIRD
    draft.organisation.save()
    assert find_conflicts() == 0


@pytest.mark.parametrize("state", ["invited", "accepted"])
def test_an_assignment_of_who_is_found_is_taken_back_by_the_portal(state: str) -> None:
    case = Case().assigned() if state == "invited" else Case().accepted()
    MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    OutboxMail.objects.all().delete()
    find_conflicts(person_id=case.adviser.pk)
    taken = Assignment.objects.get()
    assert taken.state == AssignmentState.REVOKED
    assert taken.reason == conflict_of_interest(case.adviser, case.proposal)
    event = AuditEvent.objects.get(action="assignment.conflict_found")
    assert (event.actor, event.source, event.target) == (None, state, "revoked")
    assert {mail.recipient for mail in OutboxMail.objects.all()} == {case.team, case.adviser}
    assert all(case.proposal.title not in mail.text for mail in OutboxMail.objects.all())
    assert list(visible_files(case.adviser)) == []


def test_final_scores_of_who_is_found_no_longer_count_while_there_is_no_advice() -> None:
    case = Case().scored()
    MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    find_conflicts()
    assert Assignment.objects.get().state == AssignmentState.REVOKED
    assert AuditEvent.objects.filter(action="assignment.set_aside").count() == 1
    other = staff(StaffRole.ADVISER)
    assert assign_adviser(proposal=case.proposal, adviser=other, by=case.team).is_lead


def test_a_final_advice_stays_when_its_writer_is_found_later() -> None:
    case = Case().advised()
    MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    find_conflicts()
    assert case.assignment.state == AssignmentState.DONE
    assert list(visible_files(case.adviser)) == []


def test_after_the_conflict_is_over_the_adviser_may_be_asked_again() -> None:
    case = Case().assigned()
    membership = MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    find_conflicts()
    with pytest.raises(ValidationError, match=r"Belangenconflict: .* Kies iemand anders"):
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)
    membership.delete()
    find_conflicts()
    assert assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team).is_active


def test_who_assigned_and_is_too_close_too_is_not_mailed_about_the_file() -> None:
    case = Case().assigned()
    MembershipFactory(user=case.team, organisation=case.proposal.organisation)
    find_conflicts()
    OutboxMail.objects.all().delete()
    MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    find_conflicts()
    assert [mail.recipient for mail in OutboxMail.objects.all()] == [case.adviser]


# --- Declaring ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER, StaffRole.AUDITOR]
)
def test_any_member_of_staff_declares_on_a_file_that_is_seen(role: StaffRole) -> None:
    case, person = Case(), staff(role)
    with pytest.raises(ValidationError, match="Leg uit welk belangenconflict u hebt"):
        declare_conflict_on_file(proposal=case.proposal, by=person, explanation=" ")
    declare_conflict_on_file(proposal=case.proposal, by=person, explanation="Mijn broer.")
    assert list(visible_files(person)) == []
    assert AuditEvent.objects.get(action="conflict.declared").actor == person
    with pytest.raises(PermissionDenied, match="een dossier dat u ziet"):
        declare_conflict_on_file(proposal=case.proposal, by=person, explanation="Nog eens.")


def test_an_adviser_declares_after_the_scores_too_and_they_are_set_aside() -> None:
    case = Case().scored()
    declare_conflict_on_file(proposal=case.proposal, by=case.adviser, explanation="Mijn zus.")
    assert Assignment.objects.get().state == AssignmentState.REVOKED
    assert ConflictOfInterest.objects.get().kind == ConflictKind.DECLARED


def test_who_declared_may_not_decide() -> None:
    case = Case().advised()
    declare_conflict_on_file(proposal=case.proposal, by=case.leader, explanation="Mijn broer.")
    assert conflict_of_interest(case.leader, case.proposal) == (
        f"{case.leader} meldde een belangenconflict bij dit dossier."
    )


# --- What wakes it --------------------------------------------------------------------------------


def waking() -> set[_Wake]:
    return {hook[1] for hook in connection.run_on_commit if isinstance(hook[1], _Wake)}


def test_every_source_of_a_conflict_wakes_the_search() -> None:
    proposal = file_of()
    person = UserFactory()
    connection.run_on_commit = []

    def woken_by(act: Any) -> set[_Wake]:
        connection.run_on_commit = []
        act()
        return waking()

    everything = {_Wake()}
    organisation, project = proposal.organisation, ProjectFactory()
    contract = ProcurementFactory(project=project)
    submitter = UserFactory()
    assert woken_by(
        lambda: ProposalVersion.objects.create(
            proposal=proposal,
            number=1,
            content={},
            sha256="0" * 64,
            arrived_at=timezone.now(),
            submitted_by=submitter,
        )
    ) == {_Wake(proposal.pk)}
    assert woken_by(lambda: MembershipFactory(user=person, organisation=organisation)) == {
        _Wake(None, person.pk)
    }
    assert woken_by(lambda: person.memberships.all().delete()) == {_Wake(None, person.pk)}
    assert woken_by(lambda: interest(person, "Iets")) == {_Wake(None, person.pk)}
    assert woken_by(lambda: organisation.save()) == everything
    assert woken_by(lambda: contract.save()) == everything
    assert woken_by(lambda: project.save()) == set()
    assert woken_by(lambda: ProjectFactory(organisation=organisation)) == everything
    staff_person = staff(StaffRole.ADVISER)
    groups = list(staff_person.groups.all())
    assert woken_by(lambda: person.groups.add(*groups)) == {_Wake(None, person.pk)}


def test_many_changes_at_once_wake_it_once_for_all() -> None:
    connection.run_on_commit = []
    for number in range(MOST_WAKES + 5):
        watch(person_id=number)
        watch(person_id=number)
    assert len(waking()) == MOST_WAKES + 1
    assert _Wake() in waking()
    connection.run_on_commit = []
