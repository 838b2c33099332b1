"""The formal check of a submitted proposal."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import StaffRole
from common.formatting import format_deadline
from common.lifecycle import TransitionRefused
from evaluations.models import CompletenessCheck
from evaluations.selectors import correction_deadline
from evaluations.services import check_completeness
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.window import window_at
from tests.evaluations.factories import Case, staff
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db


def test_a_complete_file_goes_on_without_a_mail() -> None:
    case = Case()
    check = check_completeness(proposal=case.proposal, by=case.team, is_complete=True)
    assert case.state == ProposalState.COMPLETE
    assert (check.is_complete, check.checked_by) == (True, case.team)
    assert OutboxMail.objects.count() == 0


def test_an_incomplete_file_tells_what_is_missing_and_until_when() -> None:
    case = Case()
    case.proposal.call.correction_days = 10
    case.proposal.call.save()
    check_completeness(
        proposal=case.proposal, by=case.team, is_complete=False, remarks="De raming ontbreekt."
    )
    assert case.state == ProposalState.INCOMPLETE
    mail = OutboxMail.objects.get()
    until = Proposal.objects.get(pk=case.proposal.pk).correction_until
    assert mail.recipient == case.member
    assert "De raming ontbreekt." in mail.text
    assert until is not None
    assert format_deadline(until) in mail.text


def test_without_days_to_correct_a_closed_round_says_so() -> None:
    case = Case()
    check_completeness(
        proposal=case.proposal, by=case.team, is_complete=False, remarks="De raming ontbreekt."
    )
    assert "geen termijn om het voorstel aan te vullen" in OutboxMail.objects.get().text


@pytest.mark.parametrize(("closes", "days"), [(-1, 0), (-1, 10), (30, 0), (30, 10), (3, 10)])
def test_what_staff_are_told_equals_the_window_of_the_applicant(closes: int, days: int) -> None:
    case = Case()
    item = case.proposal.round
    assert item is not None
    item.closes_at = timezone.now() + timedelta(days=closes)
    item.save()
    case.proposal.call.correction_days = days
    case.proposal.call.save()
    now = timezone.now()
    told = correction_deadline(case.proposal, now)
    check_completeness(proposal=case.proposal, by=case.team, is_complete=False, remarks="Raming.")
    window = window_at(Proposal.objects.get(pk=case.proposal.pk), now)
    assert (window.closes_at if window.is_open else None) == told


def test_incomplete_needs_words() -> None:
    case = Case()
    with pytest.raises(ValidationError, match="Schrijf wat er ontbreekt"):
        check_completeness(proposal=case.proposal, by=case.team, is_complete=False, remarks="  ")
    assert CompletenessCheck.objects.count() == 0


@pytest.mark.parametrize("role", [role for role in StaffRole if role != StaffRole.TEAM_MEMBER])
def test_only_the_team_checks(role: StaffRole) -> None:
    with pytest.raises(PermissionDenied, match="Alleen het PIO-team"):
        check_completeness(proposal=Case().proposal, by=staff(role), is_complete=True)


def test_a_file_is_checked_once() -> None:
    case = Case().complete()
    with pytest.raises(TransitionRefused, match="kan niet meer: de status is nu “Volledig”"):
        check_completeness(proposal=case.proposal, by=case.team, is_complete=True)


def test_a_file_without_a_frozen_version_is_not_checked() -> None:
    with pytest.raises(ValidationError, match="geen ingediende versie"):
        check_completeness(
            proposal=ProposalFactory(submitted=True),
            by=staff(StaffRole.TEAM_MEMBER),
            is_complete=True,
        )
