"""People and organisations for tests."""

from typing import Any

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import Membership, Organisation, OrganisationType, User
from accounts.roles import MemberRole, StaffRole

PASSWORD = "een-goed-wachtwoord"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"persoon{n}@voorbeeld.test")
    first_name = factory.Sequence(lambda n: f"Voornaam{n}")
    last_name = factory.Sequence(lambda n: f"Naam{n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def roles(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        """UserFactory(roles=[StaffRole.ADVISER])"""
        for role in extracted or []:
            self.groups.add(Group.objects.get_or_create(name=StaffRole(role).value)[0])


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Gemeente Voorbeeld {n}")
    type = OrganisationType.MUNICIPALITY
    kbo = "0207509031"
    is_verified = True
    is_fictional = True


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = MemberRole.MANAGER
