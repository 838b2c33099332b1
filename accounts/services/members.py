"""The people of an organisation, kept by its managers."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.policies import may_manage_organisation
from accounts.roles import MemberRole
from accounts.services.passwords import mail_invitation
from audit.services import record
from common.constraints import readable_constraints


@transaction.atomic
def add_member(
    *,
    actor: User,
    organisation_id: int,
    email: str,
    role: MemberRole,
    first_name: str = "",
    last_name: str = "",
) -> Membership:
    """Add a colleague by e-mail address and send an invitation.

    Somebody without account gets one without password; the mail holds the link to choose it. The
    name of an existing account is not changed.

    Raises:
        PermissionDenied: when `actor` does not manage the organisation.
        ValidationError: when the person already belongs to it, works for the programme, or the
            account was closed.
    """
    organisation = _locked(actor, organisation_id)
    person = find_or_create_person(email=email, first_name=first_name, last_name=last_name)
    membership, created = Membership.objects.get_or_create(
        user=person, organisation=organisation, defaults={"role": role}
    )
    if not created:
        raise ValidationError({"email": _("Deze persoon hoort al bij deze organisatie.")})
    _record(actor, organisation, "member_added", "Collega toegevoegd", person, role)
    mail_invitation(person=person, organisation=organisation, invited_by=actor)
    return membership


def find_or_create_person(*, email: str, first_name: str = "", last_name: str = "") -> User:
    """The account with this address, or a new one without password; in the caller's transaction.

    The name of an existing account is not changed.

    Raises:
        ValidationError: for `email`, when the person works for the programme or the account was
            closed.
    """
    address = User.objects.normalize_email(email.strip()).lower()
    person = User.objects.filter(email__iexact=address).first()
    if person is None:
        with readable_constraints(fields={"accounts_user_email_any_case": "email"}):
            person = User.objects.create_user(address, first_name=first_name, last_name=last_name)
    elif not person.is_active:
        raise ValidationError(
            {"email": _("Dit account is afgesloten. Neem contact op met het PIO-team.")}
        )
    elif person.is_programme_staff:
        # A stranger could otherwise give staff a conflict of interest by adding them.
        raise ValidationError(
            {"email": _("Een medewerker van het programma kunt u niet toevoegen.")}
        )
    return person


@transaction.atomic
def change_member_role(
    *, actor: User, organisation_id: int, membership_id: int, role: MemberRole
) -> None:
    """Give a member another role.

    Raises:
        PermissionDenied: when `actor` does not manage the organisation.
        Membership.DoesNotExist: when the organisation has no such member (any more).
        ValidationError: when this is the last manager, or the role comes from ACM/IDM.
    """
    organisation = _locked(actor, organisation_id)
    membership = organisation.memberships.select_related("user").get(pk=membership_id)
    if membership.role == role:
        return
    _refuse_role_from_outside(membership)
    if role != MemberRole.MANAGER:
        _keep_a_manager(organisation, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _record(actor, organisation, "member_role_changed", "Rol gewijzigd", membership.user, role)


@transaction.atomic
def remove_member(*, actor: User, organisation_id: int, membership_id: int) -> None:
    """Take a person out of the organisation; the account and its history stay.

    Raises:
        PermissionDenied: when `actor` does not manage the organisation.
        Membership.DoesNotExist: when the organisation has no such member (any more).
        ValidationError: when this is the last manager.
    """
    organisation = _locked(actor, organisation_id)
    membership = organisation.memberships.select_related("user").get(pk=membership_id)
    if not membership.is_from_acm_idm:  # ACM/IDM gives it again when it still stands there
        _keep_a_manager(organisation, membership)
    role = MemberRole(membership.role)
    membership.delete()
    _record(actor, organisation, "member_removed", "Collega verwijderd", membership.user, role)


def _locked(actor: User, organisation_id: int) -> Organisation:
    """The organisation under lock: two managers who remove each other take turns.

    The roles of `actor` are read again after the lock.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    may_manage_organisation.check(User.objects.get(pk=actor.pk), organisation)
    return organisation


def _refuse_role_from_outside(membership: Membership) -> None:
    if membership.is_from_acm_idm:
        raise ValidationError(
            _(
                "Deze rol komt van ACM/IDM. De toegangsbeheerder van uw organisatie wijzigt ze "
                "daar; het portaal volgt bij de volgende aanmelding."
            )
        )


def _keep_a_manager(organisation: Organisation, leaving: Membership) -> None:
    if leaving.role != MemberRole.MANAGER:
        return
    others = organisation.memberships.filter(role=MemberRole.MANAGER, user__is_active=True)
    if not others.exclude(pk=leaving.pk).exists():
        raise ValidationError(
            _(
                "Dit is de laatste beheerder van de organisatie. "
                "Geef eerst een andere persoon de rol van beheerder."
            )
        )


def _record(
    actor: User,
    organisation: Organisation,
    action: str,
    label: str,
    person: User,
    role: MemberRole,
) -> None:
    record(
        actor=actor,
        action=f"organisation.{action}",
        label=label,
        about=organisation,
        data={"user": person.pk, "role": str(role)},
    )
