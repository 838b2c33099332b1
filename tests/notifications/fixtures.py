"""A rule about an organisation, so that the engine is tested without any app of the domain."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.safestring import mark_safe

from accounts.models import Organisation, User
from notifications import registry
from notifications.registry import Offset, ReminderRule, Subject
from notifications.services import seed_offsets

RULE = "tests.closing"
OFFSETS = (Offset(days=-14), Offset(days=-7), Offset(days=-2), Offset(hours=-3), Offset(days=1))


@dataclass
class World:
    """What the rule sees: deadlines per organisation, and who is done."""

    deadlines: dict[int, datetime] = field(default_factory=dict)
    recipients: dict[int, list[User]] = field(default_factory=dict)
    since: datetime | None = None
    done: set[int] = field(default_factory=set)
    broken: bool = False

    def open(self, organisation: Organisation, deadline: datetime, *people: User) -> None:
        self.deadlines[organisation.pk] = deadline
        self.recipients[organisation.pk] = list(people)

    def subjects(self, now: datetime) -> Iterator[Subject]:
        for organisation in Organisation.objects.filter(pk__in=self.deadlines).order_by("pk"):
            yield Subject(
                organisation,
                self.recipients[organisation.pk],
                self.deadlines[organisation.pk],
                self.since,
            )

    def still_needed(self, organisation: Organisation, recipient: User) -> bool | str:
        return "Het dossier is ingediend." if organisation.pk in self.done else True

    def context(
        self, organisation: Organisation, recipient: User, deadline: datetime
    ) -> dict[str, Any]:
        if self.broken:
            raise RuntimeError("a fault in a rule")
        url = mark_safe(f"http://portaal.test/dossiers/{organisation.pk}/")
        return {"organisation": organisation, "url": url}


@pytest.fixture
def mail_templates(settings: Any) -> None:
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates


@pytest.fixture
def world(mail_templates: None) -> Iterator[World]:
    """The test rule, registered for the duration of the test; use with a database fixture."""
    world = World()
    registry.register(
        ReminderRule(
            name=RULE,
            label="Dossier sluit (test)",
            default_offsets=OFFSETS,
            subjects=world.subjects,
            still_needed=world.still_needed,
            template="tests/mail/closing.md",
            context=world.context,
        )
    )
    yield world
    registry.unregister(RULE)


@pytest.fixture
def planned_world(db: None, world: World) -> World:
    """`world` with its offsets in the database."""
    seed_offsets()
    return world
