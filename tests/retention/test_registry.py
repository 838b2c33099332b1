"""Who adds a model, a text of a file or a relation decides how long it is kept, and who sees it."""

from django.apps import apps
from django.db import models

from accounts.models import User
from retention.belonging import ways_to_a_file
from retention.persons import LEFT_OUT, MARKED, SHOWN
from retention.registry import (
    LOGS,
    NOT_GOVERNED,
    NOT_THE_FILE,
    OF_A_FILE,
    OWN_RULE,
    RULES,
    Action,
)

TABLES = (OF_A_FILE, LOGS, OWN_RULE, NOT_GOVERNED)


def ours() -> list[type[models.Model]]:
    return list(apps.get_models(include_auto_created=True))


def test_every_model_stands_in_exactly_one_table() -> None:
    named = [label for table in TABLES for label in table]
    assert sorted(named) == sorted(model._meta.label for model in ours())


def test_every_rule_that_is_named_exists() -> None:
    named = {log.rule for log in LOGS.values()} | set(OWN_RULE.values())
    assert named | {"granted_file", "rejected_file", "draft"} == set(RULES)


def test_every_text_of_an_emptied_model_goes_or_stays() -> None:
    unsaid, wrong = [], []
    for label, how in OF_A_FILE.items():
        if how.action != Action.EMPTY:
            continue
        model = apps.get_model(label)
        texts = {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
            and not field.choices
            and not field.primary_key
        }
        unsaid += [f"{label}.{name}" for name in texts - {*how.fields, *how.stays}]
        wrong += [f"{label}.{name}" for name in {*how.fields, *how.stays} - texts]
    assert (unsaid, wrong) == ([], [])


def test_every_model_of_a_file_has_a_way_to_it() -> None:
    assert {model._meta.label for model in ways_to_a_file()} == set(OF_A_FILE)


def test_whatever_refers_to_a_file_belongs_to_it_or_says_why_not() -> None:
    of_a_file = {apps.get_model(label) for label in OF_A_FILE}
    stray = [
        f"{model._meta.label}.{field.name}"
        for model in set(ours()) - of_a_file
        for field in model._meta.concrete_fields
        if field.related_model in of_a_file
    ]
    assert set(stray) == NOT_THE_FILE - {"projects.Proposal.previous"}


def test_what_stays_of_a_file_can_lose_what_goes() -> None:
    """A relation of a row that stays to one that is removed can be empty."""
    stuck = [
        f"{label}.{field.name}"
        for label, how in OF_A_FILE.items()
        if how.action != Action.REMOVE
        for field in apps.get_model(label)._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and not field.null
        and (goes := OF_A_FILE.get(field.related_model._meta.label))  # type: ignore[union-attr]
        and goes.action == Action.REMOVE
    ]
    assert stuck == []


def test_every_relation_to_a_person_is_in_the_overview_or_says_why_not() -> None:
    relations = sorted(
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.concrete_fields
        if field.related_model is User
    )
    assert sorted([*SHOWN, *MARKED, *LEFT_OUT]) == relations
