"""What /admin/ asks: its own addresses, and those of each table that stands there.

The tables are declared in `TABLES` of the rooms (rights.py); that the model admins do the same is
what tests/portal/test_urls.py finds out, address by address.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib import admin

from accounts.policies import is_administrator, may_enter_admin
from common.policies import policy
from common.rights import (
    SIGNED_IN,
    Gates,
    Rights,
    TableRule,
    act,
    both,
    form,
    page,
    refuses,
    together,
)
from dashboard.rights import TABLES_OF_OTHERS

ADD = (
    "{label} stands in /admin/ without a rule. Add it to TABLES in {room}/rights.py: "
    'looked_at("{model}") when nobody may change it there; see common/rights.py for the others. '
    "Then run `python manage.py rights_matrix` and commit docs/rights-matrix.csv."
)


@policy("Dit gaat niet in de tabel zelf: daarvoor zijn de pagina's van het portaal.")
def nobody_edits(user: Any, obj: Any = None) -> bool:
    return False


@policy("Deze tabel is van de techniek zelf: niemand kijkt of wijzigt er.")
def nobody_enters(user: Any, obj: Any = None) -> bool:
    return False


ENTERED: Gates = (*SIGNED_IN, refuses(may_enter_admin))
EDITED: Gates = (*ENTERED, refuses(is_administrator))
LOCKED: Gates = (*ENTERED, refuses(nobody_edits))
SHUT: Gates = (*ENTERED, refuses(nobody_enters))

OF_THE_SITE = together(
    page("admin:index", "admin:app_list", "admin:jsi18n", "admin:view_on_site", gates=ENTERED),
    page("admin:autocomplete", gates=ENTERED),
    page("admin:login", gates=ENTERED),  # everybody signs in on the page of the portal
    page("admin:password_change", "admin:password_change_done", gates=ENTERED),  # the same
    act("admin:logout", gates=ENTERED),
)
"""Addresses of /admin/ that are of no table."""

KIND = "admin:(tabel)"
"""The name of the addresses of all tables of one kind, in the matrix."""


@cache
def all_tables() -> dict[str, TableRule]:
    """Label of a model ("funding.Claim") -> what /admin/ lets be done with it."""
    found = dict(TABLES_OF_OTHERS)
    for config in apps.get_app_configs():
        if config.label != "common" and find_spec(f"{config.name}.rights") is not None:
            room = getattr(import_module(f"{config.name}.rights"), "TABLES", {})
            found.update({f"{config.label}.{model}": rule for model, rule in room.items()})
    return found


def registered_tables() -> set[str]:
    """Labels of the models that stand in /admin/."""
    return {model._meta.label for model in admin.site._registry}


def missing_tables() -> list[str]:
    """A sentence for each model that stands in /admin/ without a rule, which says what to do."""
    return [
        ADD.format(label=label, room=label.split(".")[0], model=label.split(".")[1])
        for label in sorted(registered_tables() - set(all_tables()))
    ]


def unknown_tables() -> list[str]:
    """Rules of models that do not stand in /admin/."""
    return sorted(set(all_tables()) - registered_tables())


def of_kind(rule: TableRule, start: str = KIND) -> Rights:
    """The addresses of a table with this rule; `start` is what their names begin with."""
    if not rule.look:
        names = [f"{start}_{one}" for one in ("changelist", "change", "add", "delete")]
        return together(page(f"{start}_history", gates=SHUT), form(*names, gates=SHUT))
    gates = {True: EDITED, False: LOCKED}
    return together(
        page(f"{start}_history", gates=ENTERED),
        both(f"{start}_changelist", read=ENTERED, write=gates[rule.delete]),
        both(f"{start}_change", read=ENTERED, write=gates[rule.change]),
        form(f"{start}_add", gates=gates[rule.add]),
        form(f"{start}_delete", gates=gates[rule.delete]),
    )


def start_of(label: str) -> str:
    """What the names of the addresses of a model begin with."""
    return "admin:" + label.lower().replace(".", "_")


def admin_rules() -> Rights:
    """Full name of an address of /admin/ -> its rule."""
    rules: Rights = dict(OF_THE_SITE)
    for label, rule in all_tables().items():
        rules.update(of_kind(rule, start_of(label)))
    return rules


def kinds() -> Iterator[tuple[TableRule, list[str]]]:
    """Each kind of table that there is, with the labels of its models."""
    found: dict[TableRule, list[str]] = {}
    for label, rule in sorted(all_tables().items()):
        found.setdefault(rule, []).append(label)
    yield from found.items()


def rules_of_kinds() -> Rights:
    """Name of an address -> its rule for each kind of table: admin_rules() in few words."""
    parts = [
        {name: [replace(one, state=f"tabel {rule.kind}") for one in found]}
        for rule, _labels in kinds()
        for name, found in of_kind(rule).items()
    ]
    return together(OF_THE_SITE, *parts)
