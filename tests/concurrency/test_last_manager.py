"""Two managers who remove each other at the same moment: one stays."""

from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.models import Membership
from accounts.roles import MemberRole
from accounts.services.members import remove_member
from tests.accounts.factories import MembershipFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_an_organisation_never_loses_its_last_manager() -> None:
    first = MembershipFactory(role=MemberRole.MANAGER)
    second = MembershipFactory(role=MemberRole.MANAGER, organisation=first.organisation)
    start = Barrier(2)
    refused: list[Exception] = []

    def remove(actor: Membership, target: Membership) -> None:
        start.wait()
        try:
            remove_member(
                actor=actor.user,
                organisation_id=first.organisation_id,
                membership_id=target.pk,
            )
        except (ValidationError, PermissionDenied) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert Membership.objects.filter(role=MemberRole.MANAGER).count() == 1
    assert len(refused) == 1
