"""Facts over time: every change of what reports read is kept, and can be read as it was known."""

import io
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calls.models import Theme
from projects.lifecycle import ProjectState
from projects.models import Procurement, Project
from reporting.facts import known_at
from reporting.facts.kinds import KINDS
from reporting.facts.recording import (
    BEFORE_FACTS,
    changed_facts,
    differing_subjects,
    install,
    record_missing,
    recorded_at,
)
from reporting.models import Fact
from tests.projects.factories import ProcurementFactory, ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db

SPRING = datetime(2025, 3, 1, 12, tzinfo=UTC)
SUMMER = datetime(2025, 7, 1, 12, tzinfo=UTC)


def facts(kind: str, key: int) -> list[Fact]:
    return list(Fact.objects.filter(kind=kind, subject_id=key).order_by("recorded_at", "pk"))


def test_a_project_is_read_as_it_was_known() -> None:
    with time_machine.travel(SPRING, tick=False):
        project = ProjectFactory(title="Slimme riolen")
    with time_machine.travel(SUMMER, tick=False):
        project.title = "Slimme riolering"
        project.save()

    assert known_at(SPRING).projects == {}
    assert known_at(SUMMER).projects[project.pk].title == "Slimme riolen"
    later = known_at(SUMMER + timedelta(microseconds=1))
    assert later.projects[project.pk].title == "Slimme riolering"


def test_what_changes_nothing_that_is_kept_is_no_fact() -> None:
    project = ProjectFactory()
    project.summary = "Andere samenvatting"
    project.save()
    Project.objects.filter(pk=project.pk).update(title=project.title)
    assert len(facts("project", project.pk)) == 1


def test_updates_of_many_rows_and_plain_sql_are_kept_too() -> None:
    one, other = ProjectFactory(), ProjectFactory()
    Project.objects.update(title="Samen")
    one.title = "Apart"
    Project.objects.bulk_update([one], ["title"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET title = 'SQL' WHERE id = %s", [other.pk])
    Procurement.objects.bulk_create(
        [Procurement(project=one, title="Opdracht", estimated_amount=Decimal("10.50"))]
    )

    assert [fact.content["title"] for fact in facts("project", one.pk)][1:] == ["Samen", "Apart"]
    assert [fact.content["title"] for fact in facts("project", other.pk)][1:] == ["Samen", "SQL"]
    [procurement] = known_at(timezone.now()).procurements.values()
    assert procurement.estimated_amount == Decimal("10.50")


def test_a_removed_row_is_gone_from_then_on() -> None:
    with time_machine.travel(SPRING, tick=False):
        procurement = ProcurementFactory()
        key = procurement.pk
    with time_machine.travel(SUMMER, tick=False):
        procurement.delete()
    assert key in known_at(SUMMER).procurements
    assert key not in known_at(SUMMER + timedelta(days=1)).procurements
    assert facts("procurement", key)[-1].content is None


def test_a_draft_is_no_fact_until_it_is_handed_in() -> None:
    draft, submitted = ProposalFactory(), ProposalFactory(submitted=True)
    assert facts("proposal", draft.pk) == []
    assert set(known_at(timezone.now()).proposals) == {submitted.pk}


def test_a_change_that_is_rolled_back_leaves_no_fact() -> None:
    project = ProjectFactory()
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(title="Nooit")
        transaction.set_rollback(True)
    assert len(facts("project", project.pk)) == 1


def test_what_was_first_known_stands_in_for_what_is_older() -> None:
    project = ProjectFactory(title="Eerst")
    Project.objects.filter(pk=project.pk).update(title="Daarna")
    known = known_at(BEFORE_FACTS)
    assert known.with_first_known("project", [project.pk, None])[project.pk].title == "Eerst"


def test_every_kind_is_read_with_one_query() -> None:
    ProjectFactory()
    with CaptureQueriesContext(connection) as queries:
        known = known_at(timezone.now())
        for kind in KINDS:
            known.rows(kind)
            known.rows(kind)
    assert len(queries) == len(KINDS)


def test_saving_costs_no_query_and_little_time() -> None:
    theme = Theme.objects.create(name="Water", slug="water")
    with CaptureQueriesContext(connection) as queries:
        theme.name = "Waterbeheer"
        theme.save()
    assert len(queries) == 1

    def seconds(names: str) -> float:
        began = time.perf_counter()
        for number in range(100):
            Theme.objects.filter(pk=theme.pk).update(name=f"{names}{number}")
        return time.perf_counter() - began

    with_facts = seconds("a")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calls_theme DISABLE TRIGGER reporting_remember")
    assert with_facts - seconds("b") < 0.1  # less than a millisecond each, on a busy machine


@pytest.mark.parametrize(
    "statement", ["UPDATE reporting_fact SET kind = 'x'", "DELETE FROM reporting_fact"]
)
def test_the_database_refuses_to_change_a_fact(statement: str) -> None:
    ProjectFactory()
    with pytest.raises((InternalError, IntegrityError)), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_check_names_what_was_missed_and_what_was_changed() -> None:
    project = ProjectFactory()
    call_command("verify_facts", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE projects_project DISABLE TRIGGER reporting_remember")
        cursor.execute("UPDATE projects_project SET title = 'Buiten de trigger om'")
        cursor.execute("ALTER TABLE reporting_fact DISABLE TRIGGER USER")
        cursor.execute(
            'UPDATE reporting_fact SET content = content || \'{"name": "Elders"}\''
            " WHERE kind = 'organisation' AND subject_id = %s RETURNING id",
            [project.organisation_id],
        )
        (key,) = cursor.fetchone()
    assert ("project", project.pk) in differing_subjects()
    assert changed_facts() == [key]
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_facts", stderr=said)
    assert f"project {project.pk}:" in said.getvalue()
    assert f"feit {key}:" in said.getvalue()


def test_what_existed_before_counts_as_known_since_always() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_project DISABLE TRIGGER reporting_remember")
    project = ProjectFactory(state=ProjectState.EXECUTION, opened_on=date(2024, 1, 1))
    assert record_missing() == 1
    assert record_missing() == 0
    assert known_at(BEFORE_FACTS + timedelta(days=1)).projects[project.pk].opened_on == date(
        2024, 1, 1
    )
    assert differing_subjects() == []


def test_installing_again_changes_nothing() -> None:
    ProjectFactory()
    before = Fact.objects.count()
    install()
    assert Fact.objects.count() == before


def test_data_of_the_past_is_recorded_in_the_past() -> None:
    with recorded_at(SPRING):
        project = ProjectFactory()
    assert facts("project", project.pk)[0].recorded_at == SPRING
    assert project.pk in known_at(SUMMER).projects
