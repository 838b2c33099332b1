"""The database's "no" as a sentence: constraint names map to their `violation_error_message`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _


@cache
def constraint_messages() -> dict[str, str]:
    """Every named constraint of our models with its sentence."""
    messages: dict[str, str] = {}
    for model in apps.get_models(include_auto_created=False):
        for constraint in model._meta.constraints:
            messages[constraint.name] = str(constraint.get_violation_error_message())
    return messages


@contextmanager
def readable_constraints(*, fields: dict[str, str] | None = None) -> Iterator[None]:
    """Run in a savepoint and turn a refused constraint into a ValidationError with its sentence.

    `fields` maps a constraint name to the form field that caused it.

    Raises:
        ValidationError: when one of our named constraints refuses.
        IntegrityError: when something else does: that is a fault of ours, not of the person.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        message = constraint_messages().get(name or "")
        if not message:
            raise
        raise ValidationError({(fields or {}).get(name, "__all__"): message}) from error


def check(name: str, condition: models.Q, message: str) -> models.CheckConstraint:
    """A CHECK constraint that cannot be written without a sentence."""
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def unique(
    name: str, *fields: str, message: str, condition: models.Q | None = None
) -> models.UniqueConstraint:
    """A UNIQUE constraint that cannot be written without a sentence."""
    return models.UniqueConstraint(
        fields=list(fields), name=name, condition=condition, violation_error_message=message
    )


def busy_message() -> str:
    """What a person reads when somebody else changed the same thing first."""
    return _("Iemand anders heeft dit net gewijzigd. Bekijk de nieuwe toestand en probeer opnieuw.")
