"""What an adviser can take on, when, and with whom somebody is too close."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import is_adviser, is_staff
from audit.services import record
from calls.models import Theme
from common.constraints import readable_constraints
from common.moments import today
from evaluations.models import AdviserAbsence, AdviserProfile, Interest
from evaluations.policies import may_edit_profile


@transaction.atomic
def save_profile(
    *,
    adviser: User,
    by: User,
    expertise: Iterable[Theme],
    expertise_note: str,
    capacity: int,
    is_in_pool: bool,
) -> AdviserProfile:
    """Keep what an adviser knows and how many files fit at once; the first time makes the profile.

    Raises:
        PermissionDenied: when the profile is not of `by`, who may not assign either.
        ValidationError: when the person is no adviser.
    """
    may_edit_profile.check(by, adviser)
    if not is_adviser.test(adviser, None):
        raise ValidationError(_("Alleen een VLAIO-adviseur heeft een profiel."))
    profile, _created = AdviserProfile.objects.select_for_update().get_or_create(user=adviser)
    profile.expertise_note = expertise_note.strip()
    profile.capacity = capacity
    profile.is_in_pool = is_in_pool
    profile.save()
    profile.expertise.set(expertise)
    _record(by, "profile_saved", _("Profiel van een adviseur opgeslagen"), profile)
    return profile


@transaction.atomic
def add_absence(
    *, profile: AdviserProfile, by: User, first_day: date, last_day: date, reason: str = ""
) -> AdviserAbsence:
    """Days on which the adviser does not work, both included.

    Raises:
        PermissionDenied: when the profile is not of `by`, who may not assign either.
        ValidationError: when the last day lies before the first, or has passed.
    """
    may_edit_profile.check(by, profile.user)
    if last_day < today():
        raise ValidationError({"last_day": _("Kies een dag die nog niet voorbij is.")})
    with readable_constraints(fields={"evaluations_absence_ends_after_start": "last_day"}):
        absence = AdviserAbsence.objects.create(
            profile=profile, first_day=first_day, last_day=last_day, reason=reason.strip()
        )
    _record(by, "absence_added", _("Afwezigheid toegevoegd"), profile, absence=absence.pk)
    return absence


@transaction.atomic
def remove_absence(*, absence: AdviserAbsence, by: User) -> None:
    """Take an absence away.

    Raises:
        PermissionDenied: when the profile is not of `by`, who may not assign either.
    """
    profile = absence.profile
    may_edit_profile.check(by, profile.user)
    _record(by, "absence_removed", _("Afwezigheid verwijderd"), profile, absence=absence.pk)
    absence.delete()


@transaction.atomic
def declare_interest(
    *, by: User, kind: str, name: str, kbo: str = "", until: date | None = None
) -> Interest:
    """Declare a tie once; the portal then checks it against every file.

    Raises:
        PermissionDenied: when `by` does not work for the programme.
        ValidationError: when it was declared already.
    """
    is_staff.check(by)
    with readable_constraints(fields={"evaluations_interest_once": "name"}):
        interest = Interest.objects.create(
            person=by, kind=kind, name=name.strip(), kbo=kbo, until=until
        )
    record(actor=by, action="interest.declared", label=_("Belang gemeld"), about=interest)
    return interest


@transaction.atomic
def end_interest(*, interest: Interest, by: User, until: date) -> Interest:
    """Say until when a tie lasted. It is never removed: it still counts for some years.

    Raises:
        Interest.DoesNotExist: when it is not of `by`.
        ValidationError: when it ended already.
    """
    found = Interest.objects.select_for_update().get(pk=interest.pk, person=by)
    if found.until is not None:
        raise ValidationError({"until": _("Dit belang heeft al een einddatum.")})
    found.until = until
    found.save(update_fields=["until"])
    record(actor=by, action="interest.ended", label=_("Belang beëindigd"), about=found)
    return found


def _record(by: User, what: str, label: str, profile: AdviserProfile, **data: Any) -> None:
    record(actor=by, action=f"adviser.{what}", label=label, about=profile, data=data)
