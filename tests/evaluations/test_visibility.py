"""Who sees which file: in lists, counts, pages, work and downloads."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import StaffRole
from documents.policies import may_download
from evaluations.models import Assignment
from evaluations.selectors import (
    call_overview,
    file_timeline,
    score_cards,
    visible_files,
    waiting_files,
)
from evaluations.selectors.lists import visible_summaries
from evaluations.services import (
    accept_assignment,
    assign_adviser,
    declare_conflict,
    decline_assignment,
    save_scores,
)
from projects.models import Proposal
from tests.evaluations.factories import ADVICE, INTERNAL, Case, staff
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db

STAFF_PAGES = [
    *("file", "history", "completeness", "assignment", "scores", "scoring", "advice", "decide"),
]


def fresh(user: Any) -> Any:
    """The person as the next request reads them, without remembered roles."""
    return type(user).objects.get(pk=user.pk)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "role",
    [
        *(StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER),
        *(StaffRole.PROGRAMME_MANAGER, StaffRole.AUDITOR),
    ],
)
def test_the_programme_office_and_auditors_see_every_submitted_file(role: StaffRole) -> None:
    case = Case()
    ProposalFactory()  # a draft is no file
    assert list(visible_files(staff(role))) == [case.proposal]


@pytest.mark.parametrize("role", [StaffRole.COMMITTEE_SECRETARY, StaffRole.ADMINISTRATOR])
def test_other_staff_see_no_files_unless_they_decide(role: StaffRole) -> None:
    case = Case()
    person = staff(role)
    assert list(visible_files(person)) == []
    case.proposal.call.decision_role = role
    case.proposal.call.save()
    assert list(visible_files(person)) == [case.proposal]


def test_members_of_an_organisation_have_no_files() -> None:
    assert list(visible_files(Case().member)) == []


def test_an_adviser_sees_the_assigned_files_only() -> None:
    mine, other = Case().assigned(), Case().assigned()
    client = signed_in(mine.adviser)
    assert list(visible_files(mine.adviser)) == [mine.proposal]
    page = client.get(reverse("evaluations:files")).content.decode()
    assert mine.proposal.reference in page
    assert other.proposal.reference not in page
    for name in STAFF_PAGES:
        url = reverse(f"evaluations:{name}", args=[other.proposal.reference])
        assert client.get(url).status_code == 404, name


@pytest.mark.parametrize("end", ["conflict", "conflict_after_reading", "declined"])
def test_after_a_conflict_or_refusal_the_file_is_nowhere(end: str) -> None:
    case = Case().accepted() if end == "conflict_after_reading" else Case().assigned()
    if end == "declined":
        decline_assignment(assignment=case.assignment, by=case.adviser, reason="Geen tijd.")
    else:
        declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Mijn zus.")
    adviser = fresh(case.adviser)
    client = signed_in(adviser)
    assert visible_summaries(adviser).count() == 0
    assert call_overview(adviser).count() == 0
    assert waiting_files(adviser).items == []
    assert list(Assignment.objects.visible_to(adviser)) == []
    for name in ("files", "overview"):
        page = client.get(reverse(f"evaluations:{name}"))
        assert case.proposal.reference not in page.content.decode()
        assert case.proposal.call.title not in page.content.decode().partition("<table")[2]
    for name in STAFF_PAGES:
        url = reverse(f"evaluations:{name}", args=[case.proposal.reference])
        assert client.get(url).status_code == 404, name


def test_nor_is_its_text_on_a_page_of_the_proposals() -> None:
    asked, accepted, left = Case().assigned(), Case().accepted(), Case().accepted()
    stranger = staff(StaffRole.ADVISER)
    declare_conflict(assignment=left.assignment, by=left.adviser, explanation="Mijn zus.")
    for case, person, status in [
        (asked, asked.adviser, 404),
        (accepted, accepted.adviser, 200),
        (accepted, stranger, 404),
        (left, left.adviser, 404),
        (left, left.team, 200),
    ]:
        address = reverse("projects:version", args=[case.proposal.reference, 1])
        assert signed_in(fresh(person)).get(address).status_code == status


def test_a_conflict_weighs_more_than_another_role() -> None:
    both = staff(StaffRole.ADVISER, StaffRole.TEAM_MEMBER, StaffRole.PROJECT_LEADER)
    case = Case(adviser=both).assigned()
    other = Case()
    declare_conflict(assignment=case.assignment, by=both, explanation="Mijn zus werkt daar.")
    both = fresh(both)
    assert list(visible_files(both)) == [other.proposal]
    assert list(Assignment.objects.visible_to(both)) == []
    assert [call.files_submitted for call in call_overview(both)] == [1]
    assert [item.title for item in waiting_files(both).items] == [str(other.proposal)]


def test_the_text_is_read_after_declaring_no_conflict() -> None:
    case = Case().assigned()
    client = signed_in(case.adviser)
    url = reverse("evaluations:file", args=[case.proposal.reference])
    before = client.get(url).content.decode()
    assert "U leest het voorstel nadat u hebt aanvaard" in before
    assert "Het voorstel zoals ingediend" not in before
    for name in ("scores", "advice", "scoring"):
        page = client.get(reverse(f"evaluations:{name}", args=[case.proposal.reference]))
        assert page.status_code == 302, name
    accept_assignment(assignment=case.assignment, by=case.adviser)
    assert "Het voorstel zoals ingediend" in client.get(url).content.decode()


def test_scores_of_a_colleague_are_seen_after_the_own_ones() -> None:
    case = Case().assigned()
    second = staff(StaffRole.ADVISER)
    own = assign_adviser(proposal=case.proposal, adviser=second, by=case.team, is_lead=False)
    accept_assignment(assignment=own, by=second)
    accept_assignment(assignment=case.assignment, by=case.adviser)
    save_scores(evaluation=case.evaluation, by=case.adviser, version=1, entries=case.entries())
    assert score_cards(case.team, case.proposal) == []  # drafts are for the adviser alone
    case.score()
    assert len(score_cards(case.team, case.proposal)) == 1
    assert score_cards(second, case.proposal) == []
    case.score(second, "2")
    assert len(score_cards(second, case.proposal)) == 2


def test_own_notes_are_on_no_page_of_others() -> None:
    case = Case().accepted()
    save_scores(
        evaluation=case.evaluation,
        by=case.adviser,
        version=1,
        entries=case.entries(),
        own_notes="HEEL-EIGEN-NOTITIE",
    )
    case.score()
    assert case.evaluation.own_notes == "HEEL-EIGEN-NOTITIE"
    for person in (case.team, case.leader, staff(StaffRole.AUDITOR)):
        client = signed_in(person)
        for name in STAFF_PAGES:
            url = reverse(f"evaluations:{name}", args=[case.proposal.reference])
            assert "HEEL-EIGEN-NOTITIE" not in client.get(url).content.decode()


def test_an_adviser_learns_the_decision_at_notification() -> None:
    decided, notified = Case().lettered(), Case().notified()
    for case, status, events in [(decided, 404, 0), (notified, 200, 2)]:
        client = signed_in(case.adviser)
        url = reverse("evaluations:decide", args=[case.proposal.reference])
        assert client.get(url).status_code == status
        told = [
            event
            for event in file_timeline(case.adviser, Proposal.objects.get(pk=case.proposal.pk))
            if event["title"].startswith("Beslis")
        ]
        assert len(told) == events
        assert may_download.test(fresh(case.adviser), case.decision.letter) is (status == 200)
    page = signed_in(decided.adviser).get(reverse("evaluations:files")).content.decode()
    assert "Mee te delen" not in page


# --- The applicant -------------------------------------------------------------------------------


def applicant_answers(case: Case) -> dict[str, tuple[int, str]]:
    """Status and text of every page that exists for the applicant, by URL name."""
    client = signed_in(fresh(case.member))
    reference = case.proposal.reference
    addresses = {
        "evaluations:decision": reverse("evaluations:decision", args=[reference]),
        "documents:download": reverse("documents:download", args=[case.decision.letter_id]),
        "documents:job": reverse("documents:job", args=[case.decision.letter_id]),
        "projects:proposal": reverse("projects:proposal", args=[reference]),
        "projects:version": reverse("projects:version", args=[reference, 1]),
        "dashboard:home": reverse("dashboard:home"),
    }
    answers = {}
    for name, address in addresses.items():
        response = client.get(address)
        content = response.getvalue()
        answers[name] = (response.status_code, content.decode("utf-8", "replace"))
    return answers


@pytest.mark.parametrize("outcome", ["selected", "not_selected"])
def test_before_the_notification_the_applicant_knows_nothing(outcome: str) -> None:
    case = Case().lettered(outcome)
    answers = applicant_answers(case)
    for name in ("evaluations:decision", "documents:download", "documents:job"):
        assert answers[name][0] == 404, name
    assert answers["projects:proposal"][0] == 200
    for name, (_status, text) in answers.items():
        for secret in (INTERNAL, ADVICE.strengths, case.decision.grounds, str(case.adviser)):
            assert secret not in text, name
        for word in ("Beslist", "beslist", "Advies versie", "Geselecteerd"):
            assert word not in text, name


@pytest.mark.parametrize("outcome", ["selected", "not_selected"])
def test_after_it_the_applicant_reads_everything_but_the_internal_note(outcome: str) -> None:
    case = Case().notified(outcome)
    answers = applicant_answers(case)
    status, text = answers["evaluations:decision"]
    assert status == 200
    for told in (case.decision.grounds, ADVICE.strengths, ADVICE.conditions):
        assert told in text
    assert ("Uw voorstel is geselecteerd" in text) is (outcome == "selected")
    assert answers["documents:download"][0] == 200
    for name, (_status, text) in answers.items():
        assert INTERNAL not in text, name
        assert str(case.adviser) not in text, name


def test_another_organisation_never_reads_the_decision() -> None:
    case, stranger = Case().notified(), Case()
    url = reverse("evaluations:decision", args=[case.proposal.reference])
    assert signed_in(stranger.member).get(url).status_code == 404
    assert signed_in(case.team).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert may_download.test(stranger.member, case.decision.letter) is False


def test_the_overview_counts_no_decision_before_its_notification() -> None:
    case = Case().lettered()
    [before] = call_overview(case.team)
    assert (before.files_submitted, before.files_complete) == (1, 1)
    assert (before.files_advised, before.files_decided, before.files_withdrawn) == (1, 0, 0)
    Case().notified()
    assert sorted(call.files_decided for call in call_overview(case.team)) == [0, 1]
