"""The sentence and the button at the top of a file, for the person who looks."""

import pytest

from accounts.roles import StaffRole
from evaluations.selectors import file_steps, get_file, next_step
from evaluations.services import check_completeness
from tests.evaluations.factories import Case, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("stage", "who", "label"),
    [
        ("", "team", "Volledigheid controleren"),
        ("", "leader", ""),
        ("complete", "team", "Adviseur toewijzen"),
        ("assigned", "adviser", "Uitnodiging beantwoorden"),
        ("assigned", "team", ""),
        ("accepted", "adviser", "Scores geven"),
        ("scored", "adviser", "Advies schrijven"),
        ("advised", "leader", "Beslissen"),
        ("advised", "team", ""),
        ("decided", "team", "Beslissing meedelen"),
        ("decided", "adviser", ""),
        ("notified", "leader", ""),
    ],
)
def test_only_who_must_act_gets_a_button(stage: str, who: str, label: str) -> None:
    case = Case()
    if stage:
        getattr(case, stage)()
    person = getattr(case, who)
    step = next_step(person, get_file(person, case.proposal.reference))
    assert step.label == label
    assert bool(step.url) is bool(label)
    assert step.text


def test_who_cannot_assign_reads_who_does() -> None:
    case = Case().complete()
    auditor = staff(StaffRole.AUDITOR)
    assert next_step(auditor, case.proposal).text == "Het PIO-team wijst een adviseur toe."
    decided = Case().decided().proposal
    assert next_step(auditor, get_file(auditor, decided.reference)).text == (
        "Er is beslist. Het PIO-team deelt de beslissing mee."
    )


def test_the_line_of_steps_marks_one_as_current_and_all_as_done_at_the_end() -> None:
    case = Case()
    check_completeness(proposal=case.proposal, by=case.team, is_complete=True)
    case.proposal.refresh_from_db()
    assert [step["state"] for step in file_steps(case.proposal)] == [
        *("done", "current", "todo", "todo", "todo"),
    ]
    done = Case().notified()
    assert {step["state"] for step in file_steps(done.proposal)} == {"done"}
