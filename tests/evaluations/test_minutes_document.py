"""The minutes of a meeting as a document: what stands in it, for whom, and until when."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.roles import StaffRole
from documents.conformance import structural_faults
from documents.models import Job, JobState
from documents.policies import may_download
from documents.services import request_document, run_job
from evaluations.minutes_documents import MEETING_MINUTES, minutes_context
from evaluations.selectors.minutes import MINUTES_KIND, minutes_job, minutes_of
from evaluations.services import decide
from evaluations.services import meetings as services
from evaluations.services.minutes import open_item, save_minutes
from evaluations.services.minutes_document import request_minutes
from tests.evaluations.factories import INTERNAL, Case, staff
from tests.evaluations.test_board import fresh, signed_in
from tests.evaluations.test_meetings import Table
from tests.evaluations.test_packs import bookmarks, made, path_of, text_of
from tests.portal.test_query_ceilings import cost_of

pytestmark = pytest.mark.django_db


def no_progress(percent: int, message: str = "") -> None:
    return None


def references(reader: Any, table: Table) -> list[str]:
    return [one.item.proposal.reference for one in minutes_of(reader, table.meeting).items]


def test_the_closed_minutes_hold_everything_and_pass_the_check() -> None:
    case = Case().advised()
    meeting = services.plan_meeting(
        call=case.proposal.call, by=case.leader, title="Jury van mei", starts_at=timezone.now()
    )
    services.add_attendee(meeting=meeting, by=case.leader, person=case.team)
    services.add_attendee(meeting=meeting, by=case.leader, guest_name="An Gast (UGent)")
    services.add_all_advised(meeting=meeting, by=case.leader)
    services.open_meeting(meeting=meeting, by=case.leader)
    item = meeting.items.get()
    Table.conflict(None, case.team, case.proposal.reference)  # type: ignore[arg-type]
    open_item(item=item, by=case.leader)
    text = "Past goed bij het thema.\n\nDe planning is krap."
    save_minutes(item=item, by=case.leader, version=1, minutes=text, leaning="selected")
    decide(proposal=case.proposal, by=case.leader, outcome="selected", grounds="Past goed.")
    services.close_meeting(meeting=meeting, by=case.leader)
    job = Job.objects.get(kind=MINUTES_KIND)
    path = path_of(made(job))
    assert job.title == "Verslag van “Jury van mei”"
    assert structural_faults(path) == []
    assert [title for title in bookmarks(path) if title[:1].isdigit()] == [
        "1. Deelnemers",
        "2. Agenda en beslissingen",
        "3. Verslag per dossier",
        *[title for title in bookmarks(path) if case.proposal.reference in title],
    ]
    shown = text_of(path)
    for told in (
        f"Vertrouwelijk, voor {case.leader}",
        "Definitief verslag",
        "An Gast (UGent)",
        case.proposal.reference,
        f"{case.team}: Belangenconflict (hoort bij de aanvrager)",
        "Past goed bij het thema. De planning is krap.",
        "Voorstel van de vergadering: Geselecteerd.",
        f"Beslissing: Geselecteerd, door {case.leader}",
    ):
        assert " ".join(str(told).split()) in shown
    hidden = (INTERNAL, str(case.adviser), "Ontwerp", "ontbreekt")
    assert [word for word in hidden if word in shown] == []


def test_a_running_meeting_gives_a_draft_and_a_planned_one_nothing() -> None:
    table = Table()
    with pytest.raises(ValidationError, match="als de vergadering geopend is"):
        request_minutes(meeting=table.meeting, by=table.leader)
    table.opened()
    table.meeting.refresh_from_db()
    draft = request_minutes(meeting=table.meeting, by=table.leader)
    mark = minutes_context(draft.params, no_progress)["document_mark"]
    assert mark == "Ontwerp: de vergadering is niet afgesloten"
    closed = services.close_meeting(meeting=table.meeting, by=table.leader)
    final = minutes_job(table.leader, closed)
    assert final is not None
    assert final.pk != draft.pk
    assert minutes_context(final.params, no_progress)["document_mark"] == ""


def test_a_file_of_a_conflict_is_left_out_of_the_minutes_of_that_person_alone() -> None:
    table = Table().opened()
    for reference in ("PIO-1", "PIO-2"):
        open_item(item=table.item(reference), by=table.leader)
    table.minutes("PIO-1", "Over het eerste.")
    table.minutes("PIO-2", "GEHEIM-VERSLAG", "selected")
    table.conflict(table.colleague, "PIO-2")
    reader = fresh(table.colleague)
    assert references(table.leader, table) == ["PIO-1", "PIO-2", "PIO-3"]
    assert references(reader, table) == ["PIO-1", "PIO-3"]
    assert minutes_of(reader, table.meeting).hidden == 1
    table.meeting.refresh_from_db()
    shown = text_of(path_of(made(request_minutes(meeting=table.meeting, by=reader))))
    assert "ontbreekt 1 agendapunt" in shown
    assert [word for word in ("PIO-2", "GEHEIM-VERSLAG") if word in shown] == []


def test_minutes_made_before_a_conflict_are_refused_after_it() -> None:
    table = Table().opened()
    table.meeting.refresh_from_db()
    job = request_minutes(meeting=table.meeting, by=table.colleague)
    assert may_download.test(table.colleague, job)
    table.conflict(table.colleague, "PIO-2")
    reader = fresh(table.colleague)
    assert not may_download.test(reader, job)
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (
        JobState.FAILED,
        "U mag dit verslag niet, of niet meer helemaal lezen. Vraag het opnieuw.",
    )
    assert minutes_job(reader, table.meeting) is None
    assert may_download.test(reader, request_minutes(meeting=table.meeting, by=reader))


def test_minutes_are_for_who_asked_and_may_know_the_meetings() -> None:
    table = Table().opened()
    table.meeting.refresh_from_db()
    job = request_minutes(meeting=table.meeting, by=table.leader)
    assert [may_download.test(one, job) for one in (table.leader, table.colleague)] == [True, False]
    table.leader.groups.clear()
    assert not may_download.test(fresh(table.leader), job)
    foreign = request_document(
        kind=MINUTES_KIND, params={"meeting": 0, "reader": 0, "files": ""}, requested_by=None
    )
    with pytest.raises(ValidationError):
        minutes_context(foreign.params, no_progress)
    assert MEETING_MINUTES.filename({"meeting": 7}) == "verslag-vergadering-7.pdf"


@pytest.mark.parametrize(
    ("role", "status"),
    [(StaffRole.AUDITOR, 302), (StaffRole.TEAM_MEMBER, 302), (StaffRole.ADVISER, 403)],
)
def test_the_page_of_the_meeting_has_them_made(role: StaffRole, status: int) -> None:
    table = Table().opened()
    client = signed_in(staff(role))
    assert client.post(table.url("meeting_minutes")).status_code == status
    asked = Job.objects.filter(kind=MINUTES_KIND)
    assert asked.count() == (1 if status == 302 else 0)
    if status == 302:
        assert "Verslag van “Jury”" in client.get(table.url()).content.decode()


def test_reading_the_minutes_costs_the_same_whatever_the_agenda(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    table = Table().opened()
    table.meeting.refresh_from_db()
    costs = [cost_of(signed_in(table.leader), table.url()).queries]
    with django_assert_num_queries(5):
        minutes_of(table.leader, table.meeting)
    table.field.add_many([(f"PIO-V{n:03d}", "60", 100) for n in range(40)])
    services.add_all_advised(meeting=table.meeting, by=table.leader)
    for reference in ("PIO-1", "PIO-V001"):
        table.conflict(table.colleague, reference)
        open_item(item=table.item(reference), by=table.leader)
    with django_assert_num_queries(7):  # now with who left the room
        minutes_of(table.leader, table.meeting)
    costs.append(cost_of(signed_in(table.leader), table.url()).queries)
    assert costs[0] == costs[1]
