"""The formal check of a submitted proposal."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from common.formatting import format_deadline
from common.lifecycle import TransitionRefused
from common.moments import end_of_day, today
from evaluations.models import CompletenessCheck, CorrectionKind, FileSummary
from evaluations.selectors import correction_deadline
from evaluations.selectors.checking import points_to_check
from evaluations.services import check_completeness
from evaluations.services.completeness import MAX_CORRECTIONS, Correction, PointAnswer
from notifications.models import OutboxMail
from projects.lifecycle import ProposalState
from projects.models import Proposal
from projects.window import window_at
from tests.evaluations.factories import Case, staff
from tests.projects.conftest import signed_in
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


# --- The checklist --------------------------------------------------------------------------------

REASON = "De tabel met partners is leeg."


def answers(case: Case, *, last_is_ok: bool = True, reason: str = "") -> dict[int, PointAnswer]:
    first, last = points_to_check(case.proposal)
    return {first.pk: PointAnswer(True), last.pk: PointAnswer(last_is_ok, reason)}


def refusal(case: Case, **given: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        check_completeness(proposal=case.proposal, by=case.team, **given)
    assert CompletenessCheck.objects.count() == 0
    assert case.state == ProposalState.SUBMITTED
    found: dict[str, list[str]] = refused.value.message_dict
    return found


def test_each_point_is_kept_as_it_was_read() -> None:
    case = Case()
    check = check_completeness(
        proposal=case.proposal,
        by=case.team,
        is_complete=False,
        answers=answers(case, last_is_ok=False, reason=f"  {REASON} "),
        corrections=[Correction("Vul de partners in.")],
    )
    case.proposal.call.checklist_items.all().delete()
    assert list(check.answers.values_list("label", "is_ok", "reason", "item")) == [
        ("Elke vraag heeft een antwoord.", True, "", None),
        ("De bijlagen zijn leesbaar.", False, REASON, None),
    ]


def test_without_answers_a_complete_file_has_every_point_in_order() -> None:
    case = Case()
    complete = check_completeness(proposal=case.proposal, by=case.team, is_complete=True)
    assert list(complete.answers.values_list("is_ok", flat=True)) == [True, True]
    other = Case()
    incomplete = check_completeness(
        proposal=other.proposal, by=other.team, is_complete=False, remarks="De raming."
    )
    assert [incomplete.answers.count(), incomplete.corrections.count()] == [0, 1]


def test_a_point_needs_an_answer_and_a_no_its_reason() -> None:
    case = Case()
    first, last = points_to_check(case.proposal)
    assert refusal(case, is_complete=True, answers={first.pk: PointAnswer(True)}) == {
        f"point_{last.pk}": ["Antwoord ja of nee."]
    }
    assert refusal(
        case, is_complete=False, answers=answers(case, last_is_ok=False, reason=" "), remarks="x"
    ) == {f"reason_{last.pk}": ["Schrijf waarom dit punt niet in orde is."]}


def test_complete_is_refused_while_a_point_is_not_in_order() -> None:
    case = Case()
    given = answers(case, last_is_ok=False, reason=REASON)
    assert list(refusal(case, is_complete=True, answers=given)) == ["is_complete"]


# --- What is asked to correct ---------------------------------------------------------------------


def test_corrections_name_questions_of_the_version() -> None:
    case = Case()
    check = check_completeness(
        proposal=case.proposal,
        by=case.team,
        is_complete=False,
        corrections=[
            Correction("Hoeveel riolen?", CorrectionKind.UNCLEAR, "D", "probleem"),
            Correction(" ", CorrectionKind.MISSING),
            Correction("Alles nakijken.", CorrectionKind.MISSING, "D"),
        ],
    )
    assert list(
        check.corrections.values_list("position", "kind", "section_code", "key", "label")
    ) == [
        (1, "unclear", "D", "probleem", "D. Welk probleem?"),
        (2, "missing", "D", "", "D. Probleem en behoefte"),
    ]
    assert check.remarks == (
        "D. Welk probleem? – Hoeveel riolen?\nD. Probleem en behoefte – Alles nakijken."
    )
    text = OutboxMail.objects.get().text
    assert "1. D. Welk probleem? (Onduidelijk of tegenstrijdig): Hoeveel riolen?" in text


@pytest.mark.parametrize(("code", "key"), [("Z", ""), ("D", "bestaat_niet")])
def test_a_correction_about_nothing_in_the_version_is_refused(code: str, key: str) -> None:
    asked = [Correction("Iets.", CorrectionKind.OTHER, code, key)]
    assert list(refusal(Case(), is_complete=False, corrections=asked)) == ["corrections"]


def test_too_much_at_once_is_refused() -> None:
    asked = [Correction("Iets.")] * (MAX_CORRECTIONS + 1)
    assert refusal(Case(), is_complete=False, corrections=asked) == {
        "remarks": ["Vraag hoogstens 30 aanpassingen."]
    }


def with_days(days: int) -> Case:
    case = Case()
    case.proposal.call.correction_days = days
    case.proposal.call.save()
    return case


def test_staff_may_give_a_later_day_and_never_an_earlier_one() -> None:
    case = with_days(10)
    promised = today() + timedelta(days=10)
    early = refusal(
        case, is_complete=False, remarks="x", correct_until=promised - timedelta(days=1)
    )
    assert list(early) == ["correct_until"]
    assert format_deadline(end_of_day(promised)) in early["correct_until"][0]
    far = refusal(case, is_complete=False, remarks="x", correct_until=today() + timedelta(days=400))
    assert far == {"correct_until": ["Kies een dag binnen het jaar."]}
    later = promised + timedelta(days=4)
    check_completeness(
        proposal=case.proposal, by=case.team, is_complete=False, remarks="x", correct_until=later
    )
    found = Proposal.objects.get(pk=case.proposal.pk)
    assert found.correction_until == end_of_day(later)
    assert FileSummary.objects.get(proposal=found).due_on == later
    assert format_deadline(end_of_day(later)) in OutboxMail.objects.get().text


def test_the_promised_day_itself_changes_nothing() -> None:
    case = with_days(10)
    promised = today() + timedelta(days=10)
    check_completeness(
        proposal=case.proposal, by=case.team, is_complete=False, remarks="x", correct_until=promised
    )
    assert Proposal.objects.get(pk=case.proposal.pk).correction_until == end_of_day(promised)


def test_a_call_without_days_gives_no_day() -> None:
    given = refusal(
        with_days(0), is_complete=False, remarks="x", correct_until=today() + timedelta(days=3)
    )
    assert "Geef de aanvrager eerst uitstel." in given["correct_until"][0]


def test_an_extension_of_the_applicant_counts_as_promised() -> None:
    case = with_days(0)
    until = end_of_day(today() + timedelta(days=20))
    case.proposal.extended_until = until
    assert correction_deadline(case.proposal, timezone.now()) == until


# --- Pages ----------------------------------------------------------------------------------------


def asked_of(case: Case) -> None:
    check_completeness(
        proposal=case.proposal,
        by=case.team,
        is_complete=False,
        answers=answers(case, last_is_ok=False, reason=REASON),
        corrections=[
            Correction("Hoeveel riolen?", CorrectionKind.UNCLEAR, "D", "probleem"),
            Correction("Voeg de brief toe.", CorrectionKind.ATTACHMENT, "L", "attachments"),
            Correction("Teken opnieuw.", CorrectionKind.SIGNATORY),
        ],
    )


def section(case: Case, code: str) -> str:
    address = reverse("projects:section", args=[case.proposal.reference, code])
    return signed_in(case.member).get(address).content.decode()


def test_the_applicant_reads_each_correction_beside_its_question() -> None:
    case = with_days(10)
    asked_of(case)
    page = signed_in(case.member).get(case.proposal.get_absolute_url()).content.decode()
    for text in (
        "Hoeveel riolen?",
        "Voeg de brief toe.",
        "Teken opnieuw.",
        "/deel/D/#aanpassing-1",
    ):
        assert text in page
    questions = section(case, "D")
    before, _mark, after = questions.partition('id="aanpassing-1"')
    assert "Hoeveel riolen?" in after
    assert 'name="q_probleem"' not in before
    assert "Voeg de brief toe." not in questions
    attachments = section(case, "L")
    assert 'id="aanpassing-2"' in attachments
    assert "Hoeveel riolen?" not in attachments
    # What staff wrote for themselves stays with staff.
    assert REASON not in page + questions + attachments


def test_what_was_asked_is_gone_once_it_was_handed_in_again() -> None:
    case = with_days(10)
    asked_of(case)
    Proposal.objects.filter(pk=case.proposal.pk).update(state=ProposalState.SUBMITTED)
    page = signed_in(case.member).get(case.proposal.get_absolute_url()).content.decode()
    assert "aanpassing-1" not in page + section(case, "D")
    staff_page = signed_in(case.team).get(
        reverse("evaluations:completeness", args=[case.proposal.reference])
    )
    for text in ("Hoeveel riolen?", REASON, "De bijlagen zijn leesbaar."):
        assert text in staff_page.content.decode()


def test_the_page_keeps_all_that_was_typed_when_a_row_is_added_without_script() -> None:
    case = Case()
    address = reverse("evaluations:completeness", args=[case.proposal.reference])
    data = case.check_data("no", **{"aanpassing-0-what": "Vul aan.", "add": "aanpassing"})
    form = signed_in(case.team).post(address, data).context["form"]
    assert (form.corrections.total_form_count(), form.errors, form["is_complete"].value()) == (
        2,
        {},
        "no",
    )
    assert form.corrections.forms[0]["what"].value() == "Vul aan."
    assert case.state == ProposalState.SUBMITTED


def test_an_incomplete_file_is_asked_through_the_page() -> None:
    case = with_days(10)
    address = reverse("evaluations:completeness", args=[case.proposal.reference])
    client = signed_in(case.team)
    proposed = client.get(address).context["form"]["correct_until"].value()
    assert proposed == today() + timedelta(days=10)
    last = points_to_check(case.proposal)[-1]
    data = case.check_data(
        "no",
        **{
            f"point_{last.pk}": "no",
            f"reason_{last.pk}": REASON,
            "aanpassing-0-what": "Hoeveel riolen?",
            "aanpassing-0-target": "D.probleem",
            "correct_until": str(proposed + timedelta(days=1)),
        },
    )
    assert client.post(address, data).status_code == 302
    item = CompletenessCheck.objects.get().corrections.get()
    assert (item.section_code, item.key, item.kind) == ("D", "probleem", "missing")
    assert Proposal.objects.get(pk=case.proposal.pk).correction_until == end_of_day(
        proposed + timedelta(days=1)
    )
