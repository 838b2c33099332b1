"""Roles, and the people who hold them."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import policies
from accounts.models import Organisation, User
from accounts.roles import MemberRole, StaffRole
from accounts.selectors import (
    active_organisation,
    members_with_role,
    staff_with_role,
)
from accounts.services.profile import set_staff_roles
from accounts.services.roles import ensure_staff_groups
from audit.models import AuditEvent
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_every_staff_role_has_its_group_after_migrate() -> None:
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    ensure_staff_groups()
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in StaffRole}
    assert Group.objects.count() == len(StaffRole)


def test_each_member_role_includes_the_ones_before_it() -> None:
    order = [MemberRole.READER, MemberRole.EDITOR, MemberRole.SUBMITTER, MemberRole.MANAGER]
    for rank, role in enumerate(order):
        assert [role.includes(other) for other in order] == [
            index <= rank for index in range(len(order))
        ]


def test_addresses_are_unique_whatever_the_capitals() -> None:
    User.objects.create_user("An@Stad.example")
    assert User.objects.get_by_natural_key("AN@STAD.EXAMPLE").email == "an@stad.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="AN@stad.example")])


def test_who_enters_the_admin_follows_from_the_role() -> None:
    enters = {role for role in StaffRole if UserFactory(roles=[role]).is_staff}
    assert enters == {StaffRole.ADMINISTRATOR, StaffRole.AUDITOR}
    assert User.objects.create_superuser("baas@pio.example", "x").is_staff
    assert not UserFactory().is_staff


def test_a_closed_account_has_no_role() -> None:
    person = UserFactory(roles=[StaffRole.ADMINISTRATOR], is_active=False)
    membership = MembershipFactory(user=person)
    assert person.staff_roles == frozenset()
    assert person.member_roles == {}
    assert not policies.is_administrator.test(person)
    assert not policies.manages_organisation.test(person, membership.organisation)
    assert not person.is_staff


def test_visitors_satisfy_no_policy() -> None:
    body = OrganisationFactory()
    named = [value for value in vars(policies).values() if isinstance(value, policies.Policy)]
    assert len(named) >= 12
    for policy in named:
        assert policy.sentence.startswith("Alleen ")
        assert not policy.test(AnonymousUser(), body), policy.name


def test_members_belong_and_others_do_not() -> None:
    member = MembershipFactory(role=MemberRole.READER)
    assert policies.is_member.test(member.user, member.organisation)
    assert not policies.is_member.test(UserFactory(), member.organisation)
    assert not policies.manages_organisation.test(member.user, None)


def test_roles_and_organisations_are_asked_once_per_person() -> None:
    person = MembershipFactory(user__roles=[StaffRole.ADVISER]).user
    fresh = User.objects.get(pk=person.pk)
    with CaptureQueriesContext(connection) as queries:
        for _again in range(3):
            fresh.has_staff_role(StaffRole.ADVISER)
            fresh.has_member_role(1, MemberRole.READER)
            active_organisation(fresh, "1")
    assert len(queries) == 2


def test_people_see_their_own_organisations_and_staff_see_all() -> None:
    member = MembershipFactory()
    MembershipFactory()
    assert list(Organisation.objects.visible_to(member.user)) == [member.organisation]
    assert Organisation.objects.visible_to(UserFactory()).count() == 0
    assert Organisation.objects.visible_to(UserFactory(roles=[StaffRole.AUDITOR])).count() == 2


def test_who_holds_a_role() -> None:
    leader = UserFactory(roles=[StaffRole.PROJECT_LEADER, StaffRole.ADVISER], last_name="A")
    adviser = UserFactory(roles=[StaffRole.ADVISER], last_name="B")
    UserFactory(roles=[StaffRole.ADVISER], is_active=False)
    assert list(staff_with_role(StaffRole.ADVISER, StaffRole.PROJECT_LEADER)) == [leader, adviser]
    body = OrganisationFactory()
    submitter = MembershipFactory(organisation=body, role=MemberRole.SUBMITTER).user
    manager = MembershipFactory(organisation=body, role=MemberRole.MANAGER).user
    MembershipFactory(organisation=body, role=MemberRole.EDITOR)
    found = members_with_role(body.pk, MemberRole.SUBMITTER)
    assert set(found) == {submitter, manager}


def test_an_administrator_gives_and_takes_staff_roles() -> None:
    boss, person = UserFactory(roles=[StaffRole.ADMINISTRATOR]), UserFactory()
    wanted = {StaffRole.ADVISER, StaffRole.TEAM_MEMBER}
    set_staff_roles(actor=boss, person_id=person.pk, roles=wanted)
    set_staff_roles(actor=boss, person_id=person.pk, roles=wanted)
    assert User.objects.get(pk=person.pk).staff_roles == wanted
    event = AuditEvent.objects.get()
    assert event.data == {"before": [], "after": ["pio_team_member", "vlaio_adviser"]}
    root = User.objects.create_superuser("baas@pio.example", "x")
    set_staff_roles(actor=root, person_id=person.pk, roles=set())
    assert User.objects.get(pk=person.pk).staff_roles == set()


@pytest.mark.parametrize("role", [role for role in StaffRole if role != StaffRole.ADMINISTRATOR])
def test_nobody_else_does(role: Any) -> None:
    person = UserFactory(roles=[role])
    with pytest.raises(PermissionDenied, match="beheerder van het portaal"):
        set_staff_roles(actor=person, person_id=person.pk, roles={StaffRole.ADMINISTRATOR})
