"""Registering, changing and checking an organisation."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Organisation, OrganisationType
from accounts.roles import MemberRole, StaffRole
from accounts.selectors import similar_organisations
from accounts.services.organisations import (
    OrganisationDetails,
    register_organisation,
    set_verified,
    update_organisation,
)
from audit.models import AuditEvent
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

DETAILS = OrganisationDetails(
    name="Stad Testegem",
    type=OrganisationType.MUNICIPALITY,
    kbo="BE 0207.509.031",
    nis="44021",
    postcode="9000",
    city="Testegem",
)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_who_registers_an_organisation_is_its_first_manager() -> None:
    person = UserFactory()
    added = register_organisation(actor=person, details=DETAILS)
    assert (added.name, added.kbo, added.is_verified) == ("Stad Testegem", "0207509031", False)
    assert person.member_roles == {added.pk: MemberRole.MANAGER}
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.object_id) == (
        "organisation.registered",
        person,
        str(added.pk),
    )


def test_two_organisations_may_share_a_company_number() -> None:
    """Flemish departments are one legal person (domain.md 2.3)."""
    register_organisation(actor=UserFactory(), details=DETAILS)
    register_organisation(actor=UserFactory(), details=replace(DETAILS, name="Andere dienst"))
    assert Organisation.objects.filter(kbo="0207509031").count() == 2


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"kbo": "0207.509.032"}, "kbo", "geen geldig ondernemingsnummer"),
        ({"ovo": "OVO12"}, "ovo", "Een OVO-code bestaat uit"),
        ({"nis": "440"}, "nis", "vijf cijfers"),
        ({"type": "kasteel"}, "type", "kasteel"),
        ({"name": "  "}, "name", ""),
    ],
)
def test_a_wrong_detail_is_refused_beside_its_field(
    change: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        register_organisation(actor=UserFactory(), details=replace(DETAILS, **change))
    assert list(refusal.value.message_dict) == [field]
    assert sentence in refusal.value.message_dict[field][0]
    assert not Organisation.objects.exists()


def test_an_ovo_code_belongs_to_one_organisation() -> None:
    """The database says so, and the person reads a sentence beside the field."""
    register_organisation(actor=UserFactory(), details=replace(DETAILS, ovo="ovo 002949"))
    with pytest.raises(ValidationError) as refusal:
        register_organisation(actor=UserFactory(), details=replace(DETAILS, ovo="OVO002949"))
    assert refusal.value.message_dict == {"ovo": ["Er is al een organisatie met deze OVO-code."]}
    assert Organisation.objects.get().ovo == "OVO002949"


def test_a_manager_changes_the_details() -> None:
    manager = MembershipFactory(organisation__is_verified=False)
    changed = update_organisation(
        actor=manager.user, organisation_id=manager.organisation_id, details=DETAILS
    )
    changed.refresh_from_db()
    assert (changed.name, changed.postcode) == ("Stad Testegem", "9000")
    event = AuditEvent.objects.get()
    assert event.data == {"fields": ["name", "nis", "postcode", "city"]}
    update_organisation(
        actor=manager.user, organisation_id=manager.organisation_id, details=DETAILS
    )
    assert actions() == ["organisation.updated"]  # nothing changed the second time


@pytest.mark.parametrize("role", [MemberRole.READER, MemberRole.EDITOR, MemberRole.SUBMITTER])
def test_others_than_a_manager_do_not(role: MemberRole) -> None:
    member = MembershipFactory(role=role)
    with pytest.raises(PermissionDenied, match="Alleen een beheerder van de organisatie"):
        update_organisation(
            actor=member.user, organisation_id=member.organisation_id, details=DETAILS
        )


def test_a_checked_organisation_cannot_become_another_one() -> None:
    """Otherwise a check of one body would serve for any other."""
    manager = MembershipFactory(organisation__is_verified=True)
    own = manager.organisation
    same = OrganisationDetails(name=own.name, type=own.type, kbo=own.kbo, city="Elders")
    update_organisation(actor=manager.user, organisation_id=own.pk, details=same)
    with pytest.raises(ValidationError) as refusal:
        update_organisation(
            actor=manager.user, organisation_id=own.pk, details=replace(same, name="Bedrijf NV")
        )
    assert list(refusal.value.message_dict) == ["name"]
    own.refresh_from_db()
    assert (own.city, own.name != "Bedrijf NV", own.is_verified) == ("Elders", True, True)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (StaffRole.TEAM_MEMBER, True),
        (StaffRole.PROJECT_LEADER, True),
        (StaffRole.PROGRAMME_MANAGER, True),
        (StaffRole.ADMINISTRATOR, True),
        (StaffRole.ADVISER, False),
        (StaffRole.COMMITTEE_SECRETARY, False),
        (StaffRole.AUDITOR, False),
    ],
)
def test_who_records_that_an_organisation_was_checked(role: StaffRole, may: Any) -> None:
    body = OrganisationFactory(is_verified=False)
    staff = UserFactory(roles=[role])
    if not may:
        with pytest.raises(PermissionDenied, match="Alleen het PIO-team"):
            set_verified(actor=staff, organisation_id=body.pk, verified=True)
        assert actions() == []
        return
    set_verified(actor=staff, organisation_id=body.pk, verified=True)
    set_verified(actor=staff, organisation_id=body.pk, verified=True)
    body.refresh_from_db()
    assert body.is_verified is True
    set_verified(actor=staff, organisation_id=body.pk, verified=False)
    body.refresh_from_db()
    assert body.is_verified is False
    assert actions() == ["organisation.verified", "organisation.verification_withdrawn"]


def test_no_manager_checks_the_own_organisation() -> None:
    manager = MembershipFactory(organisation__is_verified=False)
    with pytest.raises(PermissionDenied):
        set_verified(actor=manager.user, organisation_id=manager.organisation_id, verified=True)


def test_look_alikes_have_the_same_number_or_a_name_like_it() -> None:
    same_number = OrganisationFactory(name="Iets heel anders", kbo="0566988259")
    same_name = OrganisationFactory(name="Stad Testegem", kbo="")
    OrganisationFactory(name="Ziekenhuis Zonder Gelijke", kbo="")
    found = similar_organisations(name="Stad Tesstegem", kbo="0566988259")
    assert found == [same_name, same_number]
    assert similar_organisations(name="Qwxyz", kbo="") == []
