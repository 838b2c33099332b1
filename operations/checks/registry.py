"""Checks by name, and how they are run."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from django.db import DatabaseError
from django.utils.translation import gettext as _

from documents.storage import StorageAway

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

SHOWN = 20
"""Of the same trouble so many are named; the number of all stands in the sentence."""


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What one check found: a sentence, and the things by name when something is wrong."""

    level: Level
    sentence: str
    details: list[str] = field(default_factory=list)


class Test(Protocol):
    """Looks at one thing; `full`: at all of it, not at a sample."""

    def __call__(self, *, full: bool) -> Finding: ...


@dataclass(frozen=True)
class Check:
    """`of_data`: true of the data wherever they stand, so also of a backup that was restored."""

    code: str
    label: "StrOrPromise"
    test: Test
    of_data: bool


CHECKS: dict[str, Check] = {}


def check(code: str, label: "StrOrPromise", *, of_data: bool) -> Callable[[Test], Test]:
    """Register a check."""

    def register(test: Test) -> Test:
        CHECKS[code] = Check(code, label, test, of_data)
        return test

    return register


def inspect(*, full: bool, data_only: bool = False) -> Iterator[tuple[Check, Finding]]:
    """Run every check; one that breaks is a fault of its own, and the others still run."""
    for one in CHECKS.values():
        if data_only and not one.of_data:
            continue
        try:
            finding = one.test(full=full)
        except StorageAway as away:
            finding = fault(str(away))
        except (DatabaseError, OSError, LookupError, ValueError) as error:
            logger.exception("check_broke", extra={"kind": one.code})
            finding = fault(
                _("Het nazicht zelf mislukte: %(error)s") % {"error": type(error).__name__}
            )
        yield one, finding


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warning(sentence: str, details: list[str] | None = None) -> Finding:
    return Finding(Level.WARNING, sentence, (details or [])[:SHOWN])


def fault(sentence: str, details: list[str] | None = None) -> Finding:
    return Finding(Level.FAULT, sentence, (details or [])[:SHOWN])
