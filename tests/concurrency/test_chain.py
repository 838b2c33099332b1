"""Many people act at the same instant, on rows that others lock: one chain, and nobody stuck."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import Organisation
from audit import chain
from audit.models import AuditEvent
from audit.services import record
from tests.accounts.factories import OrganisationFactory, UserFactory

PEOPLE, ACTS = 6, 8


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_acts_of_many_form_one_chain_without_a_deadlock() -> None:
    """Each act is followed by the lock of a row that another holds while it acts itself."""
    bodies = OrganisationFactory.create_batch(2)
    people = UserFactory.create_batch(PEOPLE)

    def act(number: int) -> None:
        try:
            for turn in range(ACTS):
                with transaction.atomic():
                    record(actor=people[number], action="x", label="X", about=bodies[0])
                    body = bodies[(number + turn) % 2]
                    Organisation.objects.select_for_update().get(pk=body.pk)
                    record(actor=people[number], action="y", label="Y", about=body)
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(act, range(PEOPLE)))
    assert AuditEvent.objects.count() == chain.length() == PEOPLE * ACTS * 2
    assert chain.verify() == []
