"""The database's "no" as a sentence."""

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from accounts.models import Membership, Organisation, User
from common.constraints import (
    busy_message,
    check,
    constraint_messages,
    readable_constraints,
    unique,
)
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_refused_constraint_reads_as_its_sentence() -> None:
    member = MembershipFactory()
    with pytest.raises(ValidationError) as refusal, readable_constraints():
        Membership.objects.create(user=member.user, organisation=member.organisation)
    assert refusal.value.message_dict == {
        NON_FIELD_ERRORS: ["Deze persoon hoort al bij deze organisatie."]
    }
    assert Membership.objects.count() == 1  # the transaction around it still works


def test_the_sentence_stands_beside_the_field_that_caused_it() -> None:
    body = OrganisationFactory()
    fields = {"accounts_organisation_kbo_ten_digits": "kbo"}
    with pytest.raises(ValidationError) as refusal, readable_constraints(fields=fields):
        Organisation.objects.filter(pk=body.pk).update(kbo="12")
    assert refusal.value.message_dict == {"kbo": ["Een ondernemingsnummer heeft tien cijfers."]}


def test_a_field_that_is_unique_by_itself_is_known() -> None:
    UserFactory(email="an@stad.example")
    with pytest.raises(ValidationError) as refusal, readable_constraints():
        User.objects.create(email="an@stad.example")
    assert refusal.value.message_dict == {"email": ["Er is al een account met dit e-mailadres."]}


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), readable_constraints():
        Membership.objects.create(user=UserFactory(), organisation=None)


def test_nothing_happens_when_nothing_is_refused() -> None:
    with readable_constraints():
        OrganisationFactory(name="Goed")
    assert Organisation.objects.get().name == "Goed"


def test_every_constraint_of_ours_has_a_sentence_of_its_own() -> None:
    standard = str(models.CheckConstraint(condition=models.Q(), name="x").violation_error_message)
    for name, message in constraint_messages().items():
        assert message, name
        assert message.rstrip(".") != standard.rstrip(".").replace("%(name)s", name), name
        assert "%(name)s" not in message


def test_the_short_forms_build_django_constraints() -> None:
    condition = models.Q(age__gte=0)
    assert check("positive", condition, "Niet negatief.") == models.CheckConstraint(
        condition=condition, name="positive", violation_error_message="Niet negatief."
    )
    assert unique("once", "a", "b", message="Eén keer.") == models.UniqueConstraint(
        fields=["a", "b"], name="once", violation_error_message="Eén keer."
    )


def test_a_sentence_follows_the_language_of_the_page() -> None:
    """The sentences are asked each time; only the constraints are remembered."""
    assert constraint_messages() is not constraint_messages()
    assert busy_message().startswith("Iemand anders heeft dit net gewijzigd.")
