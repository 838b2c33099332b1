"""Evaluation in depth (voorbeelddata): the pool, two readers, corrections, a line, meetings."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from accounts.models import Organisation
from calls.models import Call, ConsensusRule, Theme
from common import clock
from common.moments import add_working_days
from demo.organisations import MARK
from demo.people import Cast
from demo.proposals import Player, Story
from demo.scores import score_file
from demo.texts import IDEAS
from demo.timing import Calendar, at
from evaluations.models import (
    AdviserAbsence,
    AdviserProfile,
    CorrectionKind,
    Interest,
    InterestKind,
    SavedView,
    SelectionDecision,
)
from evaluations.selectors.checking import points_to_check
from evaluations.services.completeness import Correction, PointAnswer, check_completeness
from evaluations.services.conflicts import find_conflicts
from evaluations.services.feedback import ask_for_talk
from evaluations.services.held_mails import hold_mails
from evaluations.services.line import draw_line
from evaluations.services.meetings import (
    add_all_advised,
    add_attendee,
    add_to_agenda,
    close_meeting,
    open_meeting,
    plan_meeting,
)
from evaluations.services.minutes import open_item, save_minutes
from evaluations.services.saved_views import save_view
from projects.lifecycle import ProposalState
from projects.models import Proposal

DIVERGENCE = Decimal(20)
GUEST = "Greet Gast (voorbeeld)"


def fill_pool(
    cast: Cast, themes: Mapping[str, Theme], calendar: Calendar, bodies: Sequence[Organisation]
) -> None:
    """Advisers with what they know and can take on, and ties that staff declared."""
    for adviser, known, note, capacity in [
        (cast.adviser, ("energie", "water"), "Sensoren en sturing", 12),
        (cast.second_adviser, ("digitalisering", "mobiliteit en infrastructuur"), "", 10),
        (cast.third_adviser, ("circulaire economie", "water"), "Materialen en afvalwater", 8),
        (cast.fourth_adviser, ("zorg en welzijn", "digitalisering"), "Zorgtechnologie", 6),
    ]:
        profile = AdviserProfile.objects.create(
            user=adviser, expertise_note=note, capacity=capacity
        )
        profile.expertise.set([themes[name] for name in known])
    AdviserAbsence.objects.create(
        profile=cast.fourth_adviser.adviser_profile,
        first_day=calendar.today + timedelta(days=10),
        last_day=calendar.today + timedelta(days=20),
        reason="Vakantie",
    )
    declared = at(calendar.ago(400))
    by_name = {body.name.removesuffix(f" {MARK}"): body for body in bodies}
    province, care = by_name["Provincie Voorbeeldland"], by_name["Woonzorgcentrum De Schets"]
    for person, kind, name, kbo, until in [
        (cast.third_adviser, InterestKind.BOARD, province.name, province.kbo, None),
        (cast.second_team, InterestKind.FAMILY, care.name, care.kbo, None),
        (
            cast.fourth_adviser,
            InterestKind.SUPPLIER,
            f"Lichtwerk Voorbeeld BV {MARK}",
            "",
            calendar.ago(500),
        ),
    ]:
        Interest.objects.create(
            person=person, kind=kind, name=name, kbo=kbo, until=until, declared_at=declared
        )


def find_ties(calendar: Calendar) -> None:
    """Look for conflicts of interest, as the portal did when the files of summer came in."""
    with clock.moved_to(at(calendar.ago(23), 6)):
        find_conflicts()


# --- The call in assessment ----------------------------------------------------------------------


def two_readers(call: Call) -> None:
    """Two readers per file, who look for common scores when they differ."""
    Call.objects.filter(pk=call.pk).update(
        reader_count=2, consensus_rule=ConsensusRule.DIVERGENT, divergence_limit=DIVERGENCE
    )
    call.refresh_from_db()


def assess_in_depth(
    player: Player, cast: Cast, calendar: Calendar, bodies: Sequence[Organisation]
) -> None:
    """More files in the call of summer, each in a place that the others do not show."""
    hospital = cast.hospital.memberships.get().organisation
    city = cast.submitter.memberships.get().organisation
    _asks_corrections(player, hospital)
    _readers_differ(player, bodies[0], cast)
    told = player.play(
        Story(
            organisation=city,
            idea=IDEAS[3],
            state=ProposalState.ADVISED,
            scores=("4.5", "4.0", "4.5"),
            second_scores=("4.0", "4.0", "4.0"),
            decided_not_notified=True,
        )
    )
    _hold_mails(told, cast, calendar)
    last = player.play(
        Story(
            organisation=hospital,
            idea=IDEAS[6],
            state=ProposalState.ADVISED,
            scores=("4.0", "3.5", "4.0"),
            second_scores=("3.5", "3.5", "3.5"),
        )
    )
    for position, idea in ((1, 5), (2, 7), (4, 1)):
        player.play(
            Story(
                organisation=bodies[position],
                idea=IDEAS[idea],
                state=ProposalState.ASSESSMENT,
                lead=cast.third_adviser,
            )
        )
    with clock.moved_to(at(calendar.ago(1), 17)):
        draw_line(
            call=player.call,
            by=cast.leader,
            after=last.reference,
            note=f"Voorstel van het team {MARK}",
        )


def _asks_corrections(player: Player, organisation: Organisation) -> None:
    """An incomplete file: three things to correct, and the clock stands still."""
    proposal = player.play(
        Story(organisation=organisation, idea=IDEAS[2], state=ProposalState.SUBMITTED)
    )
    not_ok = {
        2: "De raming van de proef staat er niet in uren.",
        4: "Het bedrag van de proeftuin klopt niet met de toelichting.",
    }
    with clock.moved_to(at(player.working_day(11), 14, 15)):
        check_completeness(
            proposal=proposal,
            by=player.cast.team,
            is_complete=False,
            answers={
                point.pk: PointAnswer(number not in not_ok, not_ok.get(number, ""))
                for number, point in enumerate(points_to_check(proposal))
            },
            corrections=[
                Correction(
                    "Schrijf hoeveel maaltijden per dag het over gaat.",
                    CorrectionKind.UNCLEAR,
                    "D",
                    "huidige_werkwijze",
                ),
                Correction(
                    "Splits het bedrag van de proeftuin per keuken.", CorrectionKind.MISSING, "J"
                ),
                Correction(
                    "Voeg de intentieverklaring van het kennisnetwerk toe.",
                    CorrectionKind.ATTACHMENT,
                    "C",
                ),
            ],
        )


def _readers_differ(player: Player, organisation: Organisation, cast: Cast) -> None:
    """Both readers are done and far apart: first they look for common scores."""
    proposal = player.play(
        Story(
            organisation=organisation,
            idea=IDEAS[4],
            state=ProposalState.ASSESSMENT,
            lead=cast.adviser,
        )
    )
    lead, second = proposal.assignments.order_by("-is_lead")
    score_file(lead, ("4.5", "4.0", "4.0"), at(player.working_day(12), 11, 10))
    score_file(second, ("3.0", "2.0", "2.5"), at(player.working_day(13), 16, 45))


def _hold_mails(proposal: Proposal, cast: Cast, calendar: Calendar) -> None:
    """The applicant knows nothing yet: the mails wait until somebody releases them."""
    with clock.moved_to(at(calendar.ago(1), 16, 30)):
        hold_mails(SelectionDecision.objects.get(proposal=proposal), cast.team)


# --- Meetings ------------------------------------------------------------------------------------


def meeting_held(player: Player, cast: Cast, day_of_decisions: int) -> None:
    """Every file of a decided call was discussed, the day before the decisions."""
    day = player.working_day(day_of_decisions - 1)
    files = list(
        Proposal.objects.filter(
            call=player.call, state__in=(ProposalState.SELECTED, ProposalState.NOT_SELECTED)
        )
        .select_related("decision")
        .order_by("reference")
    )
    start = at(day, 10)
    with clock.moved_to(start - timedelta(days=7)):
        meeting = plan_meeting(
            call=player.call,
            by=cast.leader,
            title=f"Selectievergadering {MARK}",
            starts_at=start,
            place="Ellipsgebouw, zaal 3 (voorbeeld)",
        )
        add_to_agenda(
            meeting=meeting, by=cast.leader, references=" ".join(one.reference for one in files)
        )
        for person in (cast.team, cast.second_team, cast.manager):
            add_attendee(meeting=meeting, by=cast.leader, person=person)
        add_attendee(meeting=meeting, by=cast.leader, guest_name=GUEST)
    with clock.moved_to(start):
        open_meeting(meeting=meeting, by=cast.leader)
    for number, item in enumerate(meeting.items.select_related("proposal__decision")):
        with clock.moved_to(start + timedelta(minutes=5 + 10 * number)):
            open_item(item=item, by=cast.leader)
            item.refresh_from_db()
            save_minutes(
                item=item,
                by=cast.leader,
                version=item.version,
                minutes=item.proposal.decision.grounds,
                leaning=item.proposal.decision.outcome,
            )
    with clock.moved_to(start + timedelta(minutes=10 + 10 * len(files))):
        close_meeting(meeting=meeting, by=cast.leader)


def meeting_planned(player: Player, cast: Cast, calendar: Calendar) -> None:
    """The advised files of the call in assessment stand on an agenda."""
    with clock.moved_to(at(calendar.ago(1), 17, 30)):
        meeting = plan_meeting(
            call=player.call,
            by=cast.leader,
            title=f"Bespreking van de zomeroproep {MARK}",
            starts_at=at(add_working_days(calendar.today, 4), 14),
            place="Ellipsgebouw, zaal 5 (voorbeeld)",
        )
        add_all_advised(meeting=meeting, by=cast.leader)
        for person in (cast.team, cast.second_team):
            add_attendee(meeting=meeting, by=cast.leader, person=person)
        add_attendee(meeting=meeting, by=cast.leader, guest_name=GUEST)


# --- Beside the files ----------------------------------------------------------------------------


def keep_views(call: Call, cast: Cast) -> None:
    """Search words that colleagues share."""
    for by, name, words, mailing in [
        (
            cast.team,
            "Zomeroproep: wacht op de aanvrager",
            f"oproep:{call.reference} stil:ja",
            SavedView.Mailing.NEVER,
        ),
        (cast.leader, "Wacht op een beslissing", "stap:beslissen", SavedView.Mailing.WEEKLY),
    ]:
        save_view(by=by, name=name, words=words, is_shared=True, mailing=mailing)


def asks_for_a_talk(proposal: Proposal, cast: Cast, calendar: Calendar) -> None:
    """The city asks what would have made its proposal better."""
    with clock.moved_to(at(calendar.ago(2), 11)):
        ask_for_talk(
            proposal=proposal,
            by=cast.submitter,
            wish="Wat moeten wij aan de aanpak veranderen voor een volgende oproep?",
        )
