"""The chain of acts: what was tampered with is found and named."""

# ruff: noqa: S608 - keys of our own rows

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from structlog.testing import capture_logs

from audit import chain, tasks
from audit.models import AuditEvent, ChainHead, ChainLink
from audit.services import record
from tests.accounts.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def commit() -> None:
    """What waits for the end of the transaction is done now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def as_owner(*statements: str) -> None:
    """Somebody who owns the tables switches their triggers off."""
    tables = ("audit_auditevent", "audit_chainlink", "audit_chainhead")
    commit()
    with connection.cursor() as cursor:
        for able, what in (("DISABLE", statements), ("ENABLE", ())):
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} {able} TRIGGER USER")
            for statement in what:
                cursor.execute(statement)
            commit()


@pytest.fixture
def acts() -> list[int]:
    body = OrganisationFactory()
    made = [record(actor=None, action="x", label=f"Daad {n}", about=body).pk for n in range(5)]
    commit()
    return made


def verdict(*arguments: str) -> list[str]:
    """The lines that name what is wrong; an empty list when the command is content."""
    errors = StringIO()
    try:
        call_command("verify_audit", *arguments, stderr=errors, stdout=StringIO())
    except CommandError:
        return errors.getvalue().splitlines()
    return []


def test_each_act_is_linked_to_the_one_before_at_the_end_of_its_transaction() -> None:
    body = OrganisationFactory()
    record(actor=None, action="x", label="Eén", about=body)
    assert not ChainLink.objects.exists()
    record(actor=None, action="x", label="Twee", about=body)
    commit()
    first, second = ChainLink.objects.order_by("position")
    assert (first.position, first.previous) == (1, chain.FIRST)
    assert (second.position, second.previous) == (2, first.hash)
    head = ChainHead.objects.get()
    assert (head.count, head.hash) == (2, second.hash)
    assert chain.verify() == []


def test_a_quiet_chain_is_in_order_whatever_the_time_zone(acts: list[int]) -> None:
    out = StringIO()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Tokyo'")
    call_command("verify_audit", stdout=out)
    assert "5 handelingen" in out.getvalue()


@pytest.mark.parametrize(
    "column", ["label = 'Vals'", "at = at + interval '1 microsecond'", "data = '{\"n\": 1}'"]
)
def test_a_changed_act_is_found_and_named(acts: list[int], column: str) -> None:
    as_owner(f"UPDATE audit_auditevent SET {column} WHERE id = {acts[2]}")
    assert verdict() == [f"Gebeurtenis {acts[2]} is gewijzigd nadat ze bewaard is."]


def test_a_deleted_act_is_found_and_named(acts: list[int]) -> None:
    as_owner(f"DELETE FROM audit_auditevent WHERE id = {acts[1]}")
    assert verdict() == [f"Gebeurtenis {acts[1]} is verwijderd."]


def test_an_act_that_went_with_its_link_leaves_a_gap(acts: list[int]) -> None:
    as_owner(
        f"DELETE FROM audit_auditevent WHERE id = {acts[1]}",
        f"DELETE FROM audit_chainlink WHERE event_id = {acts[1]}",
    )
    assert verdict() == ["Schakels 2 tot en met 2 ontbreken."]


def test_a_tail_that_was_cut_off_is_found(acts: list[int]) -> None:
    as_owner(
        f"DELETE FROM audit_auditevent WHERE id >= {acts[3]}",
        f"DELETE FROM audit_chainlink WHERE event_id >= {acts[3]}",
    )
    assert verdict() == ["De keten telt 3 schakels, de kop zegt 5."]


def test_an_act_past_the_chain_is_found(acts: list[int]) -> None:
    as_owner(
        "INSERT INTO audit_auditevent (at, action, label, content_type_id, object_id, source,"
        " target, comment, data, request, salt, digest)"
        " SELECT at, 'y', 'Ernaast', content_type_id, object_id,"
        f" '', '', '', '{{}}', '', '', '' FROM audit_auditevent WHERE id = {acts[0]}"
    )
    added = AuditEvent.objects.get(label="Ernaast")
    assert verdict() == [f"Gebeurtenis {added.pk} staat niet in de keten."]


def test_a_chain_made_anew_is_found_with_the_head_of_the_log(acts: list[int]) -> None:
    with capture_logs() as logs:
        tasks.log_head()
    assert logs[0]["event"] == "audit_chain_head"
    noted = f"{logs[0]['count']}:{logs[0]['hash']}"
    assert verdict("--head", noted) == []
    as_owner(
        f"UPDATE audit_auditevent SET label = 'Vals' WHERE id = {acts[2]}",
        "DELETE FROM audit_chainlink",
        "DELETE FROM audit_chainhead",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_chainlink (event_id, previous, hash)"
            " SELECT id, '', '' FROM audit_auditevent ORDER BY id"
        )
    commit()
    assert verdict() == []
    assert verdict("--head", noted) == ["Schakel 5 heeft niet de hash die u opgeeft."]
    as_owner("DELETE FROM audit_auditevent", "DELETE FROM audit_chainlink")
    as_owner("DELETE FROM audit_chainhead")
    assert verdict("--head", noted) == ["De keten telt 0 schakels; er waren er ooit 5."]
    assert verdict("--head", "kop") == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: ChainLink.objects.update(hash="0" * 64),
        lambda: ChainLink.objects.all().delete(),
        lambda: ChainHead.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_touch_the_chain(
    acts: list[int], tamper: Callable[[], object]
) -> None:
    with pytest.raises(DatabaseError, match=r"never_deleted|filled_once"), transaction.atomic():
        tamper()
