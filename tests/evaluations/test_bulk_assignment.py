"""One adviser for many files: what the plan says per file, and what is done."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import StaffRole
from common.moments import today
from evaluations import bulk
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment
from tests.accounts.factories import MembershipFactory
from tests.evaluations.factories import Case, staff

pytestmark = pytest.mark.django_db


def due() -> date:
    return today() + timedelta(days=30)


def values_for(action: bulk.BulkAction, adviser: Any) -> bulk.Values:
    return action.values({"adviser": str(adviser.pk), "due_on": due().isoformat()})


def test_an_adviser_is_asked_as_the_plan_says() -> None:
    lead, reader = bulk.find("assign_lead"), bulk.find("assign_reader")
    assert lead is not None
    assert reader is not None
    case, second = Case().complete(), staff(StaffRole.ADVISER)
    with pytest.raises(ValidationError, match="Wijs eerst een adviseur toe"):
        reader.plan(case.proposal, case.team, values_for(reader, second))
    values = values_for(lead, case.adviser)
    assert lead.plan(case.proposal, case.team, values) == f"{case.adviser} krijgt een uitnodiging."
    assert Assignment.objects.count() == 0
    assert lead.do(case.proposal, case.team, values) == f"{case.adviser} is uitgenodigd."
    case.proposal.refresh_from_db()
    with pytest.raises(ValidationError, match="werkt al aan dit dossier"):
        lead.plan(case.proposal, case.team, values)
    with pytest.raises(ValidationError, match="heeft al een adviseur die het advies schrijft"):
        lead.plan(case.proposal, case.team, values_for(lead, second))
    reader.do(case.proposal, case.team, values_for(reader, second))
    made = Assignment.objects.order_by("pk").values_list("adviser", "is_lead", "state", "due_on")
    assert list(made) == [
        (case.adviser.pk, True, AssignmentState.INVITED, due()),
        (second.pk, False, AssignmentState.INVITED, due()),
    ]


def test_the_plan_says_who_is_too_close_and_what_is_not_ready() -> None:
    lead = bulk.find("assign_lead")
    assert lead is not None
    case, early = Case().complete(), Case()
    MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    with pytest.raises(ValidationError, match=r"Belangenconflict: .* hoort bij"):
        lead.plan(case.proposal, case.team, values_for(lead, case.adviser))
    with pytest.raises(ValidationError, match="de status is “Ingediend”"):
        lead.plan(early.proposal, early.team, values_for(lead, early.adviser))


def test_only_who_may_assign_is_offered_them() -> None:
    codes = {"assign_lead", "assign_reader"}
    for role, offered in [
        (StaffRole.TEAM_MEMBER, codes),
        (StaffRole.PROJECT_LEADER, codes),
        (StaffRole.ADVISER, set()),
        (StaffRole.AUDITOR, set()),
    ]:
        assert {one.code for one in bulk.actions_for(staff(role))} & codes == offered
