"""The database's "no" as a sentence: constraint names map to their `violation_error_message`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@cache
def _named_constraints() -> dict[str, models.BaseConstraint]:
    """Constraints, not their sentences: each person reads those in the language of the page."""
    return {
        constraint.name: constraint
        for model in apps.get_models(include_auto_created=False)
        for constraint in model._meta.constraints
    }


@cache
def _unique_columns() -> "dict[str, models.Field[Any, Any]]":
    """Fields with `unique=True`, by the name that PostgreSQL gives their constraint."""
    return {
        f"{model._meta.db_table}_{field.column}_key": field
        for model in apps.get_models(include_auto_created=False)
        for field in model._meta.local_concrete_fields
        if field.unique and not field.primary_key
    }


_of_triggers: "dict[str, StrOrPromise]" = {}


def refusal(name: str, message: "StrOrPromise") -> str:
    """The PL/pgSQL with which a trigger refuses as a constraint of that name would.

    `readable_constraints` gives its sentence like that of any other constraint.
    """
    _of_triggers[name] = message
    return (
        f"RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', "
        f"MESSAGE = 'refused by {name}';"
    )


def constraint_messages() -> dict[str, str]:
    """Every named constraint of our models with its sentence, in the present language."""
    of_models = {
        name: str(constraint.get_violation_error_message())
        for name, constraint in _named_constraints().items()
    }
    return of_models | {name: str(message) for name, message in _of_triggers.items()}


@contextmanager
def readable_constraints(*, fields: dict[str, str] | None = None) -> Iterator[None]:
    """Run in a savepoint and turn a refused constraint into a ValidationError with its sentence.

    `fields` maps a constraint name to the form field that caused it; a field that is unique by
    itself is known.

    Raises:
        ValidationError: when one of our named constraints refuses.
        IntegrityError: when something else does: that is a fault of ours, not of the person.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        column = _unique_columns().get(name)
        if column is not None:
            taken = column.error_messages["unique"] % {
                "model_name": column.model._meta.verbose_name,
                "field_label": column.verbose_name,
            }
            raise ValidationError({column.name: taken}) from error
        message = constraint_messages().get(name)
        if not message:
            raise
        raise ValidationError({(fields or {}).get(name, NON_FIELD_ERRORS): message}) from error


def check(name: str, condition: models.Q, message: "StrOrPromise") -> models.CheckConstraint:
    """A CHECK constraint that cannot be written without a sentence."""
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def unique(
    name: str, *fields: str, message: "StrOrPromise", condition: models.Q | None = None
) -> models.UniqueConstraint:
    """A UNIQUE constraint that cannot be written without a sentence."""
    return models.UniqueConstraint(
        fields=list(fields), name=name, condition=condition, violation_error_message=message
    )


def busy_message() -> str:
    """What a person reads when somebody else changed the same thing first."""
    return _("Iemand anders heeft dit net gewijzigd. Bekijk de nieuwe toestand en probeer opnieuw.")
