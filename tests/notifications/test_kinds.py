"""Every kind of message is declared: without it nobody could choose, or know why."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from notifications import kinds, registry
from notifications.kinds import MailKind

KIND = re.compile(r'\b[a-z_]+\.[a-z_]+(?=")')
ROOMS = [
    "accounts",
    "calls",
    "evaluations",
    "funding",
    "payments",
    "projects",
    "reporting",
    "retention",
]


def declared() -> set[str]:
    return {kind.code for kind in kinds.all_kinds()}


def test_every_reminder_is_a_declared_kind() -> None:
    assert {rule.name for rule in registry.all_rules()} - declared() == set()


def test_every_kind_that_a_service_names_is_declared() -> None:
    named = set()
    for room in ROOMS:
        for path in Path(settings.BASE_DIR, room).rglob("*.py"):
            for line in path.read_text().splitlines():
                if re.search(r'^\s*kind="|_MAIL = "', line) and "queue_mail(" in path.read_text():
                    named |= {code for code in KIND.findall(line) if code.split(".")[0] in ROOMS}
    documents = {"documents." in code for code in named}
    assert documents == {False}
    assert named - declared() == set()


def test_every_source_has_a_kind_of_the_same_name_or_is_a_reminder() -> None:
    """A kind whose code is put together at run time ("funding.{what}") is named as its source."""
    reminders = {f"{rule.template}" for rule in registry.all_rules()}
    missing = {
        f"{path.parts[-3]}.{path.stem}"
        for path in Path(settings.BASE_DIR, "templates").glob("*/mail/*.md")
        if "/".join(path.parts[-3:]) not in reminders
    } - declared()
    assert missing == set()


def test_a_kind_says_why_in_words_that_fit_the_sentence() -> None:
    for kind in kinds.all_kinds():
        assert apps.is_installed(kind.code.split(".")[0])
        assert str(kind.because)[0].islower()
        assert not str(kind.because).endswith(".")
        assert not kind.always or str(kind.always).endswith(".")


def test_a_code_is_declared_once() -> None:
    known = kinds.all_kinds()[0]
    with pytest.raises(ValueError, match=known.code):
        kinds.declare([MailKind(known.code, "x", "y", "z")])
