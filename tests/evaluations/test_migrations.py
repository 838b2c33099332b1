"""Migrations that fill in data, run as they stand over rows that were there before.

Each runs on the tables of today: the columns that it names have not changed since.
"""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.state import ProjectState

from common.moments import BRUSSELS
from evaluations.models import ClockPause, FileSummary, PauseReason, ScoreUpload
from evaluations.services import check_completeness
from evaluations.services.score_uploads import keep_score_upload
from evaluations.services.summary import fill_summaries, stale_summaries
from projects.models import Proposal
from projects.services.information import withdraw_information_request
from projects.services.submission import submit_proposal
from projects.services.withdrawal import withdraw_proposal
from tests.evaluations.factories import Case
from tests.evaluations.test_offline_scores import sent, sheet_of
from tests.evaluations.test_pauses import answer, ask
from tests.projects.factories import complete_draft

pytestmark = pytest.mark.django_db
START = datetime(2027, 3, 1, 10, tzinfo=BRUSSELS)


def fill_in(name: str) -> None:
    """Run the SQL of a migration, not what it does to the tables."""
    operations = import_module(f"evaluations.migrations.{name}").Migration.operations
    state = ProjectState()
    with connection.schema_editor(atomic=False) as editor:
        for operation in operations:
            if isinstance(operation, RunSQL):
                operation.database_forwards("evaluations", editor, state, state)


def kept() -> set[tuple[Any, ...]]:
    return set(
        ClockPause.objects.values_list(
            "proposal", "reason", "information_request", "started_at", "ended_at"
        )
    )


def summarised() -> set[int]:
    return set(FileSummary.objects.values_list("proposal", flat=True))


def incomplete() -> Case:
    """Handed in, found incomplete a day later; the applicant has ten days."""
    ready = complete_draft()
    case = Case(proposal=ready)
    type(ready.call).objects.filter(pk=ready.call.pk).update(correction_days=10)
    ready.call.refresh_from_db()
    submit_proposal(proposal=ready, by=case.member, arrived_at=START)
    check_completeness(proposal=ready, by=case.team, is_complete=False, remarks="De raming.")
    return case


def test_pauses_of_the_past_are_filled_in_as_the_portal_keeps_them_now() -> None:
    with time_machine.travel(START, tick=False) as traveller:
        waiting, corrected = incomplete(), incomplete()
        answered, asked, taken_back = (Case().accepted() for _n in range(3))
        never, closed = Case().accepted(), Case().accepted()
        questions = [ask(case) for case in (answered, asked, taken_back, closed)]
        traveller.shift(timedelta(days=2))
        again = Proposal.objects.get(pk=corrected.proposal.pk)
        submit_proposal(proposal=again, by=corrected.member, arrived_at=START + timedelta(days=2))
        answer(questions[0], answered)
        answer(questions[3], closed)
        withdraw_information_request(request=questions[2], by=taken_back.team, reason="Gevonden.")
        withdraw_proposal(proposal=closed.proposal, by=closed.member, reason="Geen budget.")
        of_now = kept()
        unknown = {
            pause for pause in of_now if pause[0] in (taken_back.proposal.pk, closed.proposal.pk)
        }
        assert [len(of_now), len(unknown)] == [6, 2]

        ClockPause.objects.all().delete()
        fill_summaries()
        fill_in("0007_pauses_of_open_files")

        assert kept() == of_now - unknown
        assert {(pause[1], pause[4] is None) for pause in kept()} == {
            (reason, is_running) for reason in PauseReason for is_running in (True, False)
        }
        # The rows of the lists are made again, with the pauses; the others were left.
        assert summarised() == {case.proposal.pk for case in (taken_back, never, closed)}
        fill_summaries()
        assert list(stale_summaries()) == []
        assert waiting.proposal.pk in summarised()


def test_rows_of_an_upload_from_before_the_second_sheet_can_still_be_judged() -> None:
    case = Case().accepted()
    upload = keep_score_upload(uploaded=sent(sheet_of(case.adviser)), by=case.adviser)
    now = [row for row in upload.rows if row["sheet"] == "Scores"]
    before = [
        {
            **{key: value for key, value in row.items() if key not in {"sheet", "value", "text"}},
            "score": row["value"],
            "motivation": row["text"],
        }
        for row in now
    ]
    ScoreUpload.objects.filter(pk=upload.pk).update(rows=before)
    empty = ScoreUpload.objects.create(made_by=case.adviser, filename="leeg.xlsx", sha256="0" * 64)
    fill_in("0015_uploads_of_two_sheets")
    upload.refresh_from_db()
    empty.refresh_from_db()
    assert (upload.rows, empty.rows) == (now, [])
