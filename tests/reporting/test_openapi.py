"""Every address that the OpenAPI document describes answers as it says, whatever is asked.

schemathesis makes the requests and judges the answers, in this process, against the real portal:
never a 500, and no status, kind of content or field that is not described. That nothing which
answers JSON is missing there: tests/portal/test_forms.py, which looks at every address.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    unsupported_method,
)

from accounts.roles import StaffRole
from projects.lifecycle import ProjectState
from projects.models import Project
from reporting.views.open_data import DESCRIPTION
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.calls.factories import CallFactory
from tests.funding.acts import paid_claim
from tests.funding.factories import budget_line, commitment

pytestmark = pytest.mark.django_db

# Written as JSON, by another name.
schemathesis.serializer.alias("application/csp-report", "application/json")
SCHEMA = schemathesis.openapi.from_dict(json.loads(DESCRIPTION))
SCHEMA.app = get_wsgi_application()
NOT_OURS = [
    ignored_auth,  # who is not signed in is sent to the page for that, and does not get a 401
    negative_data_rejection,  # the same, and a day that is none is left out of account, as it says
    unsupported_method,  # a method without the token of a page is refused before it is looked at
]
Sessions = dict[str, dict[str, str]]
EXAMPLES = {"year": 2026, "slug": "0"}
WHO = ["nobody", "member", StaffRole.PROGRAMME_MANAGER, StaffRole.AUDITOR, StaffRole.ADVISER]


@pytest.fixture(autouse=True)
def _the_connection_of_the_test() -> Iterator[None]:
    """A server closes its connection after a request; here the test needs it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def sessions(django_db_setup: None, django_db_blocker: Any) -> Iterator[Sessions]:
    """Who asks, with what their browser sends; and something to find behind each address."""
    with django_db_blocker.unblock(), transaction.atomic():
        budget_line(2026)
        paid_claim(300_000)
        commitment(5)
        Project.objects.update(state=ProjectState.TENDER_PUBLISHED, is_public=True)
        CallFactory(slug=EXAMPLES["slug"])
        yield {who: session_of(who) for who in WHO}
        transaction.set_rollback(True)


def session_of(who: str) -> dict[str, str]:
    """The cookies in the browser of this person."""
    if who == "nobody":
        return {}
    client = Client()
    person: Any = MembershipFactory().user if who == "member" else UserFactory(roles=[who])
    client.force_login(person)
    return {"sessionid": client.cookies["sessionid"].value}


@pytest.mark.parametrize("who", WHO)
@SCHEMA.parametrize()
@settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_each_address_answers_as_described(case: Any, who: str, sessions: Sessions) -> None:
    case.cookies = dict(sessions[who])  # and not a session that was made up
    case.call_and_validate(excluded_checks=NOT_OURS)


def test_each_address_has_something_to_answer(sessions: Sessions) -> None:
    """So that the schemas above were held against contents, and not only against refusals."""
    statuses, cookies = {}, sessions[StaffRole.PROGRAMME_MANAGER]
    for result in SCHEMA.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # else the document is wrong
        if operation.method != "get":
            continue
        known = {one.name: EXAMPLES[one.name] for one in operation.path_parameters}
        case = operation.Case(path_parameters=known, cookies=dict(cookies))
        answer = case.call_and_validate(excluded_checks=NOT_OURS)
        statuses[operation.path] = answer.status_code
        if operation.path == "/open-data/360giving.json":
            assert sorted(one["amountDisbursed"] for one in answer.json()["grants"]) == [0, 300_000]
    assert set(statuses.values()) == {200}, statuses
