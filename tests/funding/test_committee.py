"""Requests with their tender document, meetings of the committee, and decisions in a meeting."""

import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from accounts.roles import StaffRole
from calls.models import CofinancingRule, CostPhase
from common.moments import add_months, working_days_before
from documents.conformance import structural_faults
from documents.models import Job
from documents.services import run_job
from funding import services
from funding.lifecycle import CommitteeState, RequestState
from funding.models import CofinancingRequest, CommitteeDecision, CommitteeItem, CommitteeMeeting
from funding.reminders import dossiers_context, dossiers_still_open, meetings_to_prepare
from funding.selectors import work_for
from notifications.mails import render_mail
from projects.lifecycle import ProjectState
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.funding.acts import D, member, refused, secretary, team
from tests.funding.factories import RequestFactory, programme_manager, request_with_document, upload
from tests.projects.factories import ProcurementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_of_that_year() -> Iterator[None]:
    """The days in these tests are in the past, whenever they run."""
    with travel("2026-09-01 12:00", tick=False):
        yield


DAY = date(2026, 6, 17)
NOON = "2026-06-17 12:00"


def ask(**changes: Any) -> CofinancingRequest:
    values: dict[str, Any] = {
        "eligible_base": D(600_000),
        "requested_amount": D(300_000),
        "tender_document": upload(),
        "by": team(),
    }
    if "procurement" not in changes:
        values["procurement"] = ProcurementFactory()
    return services.request_cofinancing(**{**values, **changes})


def meeting(day: date = DAY, **changes: Any) -> CommitteeMeeting:
    return services.plan_committee(day=day, place="Brussel", **{"by": secretary(), **changes})


def on_agenda(where: CommitteeMeeting, asked: CofinancingRequest | None = None) -> CommitteeItem:
    return services.put_on_agenda(
        meeting=where, request=asked or request_with_document(), by=team()
    )


def closed(*requests: CofinancingRequest) -> tuple[CommitteeMeeting, list[CommitteeItem]]:
    """A meeting whose agenda is closed, with its items."""
    where = meeting()
    items = [on_agenda(where, one) for one in requests]
    return services.close_agenda(meeting=where, by=secretary()), items


def pdf_of(job: Job | None) -> tuple[str, list[str]]:
    """The text of a document, and what its structure lacks."""
    assert job is not None
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.file is not None, job.error
    command = ["pdftotext", "-raw", str(job.file.path), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return text, structural_faults(job.file.path)


# --- The rule and the tender document ------------------------------------------------------------


def rule(**changes: Any) -> Any:
    """A procurement whose call has this rule for its phase."""
    procurement = ProcurementFactory()
    CofinancingRule.objects.filter(
        call=procurement.project.call, phase=CostPhase.DEVELOPMENT
    ).update(**changes)
    return procurement


def test_a_binding_ceiling_refuses_and_an_indicative_one_asks_a_reason() -> None:
    binding = rule(ceiling=D(200_000), ceiling_is_indicative=False)
    more = {"requested_amount": D("200000.01"), "override_reason": "Uitzonderlijk risico"}
    assert refused(ask, procurement=binding, **more) == (
        "Het bedrag is hoger dan het plafond van de oproep. Dat plafond is bindend."
    )
    asked = ask(procurement=binding, requested_amount=D(200_000))
    assert refused(
        services.record_committee_decision,
        request=asked,
        outcome="granted",
        granted_amount=D("200000.01"),
        grounds="Meer nodig",
        decided_on=date(2026, 3, 1),
        by=secretary(),
    ) == ("Het plafond van de oproep is bindend: hoogstens € 200.000,00.")
    indicative = rule(ceiling=D(200_000), ceiling_is_indicative=True)
    assert ask(procurement=indicative, **more).ceiling_is_indicative
    assert refused(ask, procurement=rule(ceiling=D(200_000)), requested_amount=D(200_001)) == (
        "Het bedrag is hoger dan de regel geeft. Schrijf waarom."
    )


def test_below_the_floor_there_is_no_cofinancing() -> None:
    procurement = rule(floor=D(25_000))
    assert refused(
        ask, procurement=procurement, eligible_base=D(40_000), requested_amount=D(20_000)
    ) == (
        "50 % van € 40.000,00 = € 20.000,00. Dat is minder dan de ondergrens van € 25.000,00: "
        "geen cofinanciering."
    )
    assert refused(ask, procurement=procurement, requested_amount=D("24999.99")) == (
        "Het bedrag is lager dan de ondergrens van de oproep."
    )
    assert ask(procurement=procurement, requested_amount=D(25_000)).floor == D(25_000)


def test_the_rule_stays_on_the_request_as_it_was_applied() -> None:
    procurement = ProcurementFactory()
    asked = ask(procurement=procurement)
    CofinancingRule.objects.filter(call=procurement.project.call).update(rate=D("0.9"))
    asked.refresh_from_db()
    assert asked.rate == D("0.5000")
    assert asked.rule_explanation.startswith("50\N{NO-BREAK SPACE}% van")


def test_a_request_comes_with_its_tender_document() -> None:
    assert refused(ask, tender_document=upload("bestek.exe")).startswith("Dit soort bestand")
    asked = ask()
    [document] = asked.tender_documents.all()
    assert (document.version, document.file.name) == (1, "bestek.pdf")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        type(document).objects.filter(pk=document.pk).delete()


def test_the_tender_document_is_replaced_until_the_agenda_is_closed() -> None:
    asked = ask()
    where = meeting()
    on_agenda(where, asked)
    second = services.add_tender_document(
        request=asked, tender_document=upload("bestek-2.pdf"), note="Nieuwe termijn", by=team()
    )
    assert second.version == 2
    services.close_agenda(meeting=where, by=secretary())
    item = asked.committee_items.get()
    assert item.tender_document == second
    assert refused(
        services.add_tender_document, request=asked, tender_document=upload(), by=team()
    ) == (
        "De agenda van de vergadering van 17 juni 2026 is afgesloten: het comité heeft dit "
        "opdrachtdocument. U kunt het niet meer vervangen."
    )
    services.cancel_committee(meeting=where, reason="Geen quorum", by=secretary())
    services.add_tender_document(request=asked, tender_document=upload(), by=team())
    assert [one.version for one in asked.tender_documents.all()] == [3, 2, 1]
    with pytest.raises(PermissionDenied):
        services.add_tender_document(request=asked, tender_document=upload(), by=secretary())


def test_no_decision_without_a_tender_document() -> None:
    bare = RequestFactory()
    assert refused(
        services.record_committee_decision,
        request=bare,
        outcome="refused",
        grounds="Nee",
        decided_on=date(2026, 3, 1),
        by=secretary(),
    ) == ("Het comité beslist pas als het opdrachtdocument er is. Voeg het eerst toe.")
    assert refused(on_agenda, where=meeting(), asked=bare) == (
        "Deze aanvraag heeft nog geen opdrachtdocument. Voeg het eerst toe aan de aanvraag."
    )


def test_who_may_read_the_tender_document() -> None:
    [document] = ask().tender_documents.all()
    organisation = document.request.procurement.project.organisation
    url = f"/opdrachtdocumenten/{document.pk}/"
    for user, status in [
        (team(), 200),
        (MembershipFactory(organisation=organisation).user, 200),
        (MembershipFactory().user, 404),
        (member(StaffRole.ADVISER), 404),
    ]:
        client = Client()
        client.force_login(user)
        answer = client.get(url)
        assert answer.status_code == status
        b"".join(answer)  # to its end, so that the file is closed


# --- Meetings ------------------------------------------------------------------------------------


def test_dossiers_are_complete_15_working_days_before_unless_the_meeting_says_otherwise(
    settings: Any,
) -> None:
    # 25 May 2026 is Whit Monday.
    assert meeting().dossier_deadline == date(2026, 5, 27)
    settings.FUNDING_DEFAULTS = {"dossier_working_days": 5}
    assert meeting(date(2026, 6, 24)).dossier_deadline == date(2026, 6, 17)
    own = meeting(date(2026, 7, 1), dossier_deadline=date(2026, 6, 30))
    assert own.dossier_deadline == date(2026, 6, 30)
    assert working_days_before(date(2026, 1, 5), 1) == date(2026, 1, 2)
    with pytest.raises(ValueError, match="at least one"):
        working_days_before(DAY, 0)


def test_months_are_added_to_the_day_or_to_the_end_of_the_month() -> None:
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2026, 3, 1), 2) == date(2026, 5, 1)


def test_a_meeting_is_refused_with_a_sentence() -> None:
    made = meeting()
    plan = services.plan_committee
    assert refused(meeting) == "Op deze dag is al een vergadering gepland."
    later = {"day": date(2026, 9, 1), "by": secretary()}
    assert refused(plan, **later) == "Schrijf waar de vergadering is, of kies online."
    assert refused(plan, **later, is_online=True, dossier_deadline=date(2026, 9, 2)) == (
        "De dossiers zijn klaar vóór de dag van de vergadering."
    )
    with pytest.raises(PermissionDenied):
        meeting(date(2026, 9, 1), by=team())
    services.cancel_committee(meeting=made, reason="Verhinderd", by=secretary())
    assert meeting().where == "Brussel"
    online = plan(**later, is_online=True)
    assert online.where == "online"
    changed = services.change_committee(
        meeting=online, day=date(2026, 9, 2), is_online=True, place="Zaal 1", by=secretary()
    )
    assert changed.where == "Zaal 1 (online)"


def test_the_agenda_is_ordered_and_a_request_stands_on_one_open_agenda() -> None:
    where, other = meeting(), meeting(date(2026, 6, 24))
    items = [on_agenda(where) for _each in range(3)]
    services.move_on_agenda(item=items[2], by=team(), up=True)
    services.move_on_agenda(item=items[0], by=team(), up=True)
    assert list(where.items.values_list("pk", flat=True)) == [
        items[0].pk,
        items[2].pk,
        items[1].pk,
    ]
    assert refused(on_agenda, where=where, asked=items[0].request) == (
        "Deze aanvraag staat al op deze agenda."
    )
    assert refused(on_agenda, where=other, asked=items[0].request) == (
        "Deze aanvraag staat al op de agenda van een andere vergadering."
    )
    services.take_off_agenda(item=items[0], by=team())
    on_agenda(other, items[0].request)
    assert where.items.count() == 2


def test_a_closed_agenda_stays() -> None:
    where, [item] = closed(request_with_document())
    state = "Dit kan niet: de status van de vergadering is “Agenda afgesloten”."
    assert refused(on_agenda, where=where) == state
    assert refused(services.take_off_agenda, item=item, by=team()) == state
    assert refused(services.move_on_agenda, item=item, up=True, by=team()) == state
    assert refused(services.close_agenda, meeting=where, by=secretary()) == state
    with pytest.raises(IntegrityError, match="funding_agenda_is_closed"), transaction.atomic():
        CommitteeItem.objects.filter(pk=item.pk).delete()
    assert refused(services.close_agenda, meeting=meeting(date(2026, 7, 1)), by=secretary()) == (
        "Zet eerst aanvragen op de agenda."
    )


@travel(NOON, tick=False)
def test_decisions_carry_the_day_of_the_meeting() -> None:
    where, items = closed(*(request_with_document() for _each in range(4)))
    later = meeting(date(2026, 9, 16))
    decide = services.decide_item
    by = secretary()
    assert refused(services.hold_committee, meeting=where, by=by) == (
        "Nog zonder beslissing: 4. Noteer ook die; uitstellen is een beslissing."
    )
    whole = decide(item=items[0], outcome="granted", by=by)
    assert refused(decide, item=items[1], outcome="granted", granted_amount=D(1), by=by) == (
        "Het bedrag is anders dan gevraagd. Schrijf waarom."
    )
    other = decide(
        item=items[1], outcome="granted", granted_amount=D(200_000), grounds="Kleiner", by=by
    )
    assert refused(decide, item=items[2], outcome="refused", by=by) == (
        "Schrijf waarom het comité weigert of uitstelt."
    )
    no = decide(item=items[2], outcome="refused", grounds="Geen innovatie", by=by)
    assert refused(
        decide, item=items[3], outcome="postponed", grounds="X", postponed_to=where, by=by
    ) == ("Kies een latere vergadering.")
    wait = decide(item=items[3], outcome="postponed", grounds="Raming", postponed_to=later, by=by)
    assert {one.decided_on for one in (whole, other, no, wait)} == {DAY}
    assert (whole.granted_amount, other.granted_amount) == (D(300_000), D(200_000))
    assert later.items.get().request == items[3].request
    assert refused(decide, item=items[0], outcome="refused", grounds="Toch", by=by) == (
        "Over dit agendapunt is al beslist."
    )
    assert services.hold_committee(meeting=where, by=by).state == CommitteeState.HELD
    assert refused(services.cancel_committee, meeting=where, reason="x", by=by) == (
        "Op deze vergadering is al beslist: ze kan niet meer geannuleerd worden."
    )


@travel(NOON, tick=False)
def test_what_was_postponed_is_granted_at_a_later_meeting() -> None:
    asked = request_with_document()
    _where, [item] = closed(asked)
    later = meeting(date(2026, 6, 18))
    services.decide_item(
        item=item, outcome="postponed", grounds="Raming", postponed_to=later, by=secretary()
    )
    services.close_agenda(meeting=later, by=secretary())
    with travel("2026-06-18 12:00", tick=False):
        services.decide_item(item=later.items.get(), outcome="granted", by=secretary())
    asked.refresh_from_db()
    assert asked.state == RequestState.GRANTED
    assert asked.procurement.project.__class__.objects.get().state == (
        ProjectState.COFINANCING_GRANTED
    )


def test_a_decision_is_noted_in_the_meeting_and_not_before_its_day() -> None:
    with travel("2026-06-16 12:00", tick=False):
        _where, [item] = closed(request_with_document())
        assert refused(services.decide_item, item=item, outcome="granted", by=secretary()) == (
            "De vergadering is op 17 juni 2026. Noteer de beslissing vanaf die dag."
        )
        assert refused(
            services.record_committee_decision,
            request=item.request,
            outcome="granted",
            granted_amount=D(300_000),
            decided_on=date(2026, 6, 1),
            by=secretary(),
        ) == (
            "Deze aanvraag staat op de agenda van de vergadering van 17 juni 2026. Noteer de "
            "beslissing bij die vergadering."
        )
        with pytest.raises(PermissionDenied):
            services.decide_item(item=item, outcome="granted", by=team())
        assert not CommitteeDecision.objects.exists()


# --- Its papers ----------------------------------------------------------------------------------


def test_the_agenda_and_the_sheet_are_accessible_and_say_the_rule() -> None:
    asked = ask()
    where, [item] = closed(asked)
    item.refresh_from_db()
    where.refresh_from_db()
    sentence = asked.rule_explanation.replace("\N{NO-BREAK SPACE}", " ")
    for job in (where.agenda, item.sheet):
        text, faults = pdf_of(job)
        assert faults == []
        flat = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
        assert sentence in flat
        assert "bestek.pdf" in flat
        assert "Ontwerp" not in flat
    draft = meeting(date(2026, 7, 1))
    on_agenda(draft)
    text, _faults = pdf_of(services.make_agenda(meeting=draft, by=team()))
    assert "Nog niet afgesloten" in text


# --- Pages, work and reminders -------------------------------------------------------------------


def staff(*roles: StaffRole) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=list(roles)))
    return client


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@travel(NOON, tick=False)
def test_a_meeting_by_hand() -> None:
    one, two = request_with_document(), request_with_document()
    clerk, helper = staff(StaffRole.COMMITTEE_SECRETARY), staff(StaffRole.TEAM_MEMBER)
    new = "/beheer/beslissingscomite/nieuw/"
    assert "Schrijf waar" in clerk.post(new, {"day": "2026-06-17"}).content.decode()
    assert helper.get(new).status_code == 403
    assert clerk.post(new, {"day": "2026-06-17", "is_online": "on"}).status_code == 302
    where = CommitteeMeeting.objects.get()
    url = where.get_absolute_url()
    for asked in (one, two):
        assert helper.post(url, {"request": asked.pk}).status_code == 302
    assert (
        "Kies een aanvraag uit de lijst" in helper.post(url, {"request": "999999"}).content.decode()
    )
    first, second = where.items.all()
    helper.post(f"{url}punten/{second.pk}/verplaatsen/", {"richting": "omhoog"})
    assert [item.request for item in where.items.all()] == [two, one]
    assert "verwijderd" not in page(helper, url)
    assert helper.post(f"{url}punten/{first.pk}/verwijderen/").status_code == 302
    assert "staat niet meer op de agenda" in page(helper, url)
    assert clerk.post(f"{url}afsluiten/").status_code == 302
    shown = page(clerk, url)
    assert "Opdrachtdocument" in shown
    assert "Aanvraagfiche" in shown
    decide = f"{url}punten/{second.pk}/beslissing/"
    form = clerk.post(decide, {"decision": "other", "granted_amount": ""}).content.decode()
    assert "Vul het toegekende bedrag in." in form
    answer = clerk.post(
        decide, {"decision": "other", "granted_amount": "250.000", "grounds": "Kleiner bestek"}
    )
    assert answer.status_code == 302
    assert "€ 250.000,00" in page(clerk, url)
    assert clerk.post(f"{url}afronden/").status_code == 302
    assert "Gehouden" in page(clerk, "/beheer/beslissingscomite/")
    assert "Beslist op" in page(clerk, f"/beheer/cofinanciering/{two.pk}/")


def test_the_page_of_a_meeting_does_not_ask_more_for_more_requests() -> None:
    where = meeting()
    client = staff(StaffRole.TEAM_MEMBER)
    for _each in range(3):
        on_agenda(where)
    client.get(where.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(where.get_absolute_url())
    for _each in range(12):
        on_agenda(where)
    with CaptureQueriesContext(connection) as many:
        client.get(where.get_absolute_url())
    assert len(many) == len(few)


@travel(NOON, tick=False)
def test_what_waits_for_the_secretary() -> None:
    by = secretary()
    where = meeting()
    item = on_agenda(where)
    assert [one.label for one in work_for(by)] == ["Agenda afsluiten"]
    services.close_agenda(meeting=where, by=by)
    assert [one.label for one in work_for(by)] == ["Beslissing noteren"]
    services.decide_item(item=item, outcome="granted", by=by)
    assert {one.label for one in work_for(by)} == {"Vergadering afronden", "Beslissing meedelen"}


def test_the_team_is_reminded_of_the_dossiers_until_the_agenda_is_closed() -> None:
    person = team()
    where = meeting()
    [subject] = meetings_to_prepare(timezone.now())
    assert (subject.obj, list(subject.recipients)) == (where, [person])
    assert subject.deadline.date() == where.dossier_deadline + timedelta(days=1)
    assert dossiers_still_open(where, person) is True
    mail = render_mail(
        "funding/mail/committee_dossiers.md",
        {"greeting": "Beste,", **dossiers_context(where, person, subject.deadline)},
    )
    assert "27 mei 2026" in mail.text
    on_agenda(where)
    assert dossiers_still_open(services.close_agenda(meeting=where, by=secretary()), person) == (
        "De agenda is afgesloten."
    )
    assert list(meetings_to_prepare(timezone.now())) == []
    off = services.cancel_committee(meeting=where, reason="Verhinderd", by=secretary())
    assert dossiers_still_open(off, programme_manager()) == "De vergadering gaat niet door."
