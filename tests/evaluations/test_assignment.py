"""Asking advisers, and what they answer."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from common.lifecycle import TransitionRefused
from common.moments import add_working_days, last_day_before
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, ConflictDeclaration, Evaluation
from evaluations.services import (
    accept_assignment,
    assign_adviser,
    check_completeness,
    declare_conflict,
    decline_assignment,
    revoke_assignment,
)
from evaluations.services.assignment import reassign
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Partner
from tests.accounts.factories import MembershipFactory, OrganisationFactory
from tests.evaluations.factories import Case, staff

pytestmark = pytest.mark.django_db


def test_the_first_assignment_starts_the_assessment_and_invites() -> None:
    case = Case().assigned()
    assignment = case.assignment
    assert case.state == ProposalState.ASSESSMENT
    assert (assignment.state, assignment.is_lead) == (AssignmentState.INVITED, True)
    mail = OutboxMail.objects.get()
    assert mail.recipient == case.adviser
    assert case.proposal.title not in mail.text


def test_the_default_term_is_40_working_days_after_closing() -> None:
    case = Case()
    item = case.proposal.round
    assert item is not None
    case.assigned()
    closing = last_day_before(item.closes_at)
    assert case.assignment.due_on == add_working_days(closing, 40)


def test_the_default_term_is_configuration(settings: object) -> None:
    settings.EVALUATION_DEFAULTS = {"advice_working_days": 20}  # type: ignore[attr-defined]
    case = Case().assigned()
    assert case.proposal.round is not None
    closing = last_day_before(case.proposal.round.closes_at)
    assert case.assignment.due_on == add_working_days(closing, 20)


def test_the_project_leader_may_assign_too() -> None:
    case = Case().complete()
    assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.leader)
    assert case.state == ProposalState.ASSESSMENT


@pytest.mark.parametrize(
    "role", [StaffRole.ADVISER, StaffRole.PROGRAMME_MANAGER, StaffRole.AUDITOR]
)
def test_others_do_not_assign(role: StaffRole) -> None:
    case = Case().complete()
    with pytest.raises(PermissionDenied, match="Alleen het PIO-team of de projectleider"):
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=staff(role))


def test_only_advisers_are_asked() -> None:
    case = Case().complete()
    with pytest.raises(ValidationError, match="Kies een VLAIO-adviseur"):
        assign_adviser(proposal=case.proposal, adviser=case.leader, by=case.team)


def test_a_day_in_the_past_is_refused() -> None:
    case = Case().complete()
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(ValidationError, match="Kies een dag die nog niet voorbij is"):
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team, due_on=yesterday)


def test_a_file_that_was_not_checked_is_not_assigned() -> None:
    case = Case()
    with pytest.raises(TransitionRefused, match="de status van het dossier is nu “Ingediend”"):
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)


def test_an_adviser_works_once_on_a_file() -> None:
    case = Case().assigned()
    with pytest.raises(ValidationError) as refused:
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team, is_lead=False)
    assert refused.value.message_dict == {"adviser": ["Deze adviseur werkt al aan dit dossier."]}


def test_one_adviser_writes_the_advice() -> None:
    case = Case().assigned()
    with pytest.raises(ValidationError) as refused:
        assign_adviser(proposal=case.proposal, adviser=staff(StaffRole.ADVISER), by=case.team)
    assert refused.value.message_dict == {
        "is_lead": ["Dit dossier heeft al een adviseur die het advies schrijft."]
    }
    second = assign_adviser(
        proposal=case.proposal, adviser=staff(StaffRole.ADVISER), by=case.team, is_lead=False
    )
    assert second.is_lead is False


@pytest.mark.parametrize("how", ["applicant", "same_number", "partner_number", "partner_name"])
def test_a_conflict_that_our_data_show_is_refused(how: str) -> None:
    case = Case().complete()
    applicant = case.proposal.organisation
    other = OrganisationFactory(name="Zorgband Leie", kbo="0566988259")
    if how == "applicant":
        MembershipFactory(user=case.adviser, organisation=applicant)
    elif how == "same_number":
        MembershipFactory(user=case.adviser, organisation=OrganisationFactory(kbo=applicant.kbo))
    elif how == "partner_number":
        Partner.objects.create(proposal=case.proposal, name="Anders gespeld", kbo="0566988259")
        MembershipFactory(user=case.adviser, organisation=other)
    else:
        Partner.objects.create(proposal=case.proposal, name="zorgband leie")
        MembershipFactory(user=case.adviser, organisation=other)
    with pytest.raises(ValidationError, match=r"Belangenconflict: .* Kies iemand anders"):
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)
    assert case.state == ProposalState.COMPLETE


def test_an_organisation_without_a_number_has_no_conflict_with_others_without() -> None:
    case = Case()
    case.proposal.organisation.kbo = ""
    case.proposal.organisation.save()
    Partner.objects.create(proposal=case.proposal, name="Partner zonder nummer")
    MembershipFactory(user=case.adviser, organisation=OrganisationFactory(kbo=""))
    assert case.assigned().assignment.is_active


def test_accepting_declares_no_conflict_and_opens_the_scores() -> None:
    case = Case().accepted()
    assert case.assignment.state == AssignmentState.ACCEPTED
    assert ConflictDeclaration.objects.get().has_conflict is False
    assert Evaluation.objects.get().assignment == case.assignment


def test_a_conflict_that_appeared_meanwhile_stops_the_acceptance() -> None:
    case = Case().assigned()
    MembershipFactory(user=case.adviser, organisation=case.proposal.organisation)
    with pytest.raises(ValidationError, match="Meld daarom een belangenconflict"):
        accept_assignment(assignment=case.assignment, by=case.adviser)
    assert case.assignment.state == AssignmentState.INVITED


def test_only_the_person_asked_answers() -> None:
    case = Case().assigned()
    other = staff(StaffRole.ADVISER)
    for act in (
        lambda: accept_assignment(assignment=case.assignment, by=other),
        lambda: declare_conflict(assignment=case.assignment, by=other, explanation="Neef."),
        lambda: decline_assignment(assignment=case.assignment, by=case.leader, reason="Druk."),
    ):
        with pytest.raises(PermissionDenied, match="Alleen de adviseur aan wie het dossier"):
            act()


@pytest.mark.parametrize("after", ["invitation", "acceptance"])
def test_a_conflict_may_be_declared_before_and_after_accepting(after: str) -> None:
    case = Case().assigned() if after == "invitation" else Case().accepted()
    declare_conflict(
        assignment=case.assignment, by=case.adviser, explanation="Mijn zus werkt daar."
    )
    assert case.assignment.state == AssignmentState.RECUSED
    declared = ConflictDeclaration.objects.get(has_conflict=True)
    assert declared.explanation == "Mijn zus werkt daar."
    assert OutboxMail.objects.filter(recipient=case.team).count() == 1


def test_a_conflict_is_explained() -> None:
    case = Case().assigned()
    with pytest.raises(ValidationError, match="Leg uit welk belangenconflict u hebt"):
        declare_conflict(assignment=case.assignment, by=case.adviser, explanation=" ")


def test_who_declared_a_conflict_is_not_asked_again() -> None:
    case = Case().assigned()
    declare_conflict(
        assignment=case.assignment, by=case.adviser, explanation="Mijn zus werkt daar."
    )
    with pytest.raises(ValidationError, match="meldde een belangenconflict bij dit dossier"):
        assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)


def test_declining_frees_the_place_of_the_lead() -> None:
    case = Case().assigned()
    with pytest.raises(ValidationError, match="Schrijf waarom u de opdracht niet aanvaardt"):
        decline_assignment(assignment=case.assignment, by=case.adviser, reason="")
    decline_assignment(assignment=case.assignment, by=case.adviser, reason="Geen tijd.")
    assert case.assignment.state == AssignmentState.DECLINED
    again = assign_adviser(proposal=case.proposal, adviser=staff(StaffRole.ADVISER), by=case.team)
    assert again.is_lead is True


def test_the_team_revokes_with_a_reason_and_tells_the_adviser() -> None:
    case = Case().accepted()
    with pytest.raises(ValidationError, match="Schrijf waarom u de toewijzing intrekt"):
        revoke_assignment(assignment=case.assignment, by=case.team, reason="")
    revoke_assignment(assignment=case.assignment, by=case.team, reason="Langdurig afwezig.")
    assert case.assignment.state == AssignmentState.REVOKED
    assert "niet meer te beoordelen" in OutboxMail.objects.latest("pk").subject


def test_final_scores_are_not_revoked() -> None:
    case = Case().scored()
    with pytest.raises(TransitionRefused, match=r"Toewijzing intrekken.* kan niet meer"):
        revoke_assignment(assignment=case.assignment, by=case.team, reason="Vergissing.")


def test_an_answer_is_given_once() -> None:
    case = Case().accepted()
    with pytest.raises(TransitionRefused, match="kan niet meer: de status is nu “Aanvaard”"):
        accept_assignment(assignment=case.assignment, by=case.adviser)
    assert Assignment.objects.count() == 1


def test_a_file_that_was_withdrawn_is_not_accepted() -> None:
    case = Case()
    check_completeness(proposal=case.proposal, by=case.team, is_complete=True)
    assign_adviser(proposal=case.proposal, adviser=case.adviser, by=case.team)
    type(case.proposal).objects.filter(pk=case.proposal.pk).update(state=ProposalState.WITHDRAWN)
    with pytest.raises(TransitionRefused, match="is nu “Ingetrokken”"):
        accept_assignment(assignment=case.assignment, by=case.adviser)


def test_another_adviser_takes_over_in_one_step_with_history_and_mails() -> None:
    case = Case().accepted()
    OutboxMail.objects.all().delete()
    other = staff(StaffRole.ADVISER)
    taken = reassign(
        assignment=case.assignment, adviser=other, by=case.team, reason="Langdurig afwezig."
    )
    old = case.assignment
    assert (old.state, old.reason) == (AssignmentState.REVOKED, "Langdurig afwezig.")
    assert (taken.state, taken.is_lead, taken.due_on) == ("invited", True, old.due_on)
    assert (taken.replaces, taken.why) == (old, f"Neemt over van {case.adviser}.")
    assert {(mail.recipient, mail.kind) for mail in OutboxMail.objects.all()} == {
        (case.adviser, "evaluations.revoked"),
        (other, "evaluations.invitation"),
    }


def test_a_replacement_that_cannot_be_asked_changes_nothing() -> None:
    case = Case().accepted()
    near = staff(StaffRole.ADVISER)
    MembershipFactory(user=near, organisation=case.proposal.organisation)
    for adviser, reason, sentence in [
        (near, "Afwezig.", "Belangenconflict"),
        (case.adviser, "Afwezig.", "Dit is dezelfde adviseur"),
        (staff(StaffRole.ADVISER), " ", "Schrijf waarom"),
    ]:
        with pytest.raises(ValidationError, match=sentence):
            reassign(assignment=case.assignment, adviser=adviser, by=case.team, reason=reason)
    assert case.assignment.state == AssignmentState.ACCEPTED
    assert Assignment.objects.count() == 1


def test_nobody_takes_over_final_scores() -> None:
    case = Case().scored()
    with pytest.raises(TransitionRefused, match="kan niet meer"):
        reassign(
            assignment=case.assignment,
            adviser=staff(StaffRole.ADVISER),
            by=case.team,
            reason="Afwezig.",
        )


def test_the_team_replaces_on_the_page() -> None:
    case = Case().accepted()
    other = staff(StaffRole.ADVISER)
    client = Client()
    client.force_login(case.team)
    url = reverse("evaluations:reassign", args=[case.proposal.reference, case.assignment.pk])
    assert client.get(url).status_code == 200
    typed = {"adviser": other.pk, "due_on": "2030-01-15", "reason": ""}
    assert client.post(url, typed).status_code == 422
    page = client.post(url, typed | {"reason": "Ziek."}, follow=True).content.decode()
    assert f"Neemt over van {case.adviser}." in page
    client.force_login(staff(StaffRole.AUDITOR))
    assert client.get(url).status_code == 403
