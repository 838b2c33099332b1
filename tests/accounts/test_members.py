"""The people of an organisation."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Membership, User
from accounts.roles import MemberRole, StaffRole
from accounts.services.members import add_member, change_member_role, remove_member
from audit.models import AuditEvent
from notifications.models import OutboxMail
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
LAST = "Dit is de laatste beheerder van de organisatie."


@pytest.fixture
def manager() -> Membership:
    return MembershipFactory(role=MemberRole.MANAGER)


def invite(manager: Membership, email: str, role: MemberRole = MemberRole.EDITOR) -> Membership:
    return add_member(
        actor=manager.user,
        organisation_id=manager.organisation_id,
        email=email,
        role=role,
        first_name="Nora",
        last_name="Nieuw",
    )


def test_a_new_colleague_gets_an_account_without_password_and_a_mail(manager: Membership) -> None:
    added = invite(manager, " Nora@Stad.example ")
    assert (added.user.email, str(added.user), added.role) == (
        "nora@stad.example",
        "Nora Nieuw",
        MemberRole.EDITOR,
    )
    assert added.user.is_active
    assert not added.user.has_usable_password()
    mail = OutboxMail.objects.get()
    assert (mail.recipient, mail.kind, mail.is_private) == (added.user, "accounts.invitation", True)
    assert manager.organisation.name in mail.subject
    assert "/wachtwoord/kiezen/" in mail.text
    event = AuditEvent.objects.get()
    assert (event.action, event.data) == (
        "organisation.member_added",
        {"user": added.user.pk, "role": "editor"},
    )


def test_a_known_person_keeps_name_and_password(manager: Membership) -> None:
    known = UserFactory(email="bo@stad.example", first_name="Bo", last_name="Bekend")
    added = invite(manager, "BO@stad.example")
    known.refresh_from_db()
    assert (added.user, str(known), known.has_usable_password()) == (known, "Bo Bekend", True)
    mail = OutboxMail.objects.get()
    assert mail.is_private is False
    assert "/aanmelden/" in mail.text
    assert "/wachtwoord/kiezen/" not in mail.text


def test_nobody_is_added_twice(manager: Membership) -> None:
    invite(manager, "nora@stad.example")
    with pytest.raises(ValidationError) as refusal:
        invite(manager, "Nora@stad.example", MemberRole.READER)
    assert refusal.value.message_dict == {"email": ["Deze persoon hoort al bij deze organisatie."]}
    assert OutboxMail.objects.count() == 1
    assert User.objects.get(email="nora@stad.example").memberships.get().role == MemberRole.EDITOR


def test_a_closed_account_is_not_opened_by_an_invitation(manager: Membership) -> None:
    UserFactory(email="weg@stad.example", is_active=False)
    with pytest.raises(ValidationError, match="Dit account is afgesloten"):
        invite(manager, "weg@stad.example")
    assert manager.organisation.memberships.count() == 1


@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.EDITOR, MemberRole.SUBMITTER])
def test_only_a_manager_keeps_the_people(manager: Membership, role: MemberRole) -> None:
    member = MembershipFactory(organisation=manager.organisation, role=role)
    given = {"actor": member.user, "organisation_id": manager.organisation_id}
    with pytest.raises(PermissionDenied):
        add_member(**given, email="x@stad.example", role=MemberRole.READER)
    with pytest.raises(PermissionDenied):
        change_member_role(**given, membership_id=member.pk, role=MemberRole.MANAGER)
    with pytest.raises(PermissionDenied):
        remove_member(**given, membership_id=manager.pk)
    assert AuditEvent.objects.count() == 0


def test_a_manager_of_another_organisation_does_not(manager: Membership) -> None:
    stranger = MembershipFactory(organisation=OrganisationFactory(), role=MemberRole.MANAGER)
    with pytest.raises(PermissionDenied):
        remove_member(
            actor=stranger.user,
            organisation_id=manager.organisation_id,
            membership_id=manager.pk,
        )
    with pytest.raises(Membership.DoesNotExist):  # a member of the other through the own one
        remove_member(
            actor=stranger.user,
            organisation_id=stranger.organisation_id,
            membership_id=manager.pk,
        )


def test_an_administrator_helps_when_the_last_manager_left(manager: Membership) -> None:
    helper = UserFactory(roles=[StaffRole.ADMINISTRATOR])
    add_member(
        actor=helper,
        organisation_id=manager.organisation_id,
        email="nieuw@stad.example",
        role=MemberRole.MANAGER,
    )
    assert manager.organisation.memberships.filter(role=MemberRole.MANAGER).count() == 2


def test_the_last_manager_stays_manager(manager: Membership) -> None:
    """Somebody whose account is closed does not count as one."""
    MembershipFactory(
        organisation=manager.organisation, role=MemberRole.MANAGER, user__is_active=False
    )
    given = {
        "actor": manager.user,
        "organisation_id": manager.organisation_id,
        "membership_id": manager.pk,
    }
    with pytest.raises(ValidationError, match=LAST):
        change_member_role(**given, role=MemberRole.READER)
    with pytest.raises(ValidationError, match=LAST):
        remove_member(**given)
    manager.refresh_from_db()
    assert manager.role == MemberRole.MANAGER


def test_with_a_second_manager_the_first_may_go(manager: Membership) -> None:
    other = MembershipFactory(organisation=manager.organisation, role=MemberRole.MANAGER)
    given = {"actor": manager.user, "organisation_id": manager.organisation_id}
    change_member_role(**given, membership_id=other.pk, role=MemberRole.SUBMITTER)
    change_member_role(**given, membership_id=other.pk, role=MemberRole.MANAGER)
    change_member_role(**given, membership_id=other.pk, role=MemberRole.MANAGER)
    remove_member(**given, membership_id=manager.pk)
    assert list(manager.organisation.memberships.values_list("pk", "role")) == [
        (other.pk, MemberRole.MANAGER)
    ]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "organisation.member_role_changed",
        "organisation.member_role_changed",
        "organisation.member_removed",
    ]
    assert User.objects.filter(pk=manager.user_id).exists()


def test_rights_lost_a_moment_ago_are_lost(manager: Membership) -> None:
    """The roles that the request read before the lock do not count."""
    other = MembershipFactory(organisation=manager.organisation, role=MemberRole.MANAGER)
    stale = manager.user
    assert stale.member_roles == {manager.organisation_id: MemberRole.MANAGER}
    remove_member(
        actor=other.user, organisation_id=manager.organisation_id, membership_id=manager.pk
    )
    with pytest.raises(PermissionDenied):
        remove_member(actor=stale, organisation_id=manager.organisation_id, membership_id=other.pk)
