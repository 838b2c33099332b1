"""What staff and people do about data that is kept (voorbeelddata): lists, a hold, questions."""

from datetime import timedelta

from accounts.models import User
from common.moments import today
from demo.people import Cast
from demo.timing import Calendar, at
from projects.models import Proposal
from retention.models import RetentionRule
from retention.services import (
    answer_request,
    approve_list,
    ask,
    carry_out,
    draw_list,
    place_hold,
    propose_list,
    register_request,
)


def kept_and_destroyed(calendar: Calendar, cast: Cast) -> None:
    """A list that was carried out and one that waits, a file that is held, and two questions."""
    rule = RetentionRule.objects.get(code="account")
    for email in ("vroegere.medewerker@pio.example", "vroegere.aanvrager@pio.example"):
        User.objects.create(
            email=email,
            first_name="Vroegere",
            last_name="Gebruiker (voorbeelddata)",
            date_joined=at(calendar.ago(4 * 365)),
        )
        drawn = draw_list(rule=rule, by=cast.leader)
        if email.startswith("vroegere.medewerker"):
            propose_list(drawn=drawn, by=cast.leader)
            approve_list(drawn=drawn, by=cast.manager)
            carry_out(list_id=drawn.pk)
    held = Proposal.objects.filter(state="not_selected").order_by("pk").first()
    if held is not None:
        place_hold(
            proposal=held,
            reason="appeal",
            explanation="Beroep bij de Raad van State (voorbeelddata).",
            by=cast.manager,
        )
    answered = register_request(
        person=cast.hospital,
        kind="correction",
        text="In mijn dossier staat mijn vroegere functie (voorbeelddata).",
        received_on=today() - timedelta(days=12),
        by=cast.manager,
    )
    answer_request(
        request=answered,
        granted=True,
        answer="Uw functie is verbeterd (voorbeelddata).",
        by=cast.manager,
    )
    ask(
        kind="erasure",
        text="Mag mijn telefoonnummer weg uit een oud voorstel? (voorbeelddata)",
        by=cast.submitter,
    )
