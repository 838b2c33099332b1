"""Every kind of document, as everybody: who fetches and remakes it is what the matrix says.

The pages ask these policies and nothing else (test_urls.py walks them with the yearly report), so
here the policies are asked.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pgtrigger
import pytest
from django.contrib.auth.models import AnonymousUser

from calls.models import Call
from common.moments import today
from common.policies import Policy
from common.rights import Outcome
from dashboard.matrix import PEOPLE, decide, documents
from dashboard.matrix.examples import things
from dashboard.matrix.people import FIRST_HAND
from documents import registry
from documents.models import Job
from documents.policies import may_cancel, may_download, may_follow, may_retry
from evaluations.models import SelectionDecision
from evaluations.selectors.minutes import minutes_params
from funding.lifecycle import AgreementState
from funding.models import Agreement, CommitteeDecision
from projects.models import ProposalVersion
from tests.portal.walk import Walk
from tests.portal.world import World

pytestmark = pytest.mark.django_db

ASKED: dict[str, Policy] = {
    "documents:download": may_download,
    "documents:job": may_follow,
    "documents:cancel": may_cancel,
    "documents:retry": may_retry,
}
WALKERS = [one for one in PEOPLE if one.relation != FIRST_HAND]
TEAM = "pio_team_member"


def loose(kind: str, **params: Any) -> Job:
    """A document of this kind that nobody in particular asked for."""
    return Job(kind=kind, params=params)


def of_version(world: World, kind: str) -> Job:
    found = ProposalVersion.objects.filter(proposal=world.case.proposal).latest("number")
    return loose(kind, version=found.pk)


def letter(world: World, kind: str, *, told: bool) -> Job:
    """The letter of the decision of the world, about cofinancing."""
    decision = world.commitment.decision
    assert decision is not None
    moment = world.edition.cut_off if told else None
    CommitteeDecision.objects.filter(pk=decision.pk).update(letter=world.job, told_at=moment)
    return Job(pk=world.job.pk, kind=kind, params={"decision": decision.pk})


def agreement(world: World, kind: str, *, sent: bool) -> Job:
    """That of the world was sent; what was sent does not become a draft again."""
    found = world.agreement
    if not sent:
        decision = world.settled.decision
        found = Agreement.objects.create(
            decision=decision, state=AgreementState.DRAFT, due_on=today(), drafted_by=world.member
        )
    Agreement.objects.filter(pk=found.pk).update(document=world.job)
    return Job(pk=world.job.pk, kind=kind, params={"agreement": found.pk})


def decided(world: World, kind: str, *, told: bool) -> Job:
    """The letter of a decision about a proposal."""
    decision = SelectionDecision.objects.get(proposal=world.refused.proposal)
    if not told:
        with pgtrigger.ignore():
            type(decision).objects.filter(pk=decision.pk).update(notified_at=None, notified_by=None)
    assert decision.letter_id is not None
    return Job(pk=decision.letter_id, kind=kind, params={"decision": decision.pk})


def made_for(world: World, kind: str, name: str = "reader", **params: Any) -> Job:
    """A document for the team member of the world alone."""
    params = {name: world.staff[TEAM].pk, **params}
    return Job(kind=kind, params=params, requested_at=world.edition.cut_off)


def minutes(world: World, kind: str) -> Job:
    return Job(kind=kind, params=minutes_params(world.staff[TEAM], world.meeting))


def pack(world: World, kind: str) -> Job:
    """Of one file, or of all files of a reader."""
    file = world.case.proposal
    params = {"reader": world.case.adviser.pk, "file": file.pk}
    return Job(kind=kind, params=params, parts=[file.reference])


def of_call(call: Call, kind: str) -> Job:
    return Job(kind=kind, params={"call": call.pk}, about=call)


Made = Callable[[World, str], Job]
DECISION, LETTER = "evaluations.decision_letter", "funding.decision_letter"
EXAMPLES: dict[tuple[str, str], Made] = {
    ("calls.blank_form", "gepubliceerd"): lambda w, kind: of_call(w.call, kind),
    ("calls.blank_form", "in opmaak"): lambda w, kind: of_call(w.draft_call, kind),
    (DECISION, "nog niet meegedeeld"): lambda w, kind: decided(w, kind, told=False),
    (DECISION, "meegedeeld"): lambda w, kind: decided(w, kind, told=True),
    ("evaluations.evaluator_pack", ""): pack,
    ("evaluations.evaluator_packs", ""): pack,
    ("evaluations.letter_example", ""): lambda w, kind: made_for(w, kind, "user"),
    ("evaluations.letters", ""): made_for,
    ("evaluations.meeting_minutes", ""): minutes,
    ("funding.agreement", "ontwerp"): lambda w, kind: agreement(w, kind, sent=False),
    ("funding.agreement", "verstuurd"): lambda w, kind: agreement(w, kind, sent=True),
    ("funding.committee_agenda", ""): lambda w, kind: loose(kind),
    (LETTER, "nog niet meegedeeld"): lambda w, kind: letter(w, kind, told=False),
    (LETTER, "meegedeeld"): lambda w, kind: letter(w, kind, told=True),
    ("funding.request_sheet", ""): lambda w, kind: loose(kind),
    ("payments.recovery_letter", ""): lambda w, kind: loose(kind, recovery=w.recovery.pk),
    ("projects.proposal_dossier", ""): of_version,
    ("projects.proposal_receipt", ""): of_version,
    ("reporting.yearly_report_pdf", ""): lambda w, kind: loose(kind),
    ("reporting.yearly_report_xlsx", ""): lambda w, kind: loose(kind),
    ("reporting.yearly_report_zip", ""): lambda w, kind: loose(kind),
    ("retention.own_data", ""): lambda w, kind: made_for(w, kind, person=w.staff[TEAM].pk),
}
"""Kind of document and state of its thing -> one of it in the world."""


def met(user: Any, asked: Policy, job: Job) -> str:
    """What somebody meets at the address that asks this policy."""
    if not user.is_authenticated:
        return Outcome.SIGN_IN
    known = asked if asked in {may_download, may_follow} else may_follow
    if not known.test(user, job):
        return Outcome.NOT_FOUND
    return Outcome.ALLOWED if asked.test(user, job) else Outcome.FORBIDDEN


def differences(walk: Walk, kind: str, state: str) -> Iterator[tuple[str, ...]]:
    job = EXAMPLES[kind, state](walk.world, kind)
    for name, [rule] in documents.rules_of_documents()[kind, state].items():
        for person in WALKERS:
            user = walk.accounts[person] or AnonymousUser()
            wanted = decide(rule.read or rule.write or (), person.account, things()).outcome
            found = met(user, ASKED[name], job)
            if found != wanted:
                yield name, f"{person.role} {person.relation}", wanted, found


@pytest.mark.parametrize(("kind", "state"), list(EXAMPLES))
def test_who_may_what_with_a_document_is_what_the_matrix_says(
    walk: Walk, kind: str, state: str
) -> None:
    assert list(differences(walk, kind, state)) == []


def test_every_kind_of_document_has_a_rule_and_an_example() -> None:
    assert documents.missing_documents() == []
    assert set(EXAMPLES) == set(documents.rules_of_documents())
    assert {kind for kind, _state in EXAMPLES} == {one.kind for one in registry.all_declarations()}
