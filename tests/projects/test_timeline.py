"""The timeline on the applicant's page: everything that happened, in plain words."""

import ast
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from audit.services import record
from calls.services import publish_form_change, start_form_change
from common.moments import end_of_day
from evaluations.selectors import file_timeline
from evaluations.services import check_completeness
from projects import services
from projects.lifecycle import PROPOSAL_LIFECYCLE
from projects.models import Proposal
from projects.selectors import timeline_for_reader
from projects.selectors.timeline import _TOLD, INTERNAL
from projects.services import (
    ask_information,
    cancel_reopening,
    grant_extension,
    reopen_proposal,
    send_answers,
    submit_proposal,
    withdraw_information_request,
)
from projects.services.copying import COPIED
from projects.services.information import Answer, Asked, default_due_on
from projects.services.submission import TooLate
from tests.accounts.factories import UserFactory
from tests.projects.conftest import member, signed_in

pytestmark = pytest.mark.django_db
PROBLEM = Asked("D", "probleem", "Hoeveel riolen?")


def test_everything_in_plain_words_without_a_name_of_staff(ready: Proposal) -> None:
    by = member(ready, first_name="An", last_name="Indiener")
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER], last_name="Geheim")
    closes_at = timezone.now() - timedelta(minutes=1)
    ready.call.rounds.update(closes_at=closes_at)
    with pytest.raises(TooLate):
        submit_proposal(proposal=ready, by=by, arrived_at=timezone.now())
    grant_extension(
        proposal=ready,
        until=end_of_day(timezone.localdate() + timedelta(days=2)),
        reason="Interne reden",
        by=team,
    )
    submit_proposal(proposal=ready, by=by, arrived_at=timezone.now())
    reopen_proposal(proposal=ready, by=by)
    cancel_reopening(proposal=ready, by=by)
    record(
        actor=team,
        action="call.closing_moved",
        label="Sluiting verplaatst naar morgen",
        about=ready.call,
        comment="Storing bij de aanmelding.",
    )
    record(actor=team, action="call.edited", label="Oproep gewijzigd", about=ready.call)
    check_completeness(proposal=ready, by=team, is_complete=True)
    for _number in range(2):
        ask_information(proposal=ready, asked=[PROBLEM], due_on=default_due_on(), by=team)
    first, second = ready.information_requests.all()
    send_answers(
        request=first,
        answers={first.items.get().pk: Answer("Twaalf.")},
        by=by,
        arrived_at=timezone.now(),
    )
    withdraw_information_request(request=second, by=team, reason="Al gevonden.")
    ready.refresh_from_db()
    told = timeline_for_reader(ready)
    assert [(event["title"].split(" tot ")[0], event["actor"]) for event in told] == [
        ("Indienen geweigerd: te laat", "An Indiener"),
        ("Uitstel gegeven", "PIO-team"),
        ("Voorstel ingediend", "An Indiener"),
        ("Voorstel heropend", "An Indiener"),
        ("Heropening geannuleerd", "An Indiener"),
        ("Sluiting verplaatst naar morgen", "PIO-team"),
        ("Voorstel volledig verklaard", "PIO-team"),
        ("Bijkomende informatie gevraagd", "PIO-team"),
        ("Bijkomende informatie gevraagd", "PIO-team"),
        ("Bijkomende informatie beantwoord", "An Indiener"),
        ("Vraag om bijkomende informatie ingetrokken", "PIO-team"),
    ]
    assert told[5]["text"] == "Storing bij de aanmelding."
    assert told[-1]["text"] == "Al gevonden."
    page = signed_in(by).get(ready.get_absolute_url()).content.decode()
    assert "Geheim" not in page
    assert "Interne reden" not in page
    titles = [event["title"] for event in file_timeline(team, ready)]
    assert titles.count("Bijkomende informatie gevraagd") == 2
    assert "Bijkomende informatie beantwoord" in titles


def test_every_act_on_a_proposal_is_told_or_left_out_on_purpose() -> None:
    """Whoever records a new act decides whether the applicant reads it."""
    steps = {f"proposal.{step.name}" for step in PROPOSAL_LIFECYCLE.transitions}
    about_files = {"proposal.attachment_added", "proposal.attachment_replaced"}
    about_others = {"proposal.section_assigned", "proposal.section_assignment_done"}
    about_others |= {"proposal.section_assignment_ended", "proposal.partner_invited"}
    recorded = recorded_acts()
    assert recorded >= {COPIED, "proposal.section_restored", *about_files, *about_others}
    told = {action for action in _TOLD if action.startswith("proposal.")}
    assert told | INTERNAL == recorded | steps
    assert told & INTERNAL == set()


def recorded_acts() -> set[str]:
    """Every `proposal.…` action that the services of the room write, read from their source."""
    found = set()
    for path in sorted(Path(services.__path__[0]).glob("*.py")):
        tree = ast.parse(path.read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for call in calls_of(tree, "record"):
            (value,) = [word.value for word in call.keywords if word.arg == "action"]
            if isinstance(value, ast.Name):
                found.add(getattr(import_module(f"projects.services.{path.stem}"), value.id))
            elif isinstance(value, ast.JoinedStr):
                # f"proposal.section_{action}": what the helper around it is called with.
                start, hole = value.values
                assert isinstance(start, ast.Constant)
                assert isinstance(hole, ast.FormattedValue)
                assert isinstance(hole.value, ast.Name)
                (helper,) = [one for one in functions if call in ast.walk(one)]
                place = [argument.arg for argument in helper.args.args].index(hole.value.id)
                given = [other.args[place] for other in calls_of(tree, helper.name)]
                found |= {f"{start.value}{ast.literal_eval(argument)}" for argument in given}
            else:
                found.add(ast.literal_eval(value))
    return {action for action in found if action.startswith("proposal.")}


def calls_of(tree: ast.AST, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def test_a_change_of_the_form_is_told_with_its_reason(ready: Proposal) -> None:
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER], last_name="Geheim")
    change = start_form_change(call=ready.call, by=team)
    question = change.sections.get(code="D").questions.get(key="probleem")
    question.label = "Welk probleem wilt u oplossen?"
    question.save()
    publish_form_change(change=change, reason="De vraag was onduidelijk.", by=team)
    (told,) = timeline_for_reader(ready)
    assert (told["title"], told["actor"], told["text"]) == (
        "Formulier gewijzigd: versie 2",
        "PIO-team",
        "De vraag was onduidelijk.",
    )


def test_what_happened_to_the_call_before_is_left_out(ready: Proposal) -> None:
    event = record(
        actor=None, action="call.closing_moved", label="Sluiting verplaatst", about=ready.call
    )
    Proposal.objects.filter(pk=ready.pk).update(created_at=event.at + timedelta(seconds=1))
    ready.refresh_from_db()
    assert timeline_for_reader(ready) == []


def test_staff_read_late_attempts_before_they_extend(ready: Proposal) -> None:
    ready.call.rounds.update(closes_at=timezone.now())
    by = member(ready, first_name="An", last_name="Indiener")
    with pytest.raises(TooLate):
        submit_proposal(proposal=ready, by=by, arrived_at=timezone.now())
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    page = signed_in(team).get(reverse("projects:extensions")).content.decode()
    assert "Er is niets ingediend. Controlesom van de tekst op dat ogenblik" in page
    assert ready.reference in page
    assert ready.title not in page
