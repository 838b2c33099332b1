"""Meetings: agenda, people who leave the room, minutes that become grounds."""

from typing import Any

import lxml.html
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from audit.models import AuditEvent
from common.lifecycle import TransitionRefused
from common.moments import BRUSSELS
from evaluations.forms.minutes import MinutesForm
from evaluations.lifecycle import MeetingState
from evaluations.models import (
    AgendaItem,
    ConflictOfInterest,
    Meeting,
    MeetingAttendee,
    SelectionDecision,
)
from evaluations.services import meetings as services
from evaluations.services.minutes import (
    MinutesChanged,
    open_item,
    record_departure,
    save_minutes,
)
from projects.models import Proposal
from tests.accounts.factories import MembershipFactory
from tests.evaluations.factories import INTERNAL, Case, staff
from tests.evaluations.test_board import Field, fresh, signed_in
from tests.portal.test_query_ceilings import cost_of

pytestmark = pytest.mark.django_db
DATABASE_REFUSES = (InternalError, ProgrammingError)


class Table:
    """A meeting of the leader about three files of one call, with a colleague and a guest."""

    def __init__(self) -> None:
        self.field = Field()
        self.field.add_many([("PIO-1", "70", 100), ("PIO-2", "90", 200), ("PIO-3", "80", 300)])
        self.leader = self.field.leader
        self.colleague = staff(StaffRole.TEAM_MEMBER)
        self.meeting: Meeting = services.plan_meeting(
            call=self.field.call, by=self.leader, title="Jury", starts_at=timezone.now()
        )
        services.add_attendee(meeting=self.meeting, by=self.leader, person=self.colleague)
        services.add_attendee(meeting=self.meeting, by=self.leader, guest_name="An Gast (UGent)")
        services.add_all_advised(meeting=self.meeting, by=self.leader)

    def item(self, reference: str) -> AgendaItem:
        return AgendaItem.objects.select_related("meeting", "proposal").get(
            meeting=self.meeting, proposal__reference=reference
        )

    def seat(self, person: Any) -> MeetingAttendee:
        return MeetingAttendee.objects.get(meeting=self.meeting, person=person)

    @property
    def order(self) -> list[str]:
        return list(self.meeting.items.values_list("proposal__reference", flat=True))

    def opened(self) -> "Table":
        services.open_meeting(meeting=self.meeting, by=self.leader)
        return self

    def conflict(self, person: Any, reference: str) -> None:
        ConflictOfInterest.objects.create(
            person=person,
            proposal=Proposal.objects.get(reference=reference),
            kind="organisation",
            explanation="Werkt er",
        )

    def url(self, name: str = "meeting", *args: Any) -> str:
        return reverse(f"evaluations:{name}", args=[self.meeting.pk, *args])

    def minutes(self, reference: str, text: str, leaning: str = "", by: Any = None) -> AgendaItem:
        item = self.item(reference)
        return save_minutes(
            item=item, by=by or self.leader, version=item.version, minutes=text, leaning=leaning
        )


def actions(meeting: Meeting) -> list[str]:
    return list(
        AuditEvent.objects.filter(content_type__model="meeting", object_id=str(meeting.pk))
        .values_list("action", flat=True)
        .order_by("pk")
    )


# --- The agenda ----------------------------------------------------------------------------------


def test_all_that_wait_for_a_decision_come_by_number_not_by_score() -> None:
    table = Table()
    assert table.order == ["PIO-1", "PIO-2", "PIO-3"]
    with pytest.raises(ValidationError, match="geen ander dossier"):
        services.add_all_advised(meeting=table.meeting, by=table.leader)


def test_chosen_files_come_in_the_order_typed_and_once() -> None:
    table = Table()
    for number in (4, 5):
        table.field.add(f"PIO-{number}", None, state="assessment")
    added = services.add_to_agenda(
        meeting=table.meeting, by=table.leader, references="pio-5, PIO-1;PIO-4\nPIO-5"
    )
    assert (added, table.order) == (2, ["PIO-1", "PIO-2", "PIO-3", "PIO-5", "PIO-4"])
    with pytest.raises(ValidationError) as refused:
        services.add_to_agenda(meeting=table.meeting, by=table.leader, references="PIO-1 PIO-X")
    assert refused.value.message_dict == {"references": ["Geen dossier van deze oproep: PIO-X."]}


def test_an_agenda_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_ITEMS", 3)
    table = Table()
    table.field.add("PIO-4", "50")
    with pytest.raises(ValidationError, match="hoogstens 3 dossiers"):
        services.add_all_advised(meeting=table.meeting, by=table.leader)
    assert len(table.order) == 3


def test_items_move_and_go_until_they_were_discussed() -> None:
    table = Table()
    services.move_item(item=table.item("PIO-3"), by=table.leader, up=True)
    services.move_item(item=table.item("PIO-1"), by=table.leader, up=True)  # nothing above it
    assert table.order == ["PIO-1", "PIO-3", "PIO-2"]
    services.remove_item(item=table.item("PIO-2"), by=table.leader)
    table.opened()
    open_item(item=table.item("PIO-1"), by=table.leader)
    with pytest.raises(ValidationError, match="blijft op de agenda"):
        services.remove_item(item=table.item("PIO-1"), by=table.leader)
    assert table.order == ["PIO-1", "PIO-3"]


def test_who_is_at_the_table() -> None:
    table = Table()
    with pytest.raises(ValidationError) as refused:
        services.add_attendee(meeting=table.meeting, by=table.leader, person=table.colleague)
    assert refused.value.message_dict == {"person": ["Deze medewerker staat al op de lijst."]}
    with pytest.raises(ValidationError, match="een van beide"):
        services.add_attendee(meeting=table.meeting, by=table.leader)
    services.remove_attendee(attendee=table.seat(table.colleague), by=table.leader)
    assert {str(one) for one in table.meeting.attendees.all()} == {
        str(table.leader),
        "An Gast (UGent)",
    }


# --- Opening, leaving the room, closing ----------------------------------------------------------


def test_a_meeting_opens_and_closes_once_each_with_one_event() -> None:
    table = Table().opened()
    with pytest.raises(TransitionRefused, match="kan niet meer: de status is nu “Bezig”"):
        services.open_meeting(meeting=table.meeting, by=table.leader)
    open_item(item=table.item("PIO-1"), by=table.leader)
    services.close_meeting(meeting=table.meeting, by=table.leader)
    assert Meeting.objects.get().state == MeetingState.CLOSED
    assert actions(table.meeting) == [
        *("meeting.planned", "meeting.agenda", "meeting.open", "meeting.close")
    ]
    closing = AuditEvent.objects.get(action="meeting.close")
    assert (closing.actor, closing.comment) == (table.leader, "Besproken dossiers: 1")


def test_nothing_to_discuss_or_nobody_there_is_no_meeting() -> None:
    table = Table()
    table.meeting.attendees.update(is_present=False)
    with pytest.raises(ValidationError, match="wie aanwezig is"):
        services.open_meeting(meeting=table.meeting, by=table.leader)
    table.meeting.items.all().delete()
    with pytest.raises(ValidationError, match="eerst dossiers"):
        services.open_meeting(meeting=table.meeting, by=table.leader)


def test_a_closed_meeting_stays_as_it_is() -> None:
    table = Table().opened()
    table.minutes("PIO-1", "Goed.", "selected")
    services.close_meeting(meeting=table.meeting, by=table.leader)
    with pytest.raises(TransitionRefused, match="de status van de vergadering is “Afgesloten”"):
        table.minutes("PIO-1", "Toch niet.")
    with pytest.raises(TransitionRefused):
        services.add_all_advised(meeting=table.meeting, by=table.leader)
    with pytest.raises(DATABASE_REFUSES), transaction.atomic():
        AgendaItem.objects.update(minutes="Toch niet.")
    with pytest.raises(DATABASE_REFUSES), transaction.atomic():
        Meeting.objects.update(state=MeetingState.RUNNING)


def test_who_has_a_conflict_leaves_when_the_file_is_opened() -> None:
    table = Table().opened()
    table.conflict(table.colleague, "PIO-2")
    member = staff(StaffRole.TEAM_MEMBER)  # found from the data, without a row yet
    MembershipFactory(user=member, organisation=table.field.organisation)
    services.add_attendee(meeting=table.meeting, by=table.leader, person=member)
    services.set_presence(attendee=table.seat(member), by=table.leader, is_present=False)

    left = open_item(item=table.item("PIO-2"), by=table.leader)
    assert [(d.attendee.person, d.reason) for d in left] == [
        (table.colleague, "Belangenconflict (hoort bij de aanvrager)")
    ]
    services.set_presence(attendee=table.seat(member), by=table.leader, is_present=True)
    left = open_item(item=table.item("PIO-2"), by=table.leader)
    assert [(d.attendee.person, d.reason) for d in left] == [(member, "Belangenconflict")]
    assert open_item(item=table.item("PIO-2"), by=table.leader) == []

    events = AuditEvent.objects.filter(action="meeting.departure")
    assert {event.object_id for event in events} == {str(table.meeting.pk)}
    assert "PIO-2" not in str(list(events.values()))
    with pytest.raises(ValidationError, match="blijft daarom op de lijst"):
        services.remove_attendee(attendee=table.seat(member), by=table.leader)


def test_others_leave_by_hand_with_a_reason_and_once() -> None:
    table = Table().opened()
    item, seat = table.item("PIO-1"), table.seat(table.colleague)
    with pytest.raises(ValidationError) as refused:
        record_departure(item=item, attendee=seat, reason=" ", by=table.leader)
    assert list(refused.value.message_dict) == ["reason"]
    record_departure(item=item, attendee=seat, reason="Moet bellen", by=table.leader)
    with pytest.raises(ValidationError, match="verliet de zaal al"):
        record_departure(item=item, attendee=seat, reason="Nog eens", by=table.leader)
    services.set_presence(attendee=seat, by=table.leader, is_present=False)
    with pytest.raises(ValidationError, match="niet aanwezig"):
        record_departure(item=table.item("PIO-3"), attendee=seat, reason="Weg", by=table.leader)


def test_nothing_is_discussed_before_the_meeting_is_opened() -> None:
    table = Table()
    with pytest.raises(TransitionRefused, match="de status van de vergadering is “Gepland”"):
        open_item(item=table.item("PIO-1"), by=table.leader)
    assert table.item("PIO-1").discussed_at is None


# --- Minutes -------------------------------------------------------------------------------------


def test_minutes_of_two_writers_do_not_overwrite_each_other() -> None:
    table = Table().opened()
    read = table.item("PIO-1")
    table.minutes("PIO-1", "Van de leider.", "selected")
    with pytest.raises(MinutesChanged, match=f"{table.leader} sloeg intussen"):
        save_minutes(item=read, by=table.colleague, version=1, minutes="Van de collega.")
    kept = table.item("PIO-1")
    assert (kept.minutes, kept.leaning, kept.version, kept.saved_by) == (
        *("Van de leider.", "selected", 2),
        table.leader,
    )
    # The same words again are no clash and no new version.
    save_minutes(
        item=read, by=table.colleague, version=1, minutes="Van de leider. ", leaning="selected"
    )
    assert table.item("PIO-1").version == 2


def room_data(table: Table, **typed: str) -> dict[str, str]:
    """What the form of the first file posts, as it was opened now."""
    item = table.item("PIO-1")
    form = MinutesForm(item=item)
    return {"version": str(item.version), "base": form.initial["base"], **typed}


def test_a_clash_shows_both_texts_and_loses_nothing() -> None:
    table = Table().opened()
    url, stale = table.url("room", table.item("PIO-1").pk), room_data(table)
    table.minutes("PIO-1", "Van de leider.")
    client = signed_in(table.colleague)
    mine = {**stale, "minutes": "Van de collega.", "leaning": "not_selected"}
    page = client.post(url, mine)
    shown = page.context["different"]
    assert [(one.name, one.by_me, one.by_them, one.theirs["text"]) for one in shown] == [
        ("minutes", True, True, "Van de leider."),
        ("leaning", True, False, ""),
    ]
    assert "Van de collega.</textarea>" in page.content.decode()
    assert table.item("PIO-1").minutes == "Van de leider."
    settled = {**mine, "version": "2", "settling": "yes", "kies-minutes": "theirs"}
    assert client.post(url, settled).status_code == 302
    kept = table.item("PIO-1")
    assert (kept.minutes, kept.leaning, kept.version) == ("Van de leider.", "not_selected", 3)


def test_minutes_save_by_themselves_and_stop_at_what_another_wrote() -> None:
    table = Table().opened()
    url, stale = table.url("room", table.item("PIO-1").pk), room_data(table, autosave="yes")
    client, other = signed_in(table.leader), signed_in(table.colleague)
    answer = client.post(url, {**stale, "minutes": "Half", "leaning": "misschien"}).content.decode()
    assert 'data-autosave="saved" data-version="2"' in answer
    assert 'data-unsaved="id_leaning"' in answer
    assert (table.item("PIO-1").minutes, table.item("PIO-1").saved_by) == ("Half", table.leader)
    again = client.post(url, {**stale, "minutes": "Half"}).content.decode()
    assert 'data-version="2"' in again  # the answer got lost on its way: no clash, no version
    clash = other.post(url, {**stale, "minutes": "Iets anders"}).content.decode()
    assert 'data-autosave="clash"' in clash
    assert f"{table.leader} sloeg dit deel intussen op" in clash
    assert table.item("PIO-1").minutes == "Half"


def test_nothing_saves_by_itself_before_a_word_or_after_the_end() -> None:
    table = Table().opened()
    url, data = table.url("room", table.item("PIO-1").pk), room_data(table, autosave="yes")
    client = signed_in(table.leader)
    assert "Er is nog niets op te slaan." in client.post(url, data).content.decode()
    services.close_meeting(meeting=table.meeting, by=table.leader)
    answer = client.post(url, {**data, "minutes": "Te laat"}).content.decode()
    assert 'data-autosave="refused"' in answer
    assert client.post(url, {**room_data(table), "minutes": "Te laat"}).status_code == 422
    assert table.item("PIO-1").minutes == ""


def test_the_room_saves_to_its_own_address_also_after_a_refused_departure() -> None:
    table = Table().opened()
    item = table.item("PIO-1")
    page = signed_in(table.leader).post(table.url("item_depart", item.pk), {"reason": "Weg"})
    assert page.status_code == 422
    [form] = [
        one
        for one in lxml.html.fromstring(page.content.decode()).iter("form")
        if one.get("data-drafting") == "autosave"
    ]
    assert form.get("action") == table.url("room", item.pk)


def test_saving_goes_on_to_the_next_file_and_opens_it() -> None:
    table = Table().opened()
    table.conflict(table.colleague, "PIO-2")
    client = signed_in(table.leader)
    first, second = table.item("PIO-1"), table.item("PIO-2")
    answer = client.post(
        table.url("room", first.pk),
        {"version": "1", "minutes": "Goed.", "leaning": "selected", "dan": "volgende"},
        follow=True,
    )
    assert answer.redirect_chain[-1][0] == table.url("room", second.pk)
    assert f"{table.colleague} verlaat de zaal" in answer.content.decode()
    assert table.item("PIO-2").discussed_at is not None
    assert table.item("PIO-1").minutes == "Goed."


def test_minutes_survive_the_end_of_a_session() -> None:
    table = Table().opened()
    answer = Client().post(
        table.url("room", table.item("PIO-1").pk), {"version": "1", "minutes": "Veel getypt."}
    )
    assert 'name="typed_text"' in answer.content.decode()


# --- Who sees what -------------------------------------------------------------------------------


def test_who_has_a_conflict_meets_a_blank() -> None:
    table = Table().opened()
    table.minutes("PIO-2", "GEHEIM-VERSLAG", "selected")
    open_item(item=table.item("PIO-2"), by=table.leader)
    table.conflict(table.colleague, "PIO-2")
    client = signed_in(table.colleague)
    text = client.get(table.url()).content.decode()
    assert "Er is nog 1 agendapunt waarvoor u de zaal verlaat." in text
    assert [word in text for word in ("PIO-1", "PIO-2", "Titel PIO-2", "GEHEIM")] == [
        *(True, False, False, False)
    ]
    item = table.item("PIO-2")
    for url in (
        table.url("room", item.pk),
        table.url("item_open", item.pk),
        table.url("item_move", item.pk),
        table.url("item_remove", item.pk),
        table.url("item_depart", item.pk),
    ):
        assert client.post(url).status_code == 404, url
    assert client.get(table.url("room", item.pk)).status_code == 404
    around = client.get(table.url("room", table.item("PIO-1").pk)).content.decode()
    assert "Punt 1 van 2" in around
    assert table.url("room", item.pk) not in around
    for act in (
        lambda: open_item(item=item, by=fresh(table.colleague)),
        lambda: save_minutes(item=item, by=fresh(table.colleague), version=2, minutes="x"),
    ):
        with pytest.raises(PermissionDenied, match="belangenconflict"):
            act()


def test_moving_files_passes_over_what_one_may_not_know() -> None:
    table = Table()
    table.conflict(table.colleague, "PIO-2")
    services.move_item(item=table.item("PIO-3"), by=fresh(table.colleague), up=True)
    assert table.order == ["PIO-3", "PIO-2", "PIO-1"]


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (StaffRole.PROGRAMME_MANAGER, 200, 403),
        (StaffRole.AUDITOR, 200, 403),
        (StaffRole.ADVISER, 403, 403),
        (StaffRole.COMMITTEE_SECRETARY, 403, 403),
    ],
)
def test_who_reads_and_who_runs_a_meeting(role: StaffRole, reads: int, writes: int) -> None:
    table = Table().opened()
    client, item = signed_in(staff(role)), table.item("PIO-1")
    meetings = reverse("evaluations:meetings", args=[table.field.call.slug])
    new = reverse("evaluations:meeting_new", args=[table.field.call.slug])
    for url in (meetings, table.url(), table.url("room", item.pk)):
        assert client.get(url).status_code == reads, url
    for url in (
        *(new, table.url(), table.url("meeting_edit"), table.url("meeting_step", "afsluiten")),
        *(table.url("room", item.pk), table.url("item_open", item.pk)),
        table.url("item_depart", item.pk),
        table.url("meeting_attendee", table.seat(table.leader).pk),
    ):
        assert client.post(url, {"doen": "alles", "title": "x"}).status_code == writes, url
    assert Meeting.objects.get().state == MeetingState.RUNNING


# --- The pages -----------------------------------------------------------------------------------


def test_a_meeting_is_planned_and_run_through_the_forms() -> None:
    field = Field()
    field.add_many([("PIO-1", "70", 100), ("PIO-2", "90", 200)])
    client = signed_in(field.leader)
    new = reverse("evaluations:meeting_new", args=[field.call.slug])
    assert client.post(new, {"title": "", "starts_at": "straks"}).status_code == 422
    client.post(new, {"title": "Jury", "starts_at": "2026-12-01T09:30", "place": "Brussel"})
    meeting = Meeting.objects.get()
    url = reverse("evaluations:meeting", args=[meeting.pk])
    client.post(url + "wijzigen/", {"title": "Jury 2", "starts_at": "2026-12-02T09:30"})
    meeting.refresh_from_db()
    begins = meeting.starts_at.astimezone(BRUSSELS)
    assert (meeting.title, f"{begins:%d/%m/%Y %H:%M}") == ("Jury 2", "02/12/2026 09:30")
    refused = client.post(url, {"doen": "dossiers", "references": "PIO-9"})
    assert refused.status_code == 422
    assert "Geen dossier van deze oproep: PIO-9." in refused.content.decode()
    assert client.post(url, {"doen": "deelnemer"}).status_code == 422
    client.post(url, {"doen": "deelnemer", "guest_name": "An Gast"})
    client.post(url, {"doen": "alles"})
    guest = meeting.attendees.get(guest_name="An Gast")
    client.post(f"{url}deelnemers/{guest.pk}/", {"doen": "afwezig"})
    second = meeting.items.get(proposal__reference="PIO-2")
    client.post(f"{url}punten/{second.pk}/verplaatsen/", {"richting": "omhoog"})
    client.post(f"{url}stap/openen/")
    client.post(f"{url}punten/{second.pk}/bespreken/")
    assert client.post(f"{url}stap/heropenen/").status_code == 404
    client.post(f"{url}stap/afsluiten/")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CLOSED
    assert [(one.proposal.reference, one.discussed_at is None) for one in meeting.items.all()] == [
        ("PIO-2", False),
        ("PIO-1", True),
    ]
    assert meeting.attendees.filter(is_present=True).count() == 1


def test_the_screen_in_the_room_names_no_reader_and_no_internal_note() -> None:
    case = Case().advised()
    meeting = services.plan_meeting(
        call=case.proposal.call, by=case.leader, title="Jury", starts_at=timezone.now()
    )
    services.add_attendee(meeting=meeting, by=case.leader, person=case.adviser)
    services.add_all_advised(meeting=meeting, by=case.leader)
    page = signed_in(case.leader).get(
        reverse("evaluations:room", args=[meeting.pk, meeting.items.get().pk])
    )
    text = page.content.decode()
    assert "Sterk team met ervaring." in text
    assert "Lezer 1" in text
    assert INTERNAL not in text
    assert "Adviseur van dit dossier" in text  # as the person at the table, beside the name
    assert text.count(str(case.adviser)) == 1


def test_meeting_pages_cost_the_same_whatever_the_agenda() -> None:
    table = Table()
    costs = []
    for many in (0, 47):
        start = Proposal.objects.count()
        table.field.add_many([(f"PIO-V{start + n:03d}", "60", 100) for n in range(many)])
        if many:
            services.add_all_advised(meeting=table.meeting, by=table.leader)
        client = signed_in(table.leader)
        costs.append(
            (
                cost_of(client, table.url()).queries,
                cost_of(client, table.url("room", table.item("PIO-1").pk)).queries,
            )
        )
    assert costs[0] == costs[1]


# --- Minutes become grounds ----------------------------------------------------------------------


def test_the_decision_page_starts_with_the_minutes_and_says_so() -> None:
    case = Case().advised()
    url = reverse("evaluations:decide", args=[case.proposal.reference])
    client = signed_in(case.leader)
    assert "Overgenomen uit de vergadering" not in client.get(url).content.decode()
    for title, text, leaning in (("Eerste", "Oud.", ""), ("Tweede", "Past goed.", "selected")):
        meeting = services.plan_meeting(
            call=case.proposal.call, by=case.leader, title=title, starts_at=timezone.now()
        )
        services.add_all_advised(meeting=meeting, by=case.leader)
        services.open_meeting(meeting=meeting, by=case.leader)
        item = meeting.items.get()
        open_item(item=item, by=case.leader)
        save_minutes(item=item, by=case.leader, version=1, minutes=text, leaning=leaning)
    page = client.get(url)
    assert page.context["form"].initial == {"grounds": "Past goed.", "outcome": "selected"}
    assert "het verslag van “Tweede”" in page.content.decode()
    assert not SelectionDecision.objects.exists()


def test_after_a_decision_the_next_file_is_one_step_away() -> None:
    case = Case().advised()
    field = Field()
    field.call = case.proposal.call
    field.add("PIO-ANDER", "30")
    client = signed_in(case.leader)
    url = reverse("evaluations:decide", args=[case.proposal.reference])
    following = reverse("evaluations:next_undecided", args=[field.call.slug])
    here = f"{following}?na={case.proposal.reference}"
    assert here in client.get(url).content.decode()
    assert client.get(here).headers["Location"] == url.replace(case.proposal.reference, "PIO-ANDER")
    assert client.get(following).headers["Location"] == url
    field.leader = staff(StaffRole.PROGRAMME_MANAGER)
    assert signed_in(field.leader).get(following).status_code == 403
