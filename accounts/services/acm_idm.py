"""What a sign-in with ACM/IDM changes: the account, the organisation and the roles, read again."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import (
    ExternalIdentity,
    ExternalOrganisation,
    Membership,
    MembershipSource,
    Organisation,
    OrganisationType,
    User,
)
from accounts.oidc.claims import Person, is_kbo, is_ovo
from accounts.oidc.refusals import Refusal, SignInRefusedError
from accounts.roles import MemberRole, StaffRole
from audit.services import record
from common.constraints import readable_constraints

EDUCATION = "OV"
"""The group of schools at ACM/IDM; their code is a number of the education register."""


@dataclass(frozen=True)
class SignedIn:
    """Who may come in, and for which organisation (None: for none that the portal knows)."""

    user: User
    identity: ExternalIdentity
    organisation: Organisation | None
    has_role: bool


@transaction.atomic
def sign_in_person(*, person: Person) -> SignedIn:
    """Let in who ACM/IDM vouches for, with exactly the roles that it gives today.

    The account is found by `vo_id`. Roles that came from ACM/IDM and are no longer given are
    dropped; roles that somebody gave in the portal stay. An organisation that is not known is
    added, not yet checked. Somebody without any role gets no account; a known person keeps it.

    Raises:
        SignInRefusedError: with the reason.
    """
    _take_turns(f"organisation {person.code}", f"person {person.issuer} {person.subject}")
    identity = (
        ExternalIdentity.objects.select_related("user")
        .filter(issuer=person.issuer, subject=person.subject)
        .first()
    )
    if identity is None:
        if person.member_role is None and not person.staff_roles:
            raise SignInRefusedError(Refusal.NO_ROLE)
        identity = ExternalIdentity.objects.create(
            user=_new_account(person), issuer=person.issuer, subject=person.subject
        )
        _record_user(identity.user, "user.account_made", "Account gemaakt door ACM/IDM")
    elif not identity.user.is_active:
        raise SignInRefusedError(Refusal.CLOSED, about=identity.user)
    else:
        _keep_name(identity.user, person)
    return _with_roles_of_today(identity, person)


@transaction.atomic
def link_identity(*, actor: User, person: Person) -> SignedIn:
    """Connect the account of `actor` with a person of ACM/IDM; the password lapses.

    From then on ACM/IDM alone says who this is, so that a lost role is always noticed.

    Raises:
        SignInRefusedError: when either of the two is connected already.
    """
    _take_turns(f"organisation {person.code}", f"person {person.issuer} {person.subject}")
    user = User.objects.select_for_update().get(pk=actor.pk)
    taken = ExternalIdentity.objects.filter(issuer=person.issuer, subject=person.subject)
    if taken.exists() or ExternalIdentity.objects.filter(user=user).exists():
        raise SignInRefusedError(Refusal.ALREADY_LINKED, about=user)
    identity = ExternalIdentity.objects.create(
        user=user, issuer=person.issuer, subject=person.subject
    )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _record_user(user, "user.linked", "Account gekoppeld met ACM/IDM")
    return _with_roles_of_today(identity, person)


@transaction.atomic
def record_refusal(*, refusal: Refusal, about: User | None) -> None:
    """Keep that a sign-in with ACM/IDM was refused, and why; who is not known stays unnamed."""
    record(
        actor=None,
        action="sign_in.refused",
        label="Aanmelding met ACM/IDM geweigerd",
        about=about or ContentType.objects.get_for_model(User),
        data={"reason": refusal.value},
    )


def _take_turns(*keys: str) -> None:
    """Two sign-ins of one person, or the first two of one organisation, wait for each other."""
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _new_account(person: Person) -> User:
    if not person.email:
        raise SignInRefusedError(Refusal.NO_EMAIL)
    there = User.objects.filter(email__iexact=person.email).first()
    if there is not None:
        raise SignInRefusedError(Refusal.EMAIL_TAKEN, about=there)
    user = User(email=person.email, first_name=person.first_name, last_name=person.last_name)
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
        with readable_constraints():
            user.save()
    except ValidationError as error:
        raise SignInRefusedError(Refusal.NO_EMAIL) from error
    return user


def _keep_name(user: User, person: Person) -> None:
    """The name follows ACM/IDM; the address is where the portal writes to, and stays."""
    before = (user.first_name, user.last_name)
    user.first_name = person.first_name or user.first_name
    user.last_name = person.last_name or user.last_name
    if (user.first_name, user.last_name) != before:
        user.save(update_fields=["first_name", "last_name"])


def _with_roles_of_today(identity: ExternalIdentity, person: Person) -> SignedIn:
    user = identity.user
    known = _known_organisation(person)
    if person.member_role is not None:
        known = known or _new_organisation(person)
        _give_role(user, known, person.member_role)
    elif known is not None:
        _drop_role(user, known)
    _keep_staff_roles(identity, person.staff_roles)
    has_role = bool(person.member_role or person.staff_roles)
    return SignedIn(user, identity, known, has_role)


def _known_organisation(person: Person) -> Organisation | None:
    """By the code that was seen before, else by OVO or KBO among those that staff have checked.

    An organisation that somebody registered and nobody checked is never handed to its namesake:
    whoever registered it would read what its real people write.

    Raises:
        SignInRefusedError: when several have the number and nothing tells them apart.
    """
    seen = ExternalOrganisation.objects.select_related("organisation").filter(code=person.code)
    if found := seen.first():
        return found.organisation
    if is_ovo(person.code):
        same = Organisation.objects.filter(ovo=person.code)
    elif is_kbo(person.code):
        # Those with an OVO code are entities of their own under the number of a legal person.
        same = Organisation.objects.filter(kbo=person.code, ovo="", is_verified=True)
    else:
        return None
    candidates = list(same[:2])
    if len(candidates) > 1 or any(not one.is_verified for one in candidates):
        raise SignInRefusedError(Refusal.UNCLEAR_ORGANISATION)
    if not candidates:
        return None
    ExternalOrganisation.objects.create(code=person.code, organisation=candidates[0])
    return candidates[0]


def _new_organisation(person: Person) -> Organisation:
    """The organisation as far as ACM/IDM tells; staff complete and check it."""
    organisation = Organisation(
        name=person.organisation or person.code,
        type=OrganisationType.EDUCATION if person.group == EDUCATION else OrganisationType.OTHER,
        kbo=person.code if is_kbo(person.code) else "",
        ovo=person.code if is_ovo(person.code) else "",
    )
    organisation.full_clean(validate_constraints=False)
    organisation.save()
    ExternalOrganisation.objects.create(code=person.code, organisation=organisation)
    record(
        actor=None,
        action="organisation.registered",
        label="Organisatie geregistreerd bij aanmelden met ACM/IDM",
        about=organisation,
    )
    return organisation


def _give_role(user: User, organisation: Organisation, role: MemberRole) -> None:
    """A role that was given in the portal stays as it is."""
    membership, created = Membership.objects.get_or_create(
        user=user,
        organisation=organisation,
        defaults={"role": role, "source": MembershipSource.ACM_IDM},
    )
    if not created:
        if not membership.is_from_acm_idm or membership.role == role:
            return
        membership.role = role
        membership.save(update_fields=["role"])
    _record_role(user, organisation, "granted", "Rol gekregen van ACM/IDM", role)


def _drop_role(user: User, organisation: Organisation) -> None:
    held = Membership.objects.filter(
        user=user, organisation=organisation, source=MembershipSource.ACM_IDM
    ).first()
    if held is None:
        return
    role = MemberRole(held.role)
    held.delete()
    _record_role(user, organisation, "dropped", "Rol vervallen bij ACM/IDM", role)


def _keep_staff_roles(identity: ExternalIdentity, roles: frozenset[StaffRole]) -> None:
    """Exactly these of the roles that ACM/IDM gives; what an administrator gave stays."""
    user = identity.user
    held = set(user.groups.values_list("name", flat=True))
    given_before = set(identity.staff_roles)
    now = {role.value for role in roles}
    gained, lost = now - held, (given_before - now) & held
    if not gained and not lost:
        return
    user.groups.add(*Group.objects.filter(name__in=gained))
    user.groups.remove(*Group.objects.filter(name__in=lost))
    identity.staff_roles = sorted((given_before & now) | gained)
    identity.save(update_fields=["staff_roles"])
    record(
        actor=None,
        action="user.roles_changed",
        label="Rollen in het programma gewijzigd door ACM/IDM",
        about=user,
        data={"gained": sorted(gained), "lost": sorted(lost)},
    )


def _record_user(user: User, action: str, label: str) -> None:
    record(actor=user, action=action, label=label, about=user)


def _record_role(
    user: User, organisation: Organisation, act: str, label: str, role: MemberRole
) -> None:
    record(
        actor=None,
        action=f"organisation.role_{act}",
        label=label,
        about=organisation,
        data={"user": user.pk, "role": str(role)},
    )
