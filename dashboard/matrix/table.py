"""The tables of all rooms as one, beside the addresses that really exist."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from common.rights import Rights, Steps
from dashboard.matrix.documents import missing_documents
from dashboard.matrix.tables import admin_rules, missing_tables, unknown_tables
from dashboard.rights import WITHOUT_ROOM

ADD = (
    "{name} has no rule. Add it to RIGHTS in {room}/rights.py: page(...) when it is only read, "
    'act(...) when it is only posted to, form(...) when both; e.g. page("{short}", gates=STAFF). '
    "Then run `python manage.py rights_matrix` and commit docs/rights-matrix.csv."
)
"""What who adds an address is told."""


@cache
def all_rules() -> Rights:
    """Full name of an address -> its rules."""
    rules: Rights = {**WITHOUT_ROOM, **admin_rules()}
    for config in apps.get_app_configs():
        if config.label == "common" or find_spec(f"{config.name}.rights") is None:
            continue  # common/rights.py is how the tables are written
        table: Rights = import_module(f"{config.name}.rights").RIGHTS
        rules.update({f"{config.label}:{name}": found for name, found in table.items()})
    return rules


@cache
def all_steps() -> Steps:
    """Full name of an address -> the step that a POST takes."""
    found: Steps = {}
    for config in apps.get_app_configs():
        if config.label != "common" and find_spec(f"{config.name}.rights") is not None:
            room: Steps = getattr(import_module(f"{config.name}.rights"), "STEPS", {})
            found.update({f"{config.label}:{name}": step for name, step in room.items()})
    return found


@cache
def named_addresses() -> frozenset[str]:
    """Full names of all addresses."""
    return frozenset(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name or namespace != "admin:":  # Django's ways to an address with a name
                yield f"{namespace}{pattern.name}"
        else:
            below = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern.url_patterns, below)


def missing_rules() -> list[str]:
    """A sentence for each address or table without a rule, which says what to do."""
    return [*missing_tables(), *missing_documents()] or [
        ADD.format(
            name=name,
            room=name.split(":")[0] if ":" in name else "dashboard",
            short=name.split(":")[-1],
        )
        for name in sorted(named_addresses() - set(all_rules()))
    ]


def unknown_rules() -> list[str]:
    """Rules of addresses and tables that no longer exist."""
    names = set(all_rules()) | set(all_steps())
    return unknown_tables() or sorted(names - named_addresses())
