"""A call that grows to so many files, each with three readers, in the steps that a real one has.

The first file is handed in as its form asks; the others are copies of its rows in bulk. Their
summaries are made by the portal's own function. Prints the addresses to measure.
"""

import json
import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from django.contrib.auth.models import Group  # noqa: E402 - only after setup
from django.db import connection, transaction  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402

from accounts.models import Organisation, User  # noqa: E402
from accounts.roles import StaffRole  # noqa: E402
from benchmarks.deadline import AUTHORITIES  # noqa: E402
from benchmarks.deadline.world import open_call, signed_in, submitters, written_draft  # noqa: E402
from benchmarks.pages import ADVISERS, READERS  # noqa: E402
from calls.lifecycle import CallState  # noqa: E402
from calls.models import Call, Criterion, SubmissionRound, Theme  # noqa: E402
from common import clock  # noqa: E402
from evaluations.lifecycle import AssignmentState  # noqa: E402
from evaluations.models import (  # noqa: E402
    Advice,
    Assignment,
    Conclusion,
    Evaluation,
    FileSummary,
    Score,
    SelectionDecision,
)
from evaluations.services.summary import _files, summarise  # noqa: E402
from projects.content import fingerprint, proposal_content  # noqa: E402
from projects.draft import load_draft  # noqa: E402
from projects.lifecycle import ProposalState  # noqa: E402
from projects.models import Proposal, ProposalVersion  # noqa: E402

DICE = random.Random(20261125)
WORDS = ("riool", "sensor", "water", "energie", "zorg", "licht", "haven", "school", "drone")


def grow(size: int) -> dict[str, Any]:
    """Let the measured call have `size` files, and a second call a tenth of that to check."""
    with transaction.atomic():
        call, waiting = _calls()
        first = Proposal.objects.filter(call=call).order_by("pk").first() or _first_file(call)
        people = _people()
        fresh = _copies(first, call, size)
        _judged(fresh, call, people)
        _copies(first, waiting, size // 10)
        missing = _files().filter(summary_row__isnull=True)
        FileSummary.objects.bulk_create([summarise(one) for one in missing.iterator(500)])
    return _plan(call, first, people)


def _calls() -> tuple[Call, Call]:
    call = Call.objects.filter(reference="PIO-BENCH-1").first()
    if call is not None:
        return call, Call.objects.get(reference="PIO-BENCH-2")
    call = open_call()
    waiting = Call.objects.get(pk=call.pk)
    waiting.pk, waiting.reference, waiting.slug = None, "PIO-BENCH-2", "pio-bench-2"
    waiting._state.adding = True
    waiting.save()
    SubmissionRound.objects.create(
        call=waiting,
        number=1,
        opens_at=clock.now() - timedelta(days=60),
        closes_at=clock.now() - timedelta(days=2),
    )
    Call.objects.filter(pk=call.pk).update(reader_count=READERS)
    return call, waiting


def _first_file(call: Call) -> Proposal:
    """Written and frozen as the form asks."""
    member = next(iter(submitters(AUTHORITIES)))
    proposal = written_draft(call, member)
    SubmissionRound.objects.filter(call=call).update(closes_at=clock.now() - timedelta(days=2))
    Call.objects.filter(pk=call.pk).update(state=CallState.ASSESSMENT)
    _freeze([proposal], load_content(proposal, call))
    for state in (ProposalState.SUBMITTED, ProposalState.COMPLETE, ProposalState.ASSESSMENT):
        Proposal.objects.filter(pk=proposal.pk).update(state=state)
    Proposal.objects.filter(pk=proposal.pk).update(
        submitted_at=clock.now() - timedelta(days=3),
        round=call.rounds.get(),
        total_cost=Decimal("40000.00"),
        requested_amount=Decimal("20000.00"),
    )
    _judged([Proposal.objects.get(pk=proposal.pk)], call, _people())
    return Proposal.objects.get(pk=proposal.pk)


def load_content(proposal: Proposal, call: Call) -> dict[str, Any]:
    return proposal_content(
        load_draft(proposal),
        version=1,
        arrived_at=clock.now() - timedelta(days=3),
        submitted_by="An Indiener",
        submission_round=call.rounds.get(),
    )


def _freeze(proposals: list[Proposal], content: dict[str, Any]) -> None:
    rows = []
    for proposal in proposals:
        own = {**content, "title": proposal.title, "reference": proposal.reference}
        rows.append(
            ProposalVersion(
                proposal=proposal,
                number=1,
                content=own,
                sha256=fingerprint(own),
                arrived_at=clock.now() - timedelta(days=3),
                submitted_by=proposal.created_by,
            )
        )
    ProposalVersion.objects.bulk_create(rows, batch_size=500)


def _people() -> dict[str, Any]:
    """Staff of each kind, made once."""
    if not User.objects.filter(email="leider@bench.invalid").exists():
        for name, role in (("leider", StaffRole.PROJECT_LEADER), ("team2", StaffRole.TEAM_MEMBER)):
            _person(name, role)
        for number in range(ADVISERS):
            _person(f"adviseur{number}", StaffRole.ADVISER)
    return {
        "leader": User.objects.get(email="leider@bench.invalid"),
        "team": User.objects.get(email="team2@bench.invalid"),
        "advisers": list(User.objects.filter(groups__name=StaffRole.ADVISER.value).order_by("pk")),
    }


def _person(name: str, role: StaffRole) -> None:
    person = User.objects.create_user(f"{name}@bench.invalid", first_name="An", last_name=name)
    person.groups.add(Group.objects.get_or_create(name=role.value)[0])


def _copies(first: Proposal, call: Call, size: int) -> list[Proposal]:
    """Files like the first one, until the call has `size` of them; those of another call wait."""
    present = Proposal.objects.filter(call=call).count()
    organisations = list(Organisation.objects.order_by("pk"))
    themes = [*Theme.objects.order_by("pk"), None]
    same_call = call.pk == first.call_id
    plain = {
        field.attname: getattr(first, field.attname)
        for field in Proposal._meta.concrete_fields
        if not field.primary_key
    }
    fresh = Proposal.objects.bulk_create(
        Proposal(
            **plain
            | {
                "call_id": call.pk,
                "round_id": call.rounds.get().pk,
                "organisation_id": DICE.choice(organisations).pk,
                "theme_id": getattr(DICE.choice(themes), "pk", None),
                "reference": f"{call.reference}-{number + 1:04d}",
                "title": f"{DICE.choice(WORDS)} {DICE.choice(WORDS)} {number + 1}".capitalize(),
                "state": ProposalState.ASSESSMENT if same_call else ProposalState.SUBMITTED,
                "requested_amount": Decimal(DICE.randrange(10, 900) * 1000),
            }
        )
        for number in range(present, size)
    )
    version = ProposalVersion.objects.get(proposal=first)
    _freeze(fresh, version.content)
    return fresh


def _judged(files: list[Proposal], call: Call, people: dict[str, Any]) -> None:
    """Three readers with scores; four fifths advised, some decided and not told yet."""
    criteria = list(Criterion.objects.filter(call=call).order_by("pk"))
    numbers = [int(file.reference.rsplit("-", 1)[1]) for file in files]
    assignments = Assignment.objects.bulk_create(
        Assignment(
            proposal=file,
            adviser=people["advisers"][(number * READERS + place) % ADVISERS],
            # The very first file is the one of which the score form is measured.
            state=AssignmentState.ACCEPTED if number == 1 else AssignmentState.DONE,
            is_lead=place == 0,
            due_on=date.today() + timedelta(days=DICE.randrange(-10, 40)),  # noqa: DTZ011
            assigned_by=people["team"],
        )
        for file, number in zip(files, numbers, strict=True)
        for place in range(READERS)
    )
    evaluations = Evaluation.objects.bulk_create(
        Evaluation(assignment=assignment) for assignment in assignments
    )
    Score.objects.bulk_create(
        (
            Score(
                evaluation=evaluation,
                criterion=criterion,
                value=Decimal(DICE.randrange(2, 11)) / 2,
                motivation="De aanpak is duidelijk beschreven en haalbaar. " * 4,
            )
            for evaluation in evaluations
            for criterion in criteria
        ),
        batch_size=5000,
    )
    _close_scores(call)
    advised = [file for file, number in zip(files, numbers, strict=True) if number % 5 > 1]
    advices = Advice.objects.bulk_create(
        Advice(
            proposal=file,
            author=people["advisers"][(int(file.reference[-4:]) * READERS) % ADVISERS],
            strengths="Een sterk team met ervaring. " * 10,
            points_of_attention="De planning is krap. " * 10,
            conclusion=DICE.choice(Conclusion.values),
            finalised_at=clock.now() - timedelta(days=1),
        )
        for file in advised
    )
    Proposal.objects.filter(pk__in=[file.pk for file in advised]).update(
        state=ProposalState.ADVISED
    )
    SelectionDecision.objects.bulk_create(
        SelectionDecision(
            proposal_id=advice.proposal_id,
            advice=advice,
            adviser_id=advice.author_id,
            outcome="selected",
            grounds="Het past bij het programma.",
            follows_advice=True,
            decided_by=people["leader"],
        )
        for advice in advices[::10]
    )


def _close_scores(call: Call) -> None:
    """Totals as `evaluations.scoring` works them out, for all at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE evaluations_evaluation e
            SET finalised_at = now(), total_percent = t.percent, passes = t.percent >= %s
            FROM (
                SELECT s.evaluation_id, sum(s.value * c.weight) * 100 / (sum(c.weight) * 5) percent
                FROM evaluations_score s JOIN calls_criterion c ON c.id = s.criterion_id
                GROUP BY s.evaluation_id
            ) t, evaluations_assignment a
            WHERE t.evaluation_id = e.id AND a.id = e.assignment_id AND a.state = 'done'
            AND e.finalised_at IS NULL
            """,
            [call.overall_threshold],
        )


def _plan(call: Call, first: Proposal, people: dict[str, Any]) -> dict[str, Any]:
    """What to ask, as whom; an address that is not there yet is left out."""
    reader = Assignment.objects.get(proposal=first, is_lead=True).adviser
    sessions = {
        "team": signed_in(people["team"]),
        "leader": signed_in(people["leader"]),
        "adviser": signed_in(reader),
    }
    pages = []
    for name, who, address, arguments in (
        ("work list", "team", "dashboard:staff", []),
        ("list of files", "team", "evaluations:files", []),
        ("ranking board", "leader", "evaluations:board", [call.slug]),
        ("export of the scores (CSV)", "leader", "evaluations:board_export", [call.slug, "csv"]),
        ("export of the scores (XLSX)", "leader", "evaluations:board_export", [call.slug, "xlsx"]),
        ("file page", "team", "evaluations:file", [first.reference]),
        ("score form", "adviser", "evaluations:scoring", [first.reference]),
    ):
        try:
            url = reverse(address, args=arguments)
        except NoReverseMatch:
            continue
        pages.append({"name": name, "session": sessions[who], "url": url})
    return {
        "pages": pages,
        "files": Proposal.objects.filter(submitted_at__isnull=False).count(),
        "evaluations": Evaluation.objects.count(),
        "scores": Score.objects.count(),
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(grow(int(sys.argv[1]))))
    with connection.cursor() as cursor:  # as autovacuum does within minutes
        cursor.execute("VACUUM ANALYZE")
