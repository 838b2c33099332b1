"""Looking along as somebody else ("bekijken als"): an administrator, to help; nothing is done."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_administrator, may_be_viewed
from audit.services import record

VIEWED = "user.viewed_as"
"""The act that the person reads on the own page, with who and why."""


@transaction.atomic
def start_viewing(*, actor: User, person_id: int, reason: str) -> User:
    """Keep that `actor` is going to see the portal as this person, and why; gives the person.

    Raises:
        PermissionDenied: when `actor` is no administrator, or the person is one.
        ValidationError: without a reason.
    """
    is_administrator.check(User.objects.get(pk=actor.pk))
    person = User.objects.get(pk=person_id)
    may_be_viewed.check(person)
    if not reason.strip():
        raise ValidationError({"reason": _("Schrijf waarom. De persoon zelf leest dit ook.")})
    record(
        actor=actor,
        action=VIEWED,
        label="Portaal bekeken als deze persoon",
        about=person,
        comment=reason.strip(),
    )
    return person


@transaction.atomic
def stop_viewing(*, actor: User, person: User) -> None:
    """Keep that `actor` is back."""
    record(
        actor=actor,
        action="user.viewing_stopped",
        label="Bekijken als deze persoon gestopt",
        about=person,
    )
