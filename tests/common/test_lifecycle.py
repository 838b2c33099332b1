"""Lifecycles: one table of steps, one way to take one.

Shown on the role of a membership, because a lifecycle is about a field and not about a domain.
"""

from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import Membership
from accounts.roles import MemberRole
from audit.models import AuditEvent
from common.lifecycle import Lifecycle, TransitionRefused, step, transitioned
from common.policies import policy
from tests.accounts.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@policy("Alleen Baas mag dit.")
def is_boss(user: Any, obj: Any = None) -> bool:
    return user.last_name == "Baas"


def refuse_without_phone(membership: Membership) -> None:
    if not membership.user.phone:
        raise ValidationError("Vul eerst een telefoonnummer in.")


STEPS = [
    step("promote", "Bevorderen", [MemberRole.READER], MemberRole.EDITOR, who=is_boss),
    step(
        "trust",
        "Vertrouwen",
        [MemberRole.READER, MemberRole.EDITOR],
        MemberRole.SUBMITTER,
        who=is_boss,
        guard=refuse_without_phone,
    ),
    step("lapse", "Vervallen", [MemberRole.SUBMITTER], MemberRole.READER),
]
LIFECYCLE = Lifecycle(MemberRole, STEPS, field="role")


@pytest.fixture
def reader() -> Membership:
    return MembershipFactory(role=MemberRole.READER)


@pytest.fixture
def boss() -> Any:
    return UserFactory(last_name="Baas")


def test_a_step_moves_and_leaves_one_event(reader: Membership, boss: Any) -> None:
    LIFECYCLE.perform(reader, "promote", actor=boss, comment="Verdiend")
    assert reader.role == MemberRole.EDITOR
    reader.refresh_from_db()
    assert reader.role == MemberRole.EDITOR
    event = AuditEvent.objects.get()
    assert (event.action, event.label, event.actor) == ("membership.promote", "Bevorderen", boss)
    assert (event.source, event.target, event.comment) == ("reader", "editor", "Verdiend")


def test_the_listeners_hear_who_did_what(reader: Membership, boss: Any) -> None:
    heard: list[Any] = []

    def listen(**given: Any) -> None:
        heard.append((given["instance"], given["source"], given["target"], given["actor"]))

    transitioned.connect(listen, sender=Membership)
    try:
        LIFECYCLE.perform(reader, "promote", actor=boss)
    finally:
        transitioned.disconnect(listen, sender=Membership)
    assert heard == [(reader, "reader", "editor", boss)]


def test_a_step_from_another_state_names_the_present_one(reader: Membership, boss: Any) -> None:
    """What counts is the row after the lock, not what the page still shows."""
    Membership.objects.filter(pk=reader.pk).update(role=MemberRole.MANAGER)
    with pytest.raises(TransitionRefused) as refusal:
        LIFECYCLE.perform(reader, "promote", actor=boss)
    assert refusal.value.messages == ["“Bevorderen” kan niet meer: de status is nu “Beheerder”."]
    assert not AuditEvent.objects.exists()


def test_a_step_needs_the_right_person(reader: Membership) -> None:
    for actor in (UserFactory(), None):
        with pytest.raises(PermissionDenied, match=r"Alleen Baas mag dit\."):
            LIFECYCLE.perform(reader, "promote", actor=actor)
    reader.refresh_from_db()
    assert reader.role == MemberRole.READER


def test_a_guard_says_what_is_missing(reader: Membership, boss: Any) -> None:
    with pytest.raises(ValidationError, match=r"Vul eerst een telefoonnummer in\."):
        LIFECYCLE.perform(reader, "trust", actor=boss)
    reader.user.phone = "09 123"
    LIFECYCLE.perform(reader, "trust", actor=boss)
    assert reader.role == MemberRole.SUBMITTER


def test_the_portal_itself_takes_a_step_without_person(boss: Any) -> None:
    submitter = MembershipFactory(role=MemberRole.SUBMITTER)
    LIFECYCLE.perform(submitter, "lapse", actor=None)
    assert AuditEvent.objects.get().actor is None
    assert LIFECYCLE.possible_for(submitter, boss) == STEPS[:2]


def test_other_changed_fields_are_saved_when_named(reader: Membership, boss: Any) -> None:
    moved, stays = UserFactory(), reader.organisation
    reader.user = moved
    LIFECYCLE.perform(reader, "promote", actor=boss, save=["user"])
    reader.refresh_from_db()
    assert (reader.user, reader.organisation) == (moved, stays)


def test_the_buttons_of_a_page(reader: Membership, boss: Any) -> None:
    assert [item.name for item in LIFECYCLE.possible_for(reader, boss)] == ["promote", "trust"]
    assert LIFECYCLE.possible_for(reader, UserFactory()) == []
    assert LIFECYCLE.allows(reader, "promote")
    assert not LIFECYCLE.allows(reader, "lapse")
    assert LIFECYCLE["lapse"].label == "Vervallen"


@pytest.mark.django_db(transaction=True)
def test_a_step_outside_a_transaction_is_a_fault_of_ours() -> None:
    reader, boss = MembershipFactory(role=MemberRole.READER), UserFactory(last_name="Baas")
    with pytest.raises(RuntimeError, match="transaction"):
        LIFECYCLE.perform(reader, "promote", actor=boss)
    with transaction.atomic():
        LIFECYCLE.perform(reader, "promote", actor=boss)


def test_two_steps_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="share a name"):
        Lifecycle(MemberRole, [STEPS[0], STEPS[0]])


def test_the_database_knows_the_same_table() -> None:
    trigger = LIFECYCLE.trigger("role_steps")
    assert isinstance(trigger, pgtrigger.FSM)
    assert (trigger.name, trigger.field) == ("role_steps", "role")
    assert trigger.transitions == [
        ("editor", "submitter"),
        ("reader", "editor"),
        ("reader", "submitter"),
        ("submitter", "reader"),
    ]
