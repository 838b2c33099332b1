"""A person's own contact data, and the staff roles that an administrator gives."""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from accounts.policies import is_administrator
from accounts.roles import StaffRole
from audit.services import record
from common.policies import policy


@transaction.atomic
def update_profile(
    *, actor: User, first_name: str, last_name: str, job_title: str, phone: str
) -> None:
    """Change one's own name, job title and telephone number."""
    person = User.objects.select_for_update().get(pk=actor.pk)
    person.first_name = first_name
    person.last_name = last_name
    person.job_title = job_title
    person.phone = phone
    person.save(update_fields=["first_name", "last_name", "job_title", "phone"])
    record(actor=actor, action="user.updated", label="Eigen gegevens gewijzigd", about=person)


@transaction.atomic
def end_other_sessions(*, actor: User) -> None:
    """End every session of this person; the page that asks keeps its own."""
    person = User.objects.select_for_update().get(pk=actor.pk)
    person.session_series += 1
    person.save(update_fields=["session_series"])
    record(actor=actor, action="user.sessions_ended", label="Overal afgemeld", about=person)


is_superuser = policy("Alleen een beheerder van het portaal mag dit.")(
    lambda user, obj=None: bool(user.is_active and user.is_superuser)
)


@transaction.atomic
def set_staff_roles(*, actor: User, person_id: int, roles: set[StaffRole]) -> None:
    """Give a person exactly these roles in the programme.

    Raises:
        PermissionDenied: when `actor` is no administrator.
    """
    if not is_superuser.test(actor):
        is_administrator.check(actor)
    person = User.objects.select_for_update().get(pk=person_id)
    before = {role for role in StaffRole if person.groups.filter(name=role.value).exists()}
    if before == roles:
        return
    names = [role.value for role in roles]
    person.groups.set(Group.objects.filter(name__in=names))
    record(
        actor=actor,
        action="user.roles_changed",
        label="Rollen in het programma gewijzigd",
        about=person,
        data={"before": sorted(before), "after": sorted(names)},
    )
