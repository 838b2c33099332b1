"""How rows changed: kept by the database, whatever makes the change."""

import json
from typing import Any

import pghistory
import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Organisation, User
from accounts.roles import MemberRole
from audit import history
from audit.context import acting
from audit.models import AuditEvent, RowChange
from audit.services import record
from pio_portal.history import EXEMPT, KEPT
from projects.models import SectionAnswers
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.projects.factories import ProposalFactory

SECRET = ("password", "passphrase", "secret", "token", "session", "last_login", "key_hash", "otp")
"""No column whose name holds one of these may be kept with its value."""


def changes(thing: Any) -> list[tuple[str, Any, Any]]:
    rows = RowChange.objects.filter(
        kind=history.kind_of(type(thing)), object_id=str(thing.pk)
    ).order_by("pk")
    return [(row.operation, row.before, row.after) for row in rows]


def test_every_model_is_kept_or_exempt_with_a_reason() -> None:
    every = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert KEPT.keys() & EXEMPT.keys() == set()
    assert every - KEPT.keys() - EXEMPT.keys() == set(), "add it to pio_portal/history.py"
    assert (KEPT.keys() | EXEMPT.keys()) - every == set()
    assert all(EXEMPT.values())


def test_no_secret_column_is_kept_with_its_value() -> None:
    open_ = {
        f"{label}.{field.name}"
        for label, how in KEPT.items()
        for field in apps.get_model(label)._meta.concrete_fields
        if any(word in field.name for word in SECRET)
        and field.name not in (*how.ignored, *how.hidden)
    }
    assert open_ == set()


@pytest.mark.django_db
def test_a_row_tells_what_changed_from_what_to_what() -> None:
    body = OrganisationFactory(name="Stad Een", city="Gent")
    body.name, body.is_verified = "Stad Twee", not body.is_verified
    body.save()
    body.save()
    (made, *updated) = changes(body)
    assert (made[0], made[1], made[2]["name"], made[2]["city"]) == (
        "INSERT",
        None,
        "Stad Een",
        "Gent",
    )
    assert updated == [
        (
            "UPDATE",
            {"name": "Stad Een", "is_verified": not body.is_verified},
            {"name": "Stad Twee", "is_verified": body.is_verified},
        )
    ]


@pytest.mark.django_db
def test_bulk_updates_raw_sql_and_removals_are_kept() -> None:
    one, two = OrganisationFactory(city="Gent"), OrganisationFactory(city="Gent")
    Organisation.objects.filter(pk__in=[one.pk, two.pk]).update(city="Aalst")
    for body in (one, two):
        body.city = "Bree"
    Organisation.objects.bulk_update([one, two], ["city"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_organisation SET city = 'Diest' WHERE id = %s", [one.pk])
        cursor.execute("DELETE FROM accounts_organisation WHERE id = %s", [two.pk])
    steps = [(before["city"], after["city"]) for _how, before, after in changes(one)[1:]]
    assert steps == [("Gent", "Aalst"), ("Aalst", "Bree"), ("Bree", "Diest")]
    how, before, after = changes(two)[-1]
    assert (how, before["city"], after) == ("DELETE", "Bree", None)


@pytest.mark.django_db
def test_of_working_text_only_that_it_changed_is_kept_and_of_nested_values_what_differs() -> None:
    proposal = ProposalFactory()
    section = SectionAnswers.objects.create(
        proposal=proposal,
        section=proposal.call.sections.first(),
        answers={"one": "a", "two": "b"},
        updated_by=proposal.created_by,
    )
    section.answers = {"one": "a", "two": "c"}
    section.save()
    assert changes(section)[-1][1:] == ({"answers": "***"}, {"answers": "***"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_differing(%s::jsonb, %s::jsonb)",
            ['{"a": {"x": 1, "y": 2}, "b": 1}', '{"a": {"x": 1}, "b": 1}'],
        )
        assert json.loads(cursor.fetchone()[0]) == {"a": {"y": 2}}


@pytest.mark.django_db
def test_of_a_password_only_that_it_changed_is_kept() -> None:
    person = UserFactory()
    person.set_password("een-nieuwe-wachtzin")
    person.save()
    User.objects.filter(pk=person.pk).update(last_login="2026-01-01T00:00:00Z")
    made, changed = changes(person)
    assert made[2]["password"] == "***"
    assert "last_login" not in made[2]
    assert changed == ("UPDATE", {"password": "***"}, {"password": "***"})


@pytest.mark.django_db
def test_who_joins_a_group_is_kept() -> None:
    person, group = UserFactory(), Group.objects.create(name="Een groep")
    person.groups.add(group)
    person.groups.clear()
    rows = RowChange.objects.filter(kind="accounts.user_groups").order_by("pk")
    assert [(row.operation, (row.after or row.before)["group_id"]) for row in rows] == [
        ("INSERT", group.pk),
        ("DELETE", group.pk),
    ]


@pytest.mark.django_db
def test_a_request_tells_who_and_along_which_way_and_a_shell_who_is_in_the_database() -> None:
    manager = MembershipFactory(role=MemberRole.MANAGER)
    other = MembershipFactory(organisation=manager.organisation, role=MemberRole.READER)
    by_hand = RowChange.objects.latest("pk")
    assert by_hand.actor_id is None
    assert by_hand.database_user == connection.settings_dict["USER"]
    client = Client()
    client.force_login(manager.user)
    url = reverse("accounts:remove_member", args=[manager.organisation_id, other.pk])
    assert client.post(url).status_code == 302
    change = RowChange.objects.get(kind="accounts.membership", operation="DELETE")
    assert (change.object_id, change.actor_id, change.via) == (
        str(other.pk),
        manager.user_id,
        f"POST {url}",
    )
    act = AuditEvent.objects.get(transaction=change.transaction)
    assert act.actor == manager.user
    assert act.request == change.request != ""


@pytest.mark.django_db
def test_acting_tells_who_and_why_until_it_ends() -> None:
    person = UserFactory()
    with acting(user=person, via="opdracht", reason="Fout hersteld"), acting(via="binnenin"):
        body = OrganisationFactory()
    (change,) = RowChange.objects.filter(object_id=str(body.pk), kind="accounts.organisation")
    assert (change.actor_id, change.via, change.reason) == (person.pk, "opdracht", "Fout hersteld")


@pytest.mark.django_db
def test_the_database_is_told_once_and_again_when_a_savepoint_took_it_away() -> None:
    person, other = UserFactory(), UserFactory()
    body = OrganisationFactory()

    def rename(name: str) -> None:
        Organisation.objects.filter(pk=body.pk).update(name=name)

    with acting(user=person, via="opdracht"), CaptureQueriesContext(connection) as asked:
        with transaction.atomic():
            rename("Een")
            transaction.set_rollback(True)
        rename("Twee")
        rename("Drie")
        pghistory.context(user=other.pk)
        rename("Vier")
    told = ["set_config" in query["sql"] for query in asked if "UPDATE" in query["sql"]]
    assert told == [True, True, False, True]
    assert [
        (row.after["name"], row.actor_id, row.via)
        for row in RowChange.objects.filter(object_id=str(body.pk), operation="UPDATE").order_by(
            "pk"
        )
    ] == [
        ("Twee", person.pk, "opdracht"),
        ("Drie", person.pk, "opdracht"),
        ("Vier", other.pk, "opdracht"),
    ]


@pytest.mark.django_db(transaction=True)
def test_each_transaction_is_told_anew() -> None:
    person, body = UserFactory(), OrganisationFactory()
    with acting(user=person, via="opdracht"):
        for name in ("Een", "Twee"):
            Organisation.objects.filter(pk=body.pk).update(name=name)
        with transaction.atomic():
            Organisation.objects.filter(pk=body.pk).update(name="Drie")
            transaction.set_rollback(True)
        with transaction.atomic():
            Organisation.objects.filter(pk=body.pk).update(name="Vier")
    rows = RowChange.objects.filter(object_id=str(body.pk), operation="UPDATE").order_by("pk")
    assert [(row.after["name"], row.actor_id) for row in rows] == [
        ("Een", person.pk),
        ("Twee", person.pk),
        ("Vier", person.pk),
    ]


@pytest.mark.django_db
def test_what_a_savepoint_undid_leaves_nothing_and_an_act_binds_what_stayed() -> None:
    body = OrganisationFactory()
    with transaction.atomic():
        Organisation.objects.update(city="Nergens")
        transaction.set_rollback(True)
    Organisation.objects.filter(pk=body.pk).update(city="Ergens")
    act = record(actor=None, action="x", label="X", about=body)
    act.refresh_from_db()
    bound = RowChange.objects.filter(transaction=act.transaction)
    assert ("UPDATE", "Ergens") in [(row.operation, row.after.get("city")) for row in bound]
    assert len(changes(body)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["update", "delete"])
def test_nobody_changes_the_history(act: str) -> None:
    OrganisationFactory()
    rows = RowChange.objects.all()
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        rows.update(via="elders") if act == "update" else rows.delete()


@pytest.mark.django_db
def test_many_statements_at_once_are_possible_within_a_request() -> None:
    """pghistory 3.9 cannot tell its context to `executemany` (its issue 258): we use none."""
    with acting(via="opdracht"):
        Membership.objects.bulk_create(
            [
                Membership(
                    user=UserFactory(), organisation=OrganisationFactory(), role=MemberRole.READER
                )
                for _n in range(3)
            ]
        )
    assert RowChange.objects.filter(kind="accounts.membership", via="opdracht").count() == 3


@pytest.mark.django_db
def test_installing_again_changes_nothing_and_mends_what_is_gone() -> None:
    def installed() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [history.TRIGGER])
            return int(cursor.fetchone()[0])

    assert installed() == len(KEPT)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {history.TRIGGER} ON accounts_organisation")
    assert installed() == len(KEPT) - 1
    history.install()
    assert installed() == len(KEPT)
    assert [how for how, _before, _after in changes(OrganisationFactory())] == ["INSERT"]
