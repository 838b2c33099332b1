"""The record of who did what: added to, never changed."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEvent
from audit.selectors import log, timeline
from audit.services import record
from tests.accounts.factories import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_which_thing() -> None:
    person, body = UserFactory(), OrganisationFactory()
    event = record(
        actor=person, action="organisation.x", label="Iets gedaan", about=body, data={"n": 1}
    )
    event.refresh_from_db()
    assert (event.actor, event.action, event.label, event.object_id, event.data) == (
        person,
        "organisation.x",
        "Iets gedaan",
        str(body.pk),
        {"n": 1},
    )
    assert event.content_type.model_class() is type(body)
    assert str(event).endswith("Iets gedaan")


def test_the_portal_itself_is_nobody() -> None:
    assert record(actor=None, action="x", label="X", about=OrganisationFactory()).actor is None


@pytest.mark.parametrize("how", ["save", "update", "delete", "delete many", "update by hand"])
def test_the_database_refuses_to_change_or_remove_an_event(how: str) -> None:
    event = record(actor=None, action="x", label="Echt", about=OrganisationFactory())
    event.label = "Vervalst"
    table = AuditEvent._meta.db_table
    acts = {
        "save": event.save,
        "update": lambda: AuditEvent.objects.update(label="Vervalst"),
        "delete": event.delete,
        "delete many": lambda: AuditEvent.objects.all().delete(),
        "update by hand": lambda: connection.cursor().execute(
            f"UPDATE {table} SET label = 'Vervalst'"  # noqa: S608 - our own table
        ),
    }
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        acts[how]()
    assert list(AuditEvent.objects.values_list("label", flat=True)) == ["Echt"]


def test_a_timeline_joins_what_happened_to_several_things_oldest_first() -> None:
    one, two, other = OrganisationFactory.create_batch(3)
    for body, label in ((one, "a"), (other, "x"), (two, "b"), (one, "c")):
        record(actor=None, action="x", label=label, about=body)
    assert [event.label for event in timeline(one, two)] == ["a", "b", "c"]
    assert list(timeline()) == []


def test_the_log_is_searched_by_person_act_and_brussels_day() -> None:
    an, body = UserFactory(first_name="An", email="ap@pio.example"), OrganisationFactory()
    with time_machine.travel(datetime(2026, 6, 14, 21, 59, tzinfo=UTC), tick=False):
        first = record(actor=an, action="organisation.verified", label="Nagekeken", about=body)
    with time_machine.travel(datetime(2026, 6, 14, 22, 1, tzinfo=UTC), tick=False):
        second = record(actor=None, action="proposal.submit", label="Indienen", about=body)
    assert list(log(None)) == [second, first]
    assert list(log(None, actor="ap@pio")) == [first]
    assert list(log(None, actor=str(an.last_name))) == [first]
    assert list(log(None, action="proposal.")) == [second]
    assert list(log(None, action="nagekeken")) == [first]
    assert list(log(None, until=date(2026, 6, 14))) == [first]
    assert list(log(None, since=date(2026, 6, 15), until=date(2026, 6, 15))) == [second]
