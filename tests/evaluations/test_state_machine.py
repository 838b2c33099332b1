"""The whole life of files, walked at random by everybody, also by who may not and when it cannot.

After each step: the states moved along the tables only, each move left exactly one event with who
did it, a refusal is a Dutch sentence that left nothing behind, the summaries are right, and what is
final did not change. `tests/evaluations/acts.py` is the table of what can be done.
"""

import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.roles import MemberRole, StaffRole
from audit.models import AuditEvent
from calls.models import Call, ConsensusRule
from common import clock
from common.lifecycle import Lifecycle
from evaluations.lifecycle import ASSIGNMENT_LIFECYCLE, FEEDBACK_LIFECYCLE, MEETING_LIFECYCLE
from evaluations.models import (
    Advice,
    AdviserProfile,
    AgendaItem,
    Assignment,
    ConflictDeclaration,
    Consensus,
    Evaluation,
    FeedbackTalk,
    Meeting,
    Score,
    SelectionDecision,
)
from evaluations.services.summary import stale_summaries
from projects.lifecycle import INFORMATION_LIFECYCLE, PROPOSAL_LIFECYCLE, ProposalState
from projects.models import InformationRequest, Proposal, ProposalVersion
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.evaluations import acts_around  # noqa: F401 - adds its acts to the table
from tests.evaluations.acts import ACTS, PEOPLE, Act, Attempt, NothingThere, Situation
from tests.evaluations.factories import staff
from tests.projects.factories import complete_draft

WANTED = 2_000
"""Steps in total."""

LIFECYCLES: dict[type[models.Model], Lifecycle] = {
    Proposal: PROPOSAL_LIFECYCLE,
    Assignment: ASSIGNMENT_LIFECYCLE,
    InformationRequest: INFORMATION_LIFECYCLE,
    Meeting: MEETING_LIFECYCLE,
    FeedbackTalk: FEEDBACK_LIFECYCLE,
}

FINAL: dict[type[models.Model], str] = {
    ProposalVersion: "true",
    ConflictDeclaration: "true",
    Advice: "finalised_at IS NOT NULL",
    Evaluation: "finalised_at IS NOT NULL",
    Score: "EXISTS (SELECT FROM evaluations_evaluation e"
    " WHERE e.id = t.evaluation_id AND e.finalised_at IS NOT NULL)",
    Consensus: "finalised_at IS NOT NULL",
    AgendaItem: "EXISTS (SELECT FROM evaluations_meeting m"
    " WHERE m.id = t.meeting_id AND m.state = 'closed')",
    FeedbackTalk: "held_at IS NOT NULL",
    SelectionDecision: "notified_at IS NOT NULL",
}
"""What stays as it is for ever, from the moment that it fits this condition."""

TABLES = [
    model._meta.db_table
    for label in ("evaluations", "projects", "documents", "notifications", "audit")
    for model in apps.get_app_config(label).get_models()
]

ENGLISH = re.compile(r"\b(the|this|must|cannot|invalid|required|constraint|matching)\b", re.I)


@dataclass
class Still:
    """The database at one moment."""

    rows: list[Any]
    states: dict[type[models.Model], dict[Any, str]]
    final: dict[tuple[str, str], tuple[str, str | None]]
    last_event: int


def all_rows() -> list[Any]:
    """Of each table how many rows and a sum over their contents; `watch_tables` comes first."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE all_rows")
        return cursor.fetchall()


def final_rows() -> dict[tuple[str, str], tuple[str, str | None]]:
    """Of each row that is final a hash over its contents, and the proof that may be added."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE final_rows")
        return {(name, key): (sha, proof) for name, key, sha, proof in cursor.fetchall()}


def watch_tables() -> None:
    """Planning a query over many tables takes longer than answering it: each is planned once.

    Of the frozen text its checksum is compared: reading it again at each step takes long.
    """
    parts = (
        f"SELECT '{table}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t"  # noqa: S608
        for table in TABLES
    )
    finals = (
        f"SELECT '{model.__name__}', id::text,"  # noqa: S608
        " md5((to_jsonb(t) - 'content' - 'notification_proof')::text),"
        f" to_jsonb(t) ->> 'notification_proof' FROM {model._meta.db_table} t WHERE {condition}"
        for model, condition in FINAL.items()
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE all_rows AS {' UNION ALL '.join(parts)}")
        cursor.execute(f"PREPARE final_rows AS {' UNION ALL '.join(finals)}")


def still() -> Still:
    return Still(
        all_rows(),
        {
            model: dict(model._base_manager.values_list("pk", lifecycle.field))
            for model, lifecycle in LIFECYCLES.items()
        },
        final_rows(),
        AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0,
    )


def _same(was: tuple[str, str | None], now: tuple[str, str | None] | None) -> bool:
    """Only a proof of the notification that was not there yet may be added."""
    return now is not None and was[0] == now[0] and was[1] in ("", now[1])


class Walk(RuleBasedStateMachine):
    """Two files of one call; who does what is chosen anew at every step."""

    steps = 0
    rolls = 0
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    reached: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        if Walk.steps < WANTED:
            self._begin()

    def _begin(self) -> None:
        self._stack.enter_context(transaction.atomic())
        self.now = timezone.now()
        self._stack.enter_context(clock.moved_to(self.now))
        call: Call = CallFactory(window__opens=-10, window__closes=20)
        Call.objects.filter(pk=call.pk).update(
            reader_count=2, consensus_rule=ConsensusRule.DIVERGENT, correction_days=10
        )
        organisation = OrganisationFactory()
        member = MembershipFactory(organisation=organisation, role=MemberRole.SUBMITTER).user
        PEOPLE.clear()
        PEOPLE.update(
            member=[member],
            reader=[MembershipFactory(organisation=organisation, role=MemberRole.READER).user],
            team=[staff(StaffRole.TEAM_MEMBER)],
            leader=[staff(StaffRole.PROJECT_LEADER), staff(StaffRole.PROJECT_LEADER)],
            adviser=[staff(StaffRole.ADVISER) for _number in range(5)],
            other=[
                staff(StaffRole.AUDITOR),
                staff(StaffRole.COMMITTEE_SECRETARY),
                staff(StaffRole.ADMINISTRATOR),
                MembershipFactory(role=MemberRole.MANAGER).user,
                UserFactory(),
            ],
        )
        AdviserProfile.objects.bulk_create(AdviserProfile(user=one) for one in PEOPLE["adviser"])
        PEOPLE["worker"] = PEOPLE["team"]
        PEOPLE["everybody"] = [one for people in list(PEOPLE.values()) for one in people]
        call.refresh_from_db()
        self.files = [
            complete_draft(organisation=organisation, call=call, created_by=member)
            for _number in range(2)
        ]
        self.before = still()

    def teardown(self) -> None:
        if not hasattr(self, "before"):
            return
        for file in Proposal.objects.filter(pk__in=[file.pk for file in self.files]):
            type(self).reached[file.state] += 1
        transaction.set_rollback(True)
        self._stack.close()

    @rule(which=st.integers(0, 1), seed=st.integers(0, 2**32 - 1))
    def somebody_does_something(self, which: int, seed: int) -> None:
        if Walk.steps >= WANTED:
            return
        # Hypothesis is fond of small and of equal numbers: the place in the walk goes into it too.
        Walk.rolls += 1
        dice = Random(f"{seed} {Walk.rolls}")  # noqa: S311
        self._let_time_pass(dice)
        proposal = Proposal.objects.get(pk=self.files[which].pk)
        means_well = dice.random() < 0.8
        act, by = self._fitting(proposal, dice) if means_well else self._any(dice)
        self._try(act, Attempt(proposal, by, dice.random() < 0.1, dice))

    @staticmethod
    def _fitting(proposal: Proposal, dice: Random) -> tuple[Act, Any]:
        """Something that makes sense now, by who should do it."""
        now = Situation(proposal)
        acts = [
            one
            for one in ACTS.values()
            if proposal.state in one.states
            and (not one.reader or now.readers.get(one.reader))
            and one.ready(now)
        ]
        if not acts:
            return Walk._any(dice)
        # Each edit of the code makes Hypothesis walk another way: what nobody did yet goes first.
        weights = [one.weight * (1 if Walk.done[one.name] else 100) for one in acts]
        act = dice.choices(acts, weights)[0]
        right = [person for part in act.who for person in PEOPLE[part]]
        return act, dice.choice(now.readers[act.reader] if act.reader else right)

    @staticmethod
    def _any(dice: Random) -> tuple[Act, Any]:
        return dice.choice(list(ACTS.values())), dice.choice(PEOPLE["everybody"])

    def _let_time_pass(self, dice: Random) -> None:
        hours = dice.choices([0, 1, 30, 24 * 6], [60, 25, 13, 2])[0]
        self.now += timedelta(hours=hours, seconds=1)
        self._stack.enter_context(clock.moved_to(self.now))

    def _try(self, act: Act, attempt: Attempt) -> None:
        sentences: list[str] = []
        try:
            act.do(attempt)
        except NothingThere:
            return
        except PermissionDenied as refusal:
            sentences = [str(refusal)]
        except ValidationError as refusal:
            sentences = refusal.messages
            assert sentences, "a refusal without a sentence"
        type(self).steps += 1
        if sentences:
            type(self).refused[act.name] += 1
            if act.name not in self.KEEPS_SOMETHING:
                assert all_rows() == self.before.rows, f"{act.name} left something behind"
            for sentence in sentences:
                assert len(sentence) > 10, (act.name, sentence)
                assert not ENGLISH.search(sentence), (act.name, sentence)
            if act.name not in self.KEEPS_SOMETHING:
                return
        after = still()
        if sentences:
            assert after.states == self.before.states, act.name
        else:
            type(self).done[act.name] += 1
            self._events_tell_it(act, attempt, after)
            assert list(stale_summaries()) == [], act.name
        for key, row in self.before.final.items():
            kept = _same(row, after.final.get(key)) or self._is_reopened(*key)
            assert kept, f"{act.name} changed {key}"
        self.before = after

    def _is_reopened(self, model: str, key: str) -> bool:
        """Whether these are common scores of which the record tells that they are a draft again."""
        told = AuditEvent.objects.filter(
            pk__gt=self.before.last_event, action="consensus.reopened", object_id=key
        )
        drafts = Consensus.objects.filter(
            pk=key, finalised_at=None, proposed_at=None, total_percent=None
        )
        return model == "Consensus" and told.exists() and drafts.exists()

    KEEPS_SOMETHING = {"submit", "answer"}
    """Of a refusal these keep the record of a late attempt, or the answers that are in order."""

    def _events_tell_it(self, act: Act, attempt: Attempt, after: Still) -> None:
        """Each move of a state is told by one event; nothing else claims to have moved one."""
        events = list(
            AuditEvent.objects.filter(pk__gt=self.before.last_event)
            .select_related("content_type")
            .order_by("pk")
        )
        told = [event for event in events if event.target]
        for model, lifecycle in LIFECYCLES.items():
            for key, now in after.states[model].items():
                was = self.before.states[model].get(key)
                mine = [
                    event
                    for event in told
                    if event.content_type.model_class() is model and event.object_id == str(key)
                ]
                self._is_a_way(lifecycle, was, now, mine, attempt)
                told = [event for event in told if event not in mine]
        assert told == [], act.name
        if act.event:
            own = [event for event in events if event.action == act.event]
            assert [event.actor_id for event in own] == [attempt.by.pk], (act.name, events)

    @staticmethod
    def _is_a_way(
        lifecycle: Lifecycle, was: str | None, now: str, events: list[Any], attempt: Attempt
    ) -> None:
        place = was
        for event in events:
            step = lifecycle[event.action.partition(".")[2]]
            assert place in {None, event.source}, event
            assert event.source in step.sources, event
            assert event.target == step.target, event
            if step.who is not None:
                assert event.actor_id == attempt.by.pk, event
            place = event.target
        assert was is None or place == now, (was, now, events)


@pytest.mark.django_db
def test_two_thousand_steps_of_everybody_leave_every_file_in_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watch_tables()
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=20,
            stateful_step_count=200,  # long enough for a file to come to its end
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{Walk.steps} steps: {Walk.done.total()} done, {Walk.refused.total()} refused; "
            f"files ended {dict(Walk.reached)}"
        )
    assert Walk.steps >= WANTED
    never = [name for name in ACTS if not Walk.done[name]]
    assert never == [], "the walk never did these: give them more weight"
    assert set(Walk.reached) >= {ProposalState.SELECTED, ProposalState.NOT_SELECTED}
