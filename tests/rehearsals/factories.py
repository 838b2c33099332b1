"""A call in concept that can be played, and a rehearsal as it stands after playing."""

from datetime import datetime, timedelta
from typing import Any

from accounts.roles import StaffRole
from calls.models import Call, SubmissionRound
from calls.services import create_call, save_part, update_call
from common import clock
from common.moments import BRUSSELS
from rehearsals.lifecycle import RehearsalState
from rehearsals.models import ItemKind, Rehearsal, RehearsalItem
from tests.accounts.factories import UserFactory
from tests.calls.factories import explain_the_rest

OPENS_AT = datetime(2027, 3, 1, 9, tzinfo=BRUSSELS)
CLOSES_AT = datetime(2027, 4, 17, tzinfo=BRUSSELS)  # 16 April 2027, 24.00 uur: a Friday


def playable_call(
    *, opens_at: datetime = OPENS_AT, closes_at: datetime = CLOSES_AT, grace: int = 0, **texts: Any
) -> Call:
    """The default template with a round: what staff have after the guided set-up."""
    team = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    call = create_call(reference="PIO-OEF-1", title="Oproep om te oefenen", by=team)
    update_call(
        call=call,
        by=team,
        **{"summary": "Een oproep.", "correction_days": 14, **texts},
    )
    save_part(
        part=SubmissionRound(
            call=call, opens_at=opens_at, closes_at=closes_at, grace_minutes=grace
        ),
        by=team,
    )
    call = Call.objects.get(pk=call.pk)
    explain_the_rest(call, team)
    return call


def played(call: Call, *, items: int = 4) -> Rehearsal:
    """Done, with mails, reminders, a draft that was submitted, and no file."""
    now = clock.now()
    rehearsal = Rehearsal.objects.create(
        call=call,
        state=RehearsalState.DONE,
        requested_by=UserFactory(),
        started_at=now,
        finished_at=now + timedelta(seconds=40),
        percent=100,
        summary={
            "counts": {},
            "remarks": [{"level": "warning", "sentence": "Ronde 1 sluit op een zondag."}],
            "moments": {
                "published": (OPENS_AT - timedelta(days=10)).isoformat(),
                "opens 1": OPENS_AT.isoformat(),
                "closes 1": CLOSES_AT.isoformat(),
                "end": (CLOSES_AT + timedelta(days=60)).isoformat(),
            },
        },
    )
    RehearsalItem.objects.bulk_create(
        RehearsalItem(
            rehearsal=rehearsal,
            kind=ItemKind.MAIL,
            code="projects.receipt",
            at=OPENS_AT + timedelta(hours=n),
            known_at=OPENS_AT + timedelta(hours=n),
            recipient="Bea Beheerder",
            address="bea@bestuur.example",
            role="Aanvrager: beheerder",
            title=f"Mail {n}",
            text="Platte tekst",
            html="<p>Opgemaakte tekst</p>",
        )
        for n in range(items)
    )
    return rehearsal
