"""One action on many files: the plan, the act per file, and the report that stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.formatting import format_day
from common.lifecycle import TransitionRefused
from evaluations import bulk
from evaluations.bulk import BulkAction, actions_for
from evaluations.lifecycle import AssignmentState
from evaluations.models import Assignment, BulkRun, ConflictKind, ConflictOfInterest
from evaluations.policies import may_assign
from evaluations.services.bulk import perform_bulk, prepare_bulk
from evaluations.services.terms import change_due_on, remind_adviser
from notifications.models import OutboxMail
from tests.evaluations.factories import Case, many, staff

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def prepared(code: str, by: Any, *cases: Case, **typed: Any) -> BulkRun:
    action = bulk.find(code)
    assert action is not None
    return prepare_bulk(
        action=action, by=by, proposal_ids=[case.proposal.pk for case in cases], typed=typed
    )


def plans(run: BulkRun) -> list[tuple[bool, str]]:
    return [(row["will"], row["plan"]) for row in run.rows]


def outcomes(run: BulkRun) -> list[tuple[bool | None, str]]:
    return [(row["done"], row["outcome"]) for row in run.rows]


def day(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


def mailed(kind: str) -> int:
    return OutboxMail.objects.filter(kind=f"evaluations.{kind}").count()


# --- The actions ---------------------------------------------------------------------------------


def test_another_day_for_many_files() -> None:
    case, early = Case().accepted(), Case()
    before, after = case.assignment.due_on, day(90)
    run = prepared("due_on", case.team, case, early, due_on=after.isoformat())
    assert plans(run) == [
        (
            True,
            f"Van {format_day(before)} naar {format_day(after)}, met een mail aan {case.adviser}.",
        ),
        (False, "Geen adviseur heeft nog werk aan dit dossier."),
    ]
    assert case.assignment.due_on == before  # nothing was done yet
    run = perform_bulk(run=run, by=case.team)
    assert outcomes(run) == [
        (True, f"Klaar tegen {format_day(after)}. Mail aan {case.adviser}."),
        (None, ""),
    ]
    assert case.assignment.due_on == after
    assert mailed("due_on_changed") == 1


def test_a_reminder_goes_once_a_day() -> None:
    case = Case().accepted()
    first, second = (prepared("remind", case.team, case) for _ in range(2))
    assert plans(first) == [(True, f"Mail aan {case.adviser}.")]
    assert outcomes(perform_bulk(run=first, by=case.team)) == [
        (True, f"Mail gestuurd aan {case.adviser}.")
    ]
    assert outcomes(perform_bulk(run=second, by=case.team)) == [
        (False, f"{case.adviser} kreeg vandaag al een herinnering.")
    ]
    assert mailed("reminder_by_hand") == 1


def test_assignments_of_one_adviser_are_taken_back() -> None:
    case, other, done = Case().accepted(), Case().accepted(), Case().scored()
    run = prepared(
        "revoke", case.team, case, other, done, adviser=case.adviser.pk, reason="Langdurig ziek."
    )
    nothing = f"{case.adviser} heeft geen scores te geven voor dit dossier."
    assert plans(run) == [
        (True, f"De toewijzing aan {case.adviser} wordt ingetrokken, met een mail."),
        (False, nothing),
        (False, nothing),
    ]
    perform_bulk(run=run, by=case.team)
    assert case.assignment.state == AssignmentState.REVOKED
    assert case.assignment.reason == "Langdurig ziek."
    assert other.assignment.state == AssignmentState.ACCEPTED
    everybody = prepared("revoke", case.team, other, done, adviser="", reason="Nieuwe verdeling.")
    assert plans(everybody) == [
        (True, f"De toewijzing aan {other.adviser} wordt ingetrokken, met een mail."),
        (False, "Geen adviseur heeft nog scores te geven voor dit dossier."),
    ]


def test_letters_are_made_again() -> None:
    case, undecided, notified = Case().decided(), Case().advised(), Case().notified()
    first = case.decision.letter_id
    run = prepared("letters_again", case.team, case, undecided, notified)
    assert plans(run) == [
        (True, f"Brief {case.decision.letter_number} wordt opnieuw gemaakt."),
        (False, "Over dit dossier is nog niet beslist."),
        (False, "Deze beslissing is al meegedeeld en ligt vast."),
    ]
    assert outcomes(perform_bulk(run=run, by=case.team))[0] == (
        True,
        "De brief wordt opnieuw gemaakt.",
    )
    assert case.decision.letter_id is not None
    assert first is not None


# --- What the run promises -----------------------------------------------------------------------


def test_what_changed_meanwhile_is_left_and_the_rest_is_done() -> None:
    case, other = Case().accepted(), Case().accepted()
    run = prepared("revoke", case.team, case, other, adviser="", reason="Nieuwe verdeling.")
    Assignment.objects.filter(pk=case.assignment.pk).update(state=AssignmentState.DONE)
    run = perform_bulk(run=run, by=case.team)
    assert [done for done, _sentence in outcomes(run)] == [False, True]
    assert other.assignment.state == AssignmentState.REVOKED


def test_an_act_that_fails_halfway_leaves_nothing_of_that_file() -> None:
    case, other = Case().accepted(), Case().accepted()

    def do(proposal: Any, by: Any, values: Any) -> str:
        assignment = Assignment.objects.get(proposal=proposal)
        change_due_on(assignment=assignment, due_on=day(70), by=by)
        if proposal == case.proposal:
            raise ValidationError("Halverwege gestopt.")
        return "Gedaan."

    action = BulkAction("tests.half", "Half", may_assign, lambda *given: "Zal gebeuren.", do)
    bulk.register(action)
    try:
        before = case.assignment.due_on
        run = perform_bulk(run=prepared("tests.half", case.team, case, other), by=case.team)
    finally:
        bulk.unregister("tests.half")
    assert outcomes(run) == [(False, "Halverwege gestopt."), (True, "Gedaan.")]
    assert (case.assignment.due_on, other.assignment.due_on) == (before, day(70))
    with pytest.raises(ValidationError, match="bestaat niet meer"):
        perform_bulk(run=BulkRun.objects.create(action="weg", made_by=case.team), by=case.team)


def test_a_run_is_performed_once_by_who_prepared_it_with_one_event() -> None:
    case = Case().accepted()
    run = prepared("remind", case.team, case)
    with pytest.raises(PermissionDenied):
        perform_bulk(run=run, by=case.leader)
    perform_bulk(run=run, by=case.team)
    with pytest.raises(TransitionRefused, match="al uitgevoerd"):
        perform_bulk(run=run, by=case.team)
    event = AuditEvent.objects.get(action="bulkrun.performed")
    assert (event.actor, event.data) == (case.team, {"done": [case.proposal.pk], "refused": []})


def test_a_day_that_has_passed_at_the_confirmation_is_refused() -> None:
    case = Case().accepted()
    run = prepared("due_on", case.team, case, due_on=day(1).isoformat())
    run.parameters = {"due_on": day(-1).isoformat()}
    run.save()
    with pytest.raises(ValidationError, match="nog niet voorbij"):
        perform_bulk(run=run, by=case.team)
    assert BulkRun.objects.get().done_at is None


def test_who_may_not_cannot() -> None:
    case = Case().accepted()
    for person in (case.adviser, staff(StaffRole.AUDITOR)):
        assert actions_for(person) == []
        with pytest.raises(PermissionDenied):
            prepared("remind", person, case)
        with pytest.raises(PermissionDenied):
            remind_adviser(assignment=case.assignment, by=person)
        with pytest.raises(PermissionDenied):
            change_due_on(assignment=case.assignment, due_on=day(80), by=person)
    with pytest.raises(ValidationError, match="minstens één"):
        prepared("remind", case.team)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluations.services.bulk.MOST_FILES", 1)
    case = Case().accepted()
    with pytest.raises(ValidationError, match="Kies hoogstens 1 dossiers tegelijk"):
        prepared("remind", case.team, case, Case().accepted())


def test_a_code_is_registered_once() -> None:
    known = bulk.find("remind")
    assert known is not None
    assert bulk.register(known) is known
    with pytest.raises(ValueError, match="registered twice"):
        bulk.register(BulkAction("remind", "Anders", may_assign, known.plan, known.do))


# --- The pages -----------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages() -> None:
    case, other = Case().accepted(), Case().accepted()
    client = signed_in(case.team)
    chosen = {
        "lijst": "werk?tab=alles",
        "files": [case.proposal.reference, other.proposal.reference],
        "action": "due_on",
    }
    start = reverse("evaluations:bulk_new")
    settings = client.post(start, chosen)
    assert (settings.status_code, settings.context["count"]) == (200, 2)
    wrong = client.post(start, {**chosen, "settings": "1", "due_on": day(-1).isoformat()})
    assert wrong.status_code == 422
    assert "Kies een dag die nog niet voorbij is." in wrong.content.decode()
    dry = client.post(
        start, {**chosen, "settings": "1", "due_on": day(60).isoformat()}, follow=True
    )
    assert "Er is nog niets gebeurd." in dry.content.decode()
    assert case.assignment.due_on != day(60)
    report = client.post(dry.request["PATH_INFO"], follow=True).content.decode()
    assert "2 dossiers zijn gewijzigd." in report
    assert (case.assignment.due_on, other.assignment.due_on) == (day(60), day(60))
    assert (
        "Dag van het advies wijzigen"
        in client.get(reverse("evaluations:bulk_runs")).content.decode()
    )
    again = client.post(dry.request["PATH_INFO"], follow=True).content.decode()
    assert "Deze actie is al uitgevoerd." in again


def test_all_files_of_the_list_are_those_of_its_words() -> None:
    case = many(4)
    wanted = f'"{case.proposal.reference}-0002"'
    data = {"lijst": f"werk?tab=alles&q={wanted}", "all": "1", "action": "remind"}
    signed_in(case.team).post(reverse("evaluations:bulk_new"), data)
    [row] = BulkRun.objects.get().rows
    assert row["reference"] == wanted.strip('"')


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"action": "remind"}, "Kies minstens één dossier."),
        ({"action": "onzin", "all": "1"}, "Kies een actie."),
        ({"action": "remind", "all": "1", "lijst": "werk?q=kleur:rood"}, "Kies minstens één"),
        ({"action": "remind", "files": "PIO-\0"}, "Kies minstens één dossier."),
    ],
)
def test_a_choice_that_is_not_complete_says_so(data: dict[str, str], sentence: str) -> None:
    case = Case().accepted()
    answer = signed_in(case.team).post(reverse("evaluations:bulk_new"), data, follow=True)
    assert sentence in answer.content.decode()
    assert BulkRun.objects.count() == 0


def test_a_run_shows_only_files_that_one_still_sees_and_only_to_who_made_it() -> None:
    case, other = Case().accepted(), Case().accepted()
    run = prepared("remind", case.team, case, other)
    ConflictOfInterest.objects.create(
        person=case.team,
        proposal=case.proposal,
        kind=ConflictKind.DECLARED,
        explanation="Mijn zus.",
    )
    client, address = signed_in(case.team), reverse("evaluations:bulk_run", args=[run.pk])
    for act in (client.get, client.post):
        page = act(address, follow=True)
        assert [row["reference"] for row in page.context["rows"]] == [other.proposal.reference]
        assert case.proposal.reference not in page.content.decode()
    assert outcomes(BulkRun.objects.get())[0] == (False, "gone")
    assert mailed("reminder_by_hand") == 1
    assert signed_in(case.leader).get(address).status_code == 404
