"""Organisations: registered by a person, kept by its managers, checked by staff."""

from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.identifiers import normalise_kbo
from accounts.models import Membership, Organisation, User
from accounts.policies import may_manage_organisation, may_verify_organisation
from accounts.roles import MemberRole
from audit.services import record
from common.constraints import readable_constraints

IDENTITY_FIELDS = ("name", "type", "kbo", "ovo", "nis")
"""What staff check; after the check a manager cannot become another organisation."""

_CONSTRAINT_FIELDS = {
    "accounts_organisation_ovo_once": "ovo",
    "accounts_organisation_kbo_ten_digits": "kbo",
}


@dataclass(frozen=True, kw_only=True)
class OrganisationDetails:
    """What a person fills in; `kbo` as typed, with or without dots."""

    name: str
    type: str
    kbo: str = ""
    ovo: str = ""
    nis: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    province: str = ""


@transaction.atomic
def register_organisation(*, actor: User, details: OrganisationDetails) -> Organisation:
    """Add an organisation, not yet checked, with `actor` as its first manager.

    Raises:
        ValidationError: by field, for a wrong number or an OVO code that is taken.
    """
    organisation = Organisation()
    _fill(organisation, details)
    Membership.objects.create(user=actor, organisation=organisation, role=MemberRole.MANAGER)
    _forget_memberships(actor)
    record(
        actor=actor,
        action="organisation.registered",
        label="Organisatie geregistreerd",
        about=organisation,
    )
    return organisation


@transaction.atomic
def update_organisation(
    *, actor: User, organisation_id: int, details: OrganisationDetails
) -> Organisation:
    """Change the details; of a checked organisation only what is not its identity.

    Raises:
        PermissionDenied: when `actor` does not manage the organisation.
        ValidationError: by field, for a wrong number, a taken OVO code or a fixed field.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    may_manage_organisation.check(actor, organisation)
    before = {name: getattr(organisation, name) for name in asdict(details)}
    was_verified = organisation.is_verified
    _fill(organisation, details)
    changed = [name for name, value in before.items() if getattr(organisation, name) != value]
    if was_verified and (fixed := [name for name in changed if name in IDENTITY_FIELDS]):
        sentence = _("Uw organisatie is nagekeken. Vraag het PIO-team om dit te wijzigen.")
        raise ValidationError(dict.fromkeys(fixed, sentence))
    if changed:
        record(
            actor=actor,
            action="organisation.updated",
            label="Gegevens van de organisatie gewijzigd",
            about=organisation,
            data={"fields": changed},
        )
    return organisation


@transaction.atomic
def set_verified(*, actor: User, organisation_id: int, verified: bool) -> None:
    """Record that staff checked that this is a contracting authority, or take that back.

    Doing it twice leaves one event.

    Raises:
        PermissionDenied: when `actor` may not check organisations.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    may_verify_organisation.check(actor, organisation)
    if organisation.is_verified == verified:
        return
    organisation.is_verified = verified
    organisation.save(update_fields=["is_verified"])
    record(
        actor=actor,
        action="organisation.verified" if verified else "organisation.verification_withdrawn",
        label="Organisatie nagekeken" if verified else "Nazicht ingetrokken",
        about=organisation,
    )


def _fill(organisation: Organisation, details: OrganisationDetails) -> None:
    values = {name: value.strip() for name, value in asdict(details).items()}
    try:
        values["kbo"] = normalise_kbo(values["kbo"])
    except ValidationError as error:
        raise ValidationError({"kbo": error}) from error
    values["ovo"] = values["ovo"].upper().replace(" ", "")
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.full_clean(validate_constraints=False)
    with readable_constraints(fields=_CONSTRAINT_FIELDS):
        organisation.save()


def _forget_memberships(person: User) -> None:
    """So that the rest of this request sees the new membership."""
    for name in ("own_memberships", "member_roles"):
        person.__dict__.pop(name, None)
