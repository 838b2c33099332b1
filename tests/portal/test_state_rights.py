"""Each step of a lifecycle at its address: from the states of the matrix, and from no other.

By somebody who may, with a form that is filled in well. The thing is put in the state past the
triggers of the database; what happens is undone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import MemberRole, StaffRole
from common.lifecycle import Lifecycle, transitioned
from common.moments import today
from common.rights import Takes
from dashboard.matrix import all_steps
from dashboard.matrix.people import ASSIGNED, MINE, OWN
from documents.models import Job, JobState
from documents.services import store_file
from retention.services import propose_list
from tests.funding.factories import upload
from tests.portal.walk import ADDRESSES, Form, FormReader, Walk, somebody
from tests.portal.world import World

pytestmark = pytest.mark.django_db

MEMBER = somebody(MemberRole.MANAGER, OWN)
TEAM = somebody(StaffRole.TEAM_MEMBER, MINE)
LEADER = somebody(StaffRole.PROJECT_LEADER)
MANAGER = somebody(StaffRole.PROGRAMME_MANAGER)
SECRETARY = somebody(StaffRole.COMMITTEE_SECRETARY)
ADVISER = somebody(StaffRole.ADVISER, ASSIGNED)

Data = dict[str, Any]
Play = tuple[Any, Callable[[World], models.Model], Data]
"""Who does it, the thing whose state it is, and what the form needs beside what it shows."""

REASON = {"reason": "Omdat het zo is beslist."}
SIGNATURE = {"name": "An", "function": "Burgemeester", "means": "paper"}
REFUSAL = {"outcome": "refused", "grounds": "Te weinig innovatie.", "decided_on": "2026-11-01"}
COMPLETE = {"is_complete": "yes", "aanpassing-0-kind": "missing"}
PLAYS: dict[str, Play] = {
    "calls:step": (TEAM, lambda w: w.draft_call, {}),
    "documents:cancel": (TEAM, lambda w: w.job, {}),
    "documents:retry": (TEAM, lambda w: w.job, {}),
    "evaluations:accept": (ADVISER, lambda w: w.case.assignment, {"declares": "on"}),
    "evaluations:completeness": (TEAM, lambda w: w.case.proposal, COMPLETE),
    "evaluations:decline": (ADVISER, lambda w: w.case.assignment, REASON),
    "evaluations:feedback": (TEAM, lambda w: w.refused.decision.feedback_talk, {}),
    "evaluations:meeting_step": (TEAM, lambda w: w.meeting, {}),
    "evaluations:revoke": (TEAM, lambda w: w.case.assignment, REASON),
    "evaluations:withdraw_information": (TEAM, lambda w: w.asked, REASON),
    "funding:agreement_member_sign": (MEMBER, lambda w: w.agreement, SIGNATURE),
    "funding:agreement_send": (TEAM, lambda w: w.agreement, {}),
    "funding:change": (LEADER, lambda w: w.change, {"accept": "ja"}),
    "funding:change_withdraw": (MEMBER, lambda w: w.change, {}),
    "funding:claim_approve": (MANAGER, lambda w: w.claim.instalment, {}),
    "funding:claim_check": (TEAM, lambda w: w.claim.instalment, {}),
    "funding:claim_new": (MEMBER, lambda w: w.instalment, {}),
    "funding:claim_pay": (MANAGER, lambda w: w.claim.instalment, {}),
    "funding:claim_recheck": (TEAM, lambda w: w.claim.instalment, REASON),
    "funding:claim_reject": (TEAM, lambda w: w.claim.instalment, REASON),
    "funding:claim_returned": (MANAGER, lambda w: w.paid_claim.instalment, REASON),
    "funding:committee_cancel": (SECRETARY, lambda w: w.committee, REASON),
    "funding:committee_close": (SECRETARY, lambda w: w.committee, {}),
    "funding:committee_hold": (SECRETARY, lambda w: w.committee, {}),
    "funding:open_instalment": (TEAM, lambda w: w.instalment, {}),
    "funding:request": (SECRETARY, lambda w: w.committee_item.request, REFUSAL),
    "notifications:mail_resend": (TEAM, lambda w: w.mail, {}),
    "payments:order_cancel": (MANAGER, lambda w: w.order, REASON),
    "payments:order_sign": (LEADER, lambda w: w.order, {}),
    "payments:recovery_receive": (MANAGER, lambda w: w.recovery, {}),
    "payments:settlement_confirm": (MANAGER, lambda w: w.recovery.settlement, {}),
    "payments:settlement_withdraw": (TEAM, lambda w: w.recovery.settlement, {}),
    "projects:information": (MEMBER, lambda w: w.asked, {"send": "", "answer_1": "Vijf."}),
    "projects:obligation_deliver": (MEMBER, lambda w: w.obligation, {}),
    "projects:project_step": (LEADER, lambda w: w.project, REASON),
    "projects:withdraw": (MEMBER, lambda w: w.case.proposal, {**REASON, "sure": "on"}),
    "rehearsals:again": (TEAM, lambda w: w.rehearsal, {}),
    "retention:approve": (MANAGER, lambda w: w.destruction, {}),
    "retention:drop": (MANAGER, lambda w: w.destruction, REASON),
    "retention:handle": (MANAGER, lambda w: w.privacy_request, {}),
    "retention:propose": (MANAGER, lambda w: w.destruction, {}),
}


def no_items(world: World) -> None:
    with pgtrigger.ignore():
        world.committee.items.all().delete()


def made(world: World) -> None:
    """The paper that goes along is there."""
    file = store_file(content=b"%PDF-1.7", name="brief.pdf")
    Job.objects.filter(pk=world.agreement.document_id).update(
        state=JobState.DONE, file=file, finished_at=timezone.now()
    )


READY: dict[str, Callable[[World], None]] = {
    "funding:agreement_send": made,
    "funding:committee_hold": no_items,
    "funding:request": no_items,
    "retention:approve": lambda w: propose_list(drawn=w.destruction, by=w.case.leader),
}
"""What else must be so before the step."""

COLUMNS: dict[str, Callable[[World], Data]] = {
    "documents:cancel": lambda w: {"finished_at": timezone.now(), "error": "Het ging mis."},
    "documents:retry": lambda w: {"finished_at": timezone.now(), "error": "Het ging mis."},
    "payments:recovery_receive": lambda w: {"received": w.recovery.amount},
    "rehearsals:again": lambda w: {"error": "Het ging mis.", "finished_at": timezone.now()},
    "retention:handle": lambda w: {
        "answer": "Beantwoord.",
        "answered_at": timezone.now(),
        "answered_by": w.case.leader,
    },
}
"""What a row holds in the states where it must."""


@contextmanager
def listening() -> Iterator[list[str]]:
    """The names of the steps that are taken meanwhile."""
    taken: list[str] = []

    def note(sender: Any, transition: Any, **_: Any) -> None:
        taken.append(transition.name)

    transitioned.connect(note)
    try:
        yield taken
    finally:
        transitioned.disconnect(note)


def put(thing: models.Model, state: str, columns: Data) -> bool:
    """Bring the thing in that state, if its row can be in it; with `columns` when it must."""
    for more in ({}, columns):
        try:
            with pgtrigger.ignore(), transaction.atomic():
                type(thing)._base_manager.filter(pk=thing.pk).update(state=state, **more)
        except IntegrityError:
            continue
        return True
    return False


def shown_form(client: Any, url: str) -> Form:
    """The form of the page that is posted to itself; an empty one where there is no page."""
    response = client.get(url)
    page = response.content.decode() if response.status_code == 200 else ""
    forms = FormReader(url, page).forms
    own = [form for form in forms if form.method == "post" and url in form.targets]
    return own[0] if own else Form("post", [url])


def tried(walk: Walk, name: str, state: str) -> tuple[list[str], str, Any]:
    """What is taken from this state, the state afterwards, and the answer; undone."""
    person, find, data = PLAYS[name]
    thing = find(walk.world)
    with transaction.atomic():
        if name in READY:
            READY[name](walk.world)
        if not put(thing, state, COLUMNS.get(name, lambda world: {})(walk.world)):
            transaction.set_rollback(True)
            return [], "", None
        client, url = walk.client(person), ADDRESSES[name].url(walk.world)
        if name == "funding:request":  # that of the world was decided
            url = reverse(name, args=[thing.pk])
        form = shown_form(client, url)
        values = {**form.values, **data, **{one: upload("stuk.pdf") for one in form.files}}
        for one in form.values:
            if one.startswith("point_"):
                values[one] = "yes"
            if one == "signed_on":
                values[one] = str(today())
        with listening() as taken:
            response = client.post(url, values)
        after = type(thing)._base_manager.values_list("state", flat=True).get(pk=thing.pk)
        transaction.set_rollback(True)
    return taken, after, response


def is_taken(step: Takes, state: str, taken: list[str], after: str, response: Any) -> bool:
    """A step of the lifecycle; where there is none, the state is another one."""
    if step.names:
        return bool(step.names.intersection(taken))
    return response is not None and after != state


def wrong(walk: Walk, name: str, step: Takes) -> Iterator[tuple[Any, ...]]:
    states = [str(one) for one in step.states]
    inside = [one for one in states if one in step.sources]
    outside = [one for one in states if one not in step.sources]
    if not any(is_taken(step, state, *tried(walk, name, state)) for state in inside):
        yield name, "not taken", inside
    refused = 0
    for state in outside:
        taken, after, response = tried(walk, name, state)
        refused += response is not None
        if response is not None and (taken or after != state or response.status_code >= 500):
            yield name, "taken from", state, taken, after
    if not refused:
        yield name, "never refused", outside


@pytest.mark.parametrize("name", sorted(all_steps()))
def test_a_step_goes_from_the_states_of_the_matrix(walk: Walk, name: str) -> None:
    assert list(wrong(walk, name, all_steps()[name])) == []


NO_ADDRESS = {
    "LineState": "of an order: follows from the order and from what the bank says",
    "ReminderState": "the portal itself takes these steps",
}
"""States that nobody moves at an address, each with the reason."""


def test_every_lifecycle_stands_in_the_matrix() -> None:
    """One step at least, so that a new kind of thing with states is thought of."""
    found = set()
    for config in apps.get_app_configs():
        if config.name != "common" and find_spec(f"{config.name}.lifecycle") is not None:
            module = vars(import_module(f"{config.name}.lifecycle"))
            found |= {one.states for one in module.values() if isinstance(one, Lifecycle)}
    covered = {step.states for step in all_steps().values()}
    assert {states.__name__ for states in found - covered} == set(NO_ADDRESS)
