"""The guide of the set-up: what is done, what is explained, and when a call may open."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls import services
from calls.lifecycle import CallState
from calls.models import Call, CallDocument, Criterion, Milestone, ReminderMoment, SelfTestQuestion
from calls.services import create_call
from calls.setup import STEPS, open_items, state_of
from common import clock
from common.moments import end_of_day, local_day
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallDocumentFactory, CallFactory, explain_the_rest

pytestmark = pytest.mark.django_db

REQUIRED = ["samenvatting", "deelnemers", "ronde", "formulier", "criteria", "cofinanciering"]


@pytest.fixture
def team(client):
    user = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    client.force_login(user)
    return user


@pytest.fixture
def draft(team):
    return create_call(reference="PIO-2027-1", title="Oproep", by=team)


def open_keys(call):
    return {item.key for item in open_items(Call.objects.get(pk=call.pk))}


def with_round(call):
    now = clock.now()
    call.rounds.create(number=1, opens_at=now, closes_at=now + timedelta(days=30))


# --- The table ------------------------------------------------------------------------------------


def test_every_step_has_a_template_and_every_item_a_key_of_its_own():
    from django.template.loader import get_template

    keys = [item.key for step in STEPS for item in step.items]
    assert len(set(keys)) == len(keys)
    for step in STEPS:
        get_template(step.template)


def test_what_cannot_be_left_out():
    required = [item.key for step in STEPS for item in step.items if item.is_required]
    assert required == [*REQUIRED, "contact"]


def test_an_empty_call_has_everything_to_do():
    call = Call.objects.create(reference="X", slug="x", title="Leeg")
    assert open_keys(call) == {
        item.key for step in STEPS for item in step.items if item.key != "leidraad"
    }


@pytest.mark.parametrize(
    ("key", "do"),
    [
        ("samenvatting", lambda call: setattr(call, "summary", "Dien in.")),
        ("toelichting", lambda call: setattr(call, "description", "Omdat.")),
        ("engels", lambda call: (setattr(call, "title_en", "A"), setattr(call, "summary_en", "B"))),
        ("inspanning", lambda call: setattr(call, "effort_hours", 8)),
        ("ronde", with_round),
        (
            "mijlpalen",
            lambda call: Milestone.objects.create(call=call, label="Infosessie", at=clock.now()),
        ),
        ("documenten", lambda call: CallDocumentFactory(call=call)),
    ],
)
def test_doing_it_ticks_it_off_and_nothing_else(draft, key, do):
    before = open_keys(draft)
    assert key in before
    do(draft)
    draft.save()
    assert open_keys(draft) == before - {key}


def test_a_round_that_has_closed_is_not_enough(draft):
    now = clock.now()
    draft.rounds.create(
        number=1, opens_at=now - timedelta(days=9), closes_at=now - timedelta(seconds=1)
    )
    assert "ronde" in open_keys(draft)


def test_an_english_title_alone_is_no_translation(draft):
    services.update_call(call=draft, by=UserFactory(roles=[StaffRole.TEAM_MEMBER]), title_en="A")
    assert "engels" in open_keys(draft)


def test_the_weights_of_the_criteria_are_100_together(draft):
    Criterion.objects.filter(call=draft).first().delete()
    assert "criteria" in open_keys(draft)


# --- Explaining -----------------------------------------------------------------------------------


def test_an_explanation_ticks_off_and_its_removal_opens_again(draft, team):
    services.explain_item(call=draft, item="engels", explanation=" Alleen Nederlands. ", by=team)

    explained = draft.setup_explanations.get()
    assert (explained.explanation, explained.written_by) == ("Alleen Nederlands.", team)
    assert "engels" not in open_keys(draft)
    assert AuditEvent.objects.about(draft).first().action == "call.setup_explained"

    services.explain_item(call=draft, item="engels", explanation="Toch niet.", by=team)
    assert draft.setup_explanations.get().explanation == "Toch niet."

    services.remove_explanation(call=draft, item="engels", by=team)
    services.remove_explanation(call=draft, item="engels", by=team)
    assert "engels" in open_keys(draft)
    removals = AuditEvent.objects.about(draft).filter(action="call.setup_explanation_removed")
    assert removals.count() == 1


@pytest.mark.parametrize("item", [*REQUIRED, "contact", "bestaat-niet"])
def test_what_every_call_needs_cannot_be_explained_away(draft, team, item):
    with pytest.raises(ValidationError, match="Een uitleg volstaat niet"):
        services.explain_item(call=draft, item=item, explanation="Geen zin.", by=team)
    assert not draft.setup_explanations.exists()


def test_an_explanation_in_the_table_does_not_count_for_what_every_call_needs(draft, team):
    draft.setup_explanations.create(item="samenvatting", explanation="Geen.", written_by=team)
    assert "samenvatting" in open_keys(draft)


def test_an_empty_explanation_is_refused(draft, team):
    with pytest.raises(ValidationError) as refused:
        services.explain_item(call=draft, item="engels", explanation="  ", by=team)
    assert list(refused.value.message_dict) == ["explanation"]


def test_others_explain_nothing_and_a_published_call_is_fixed(draft, team):
    adviser = UserFactory(roles=[StaffRole.ADVISER])
    published = CallFactory()
    for act in (
        lambda call, by: services.explain_item(call=call, item="engels", explanation="x", by=by),
        lambda call, by: services.remove_explanation(call=call, item="engels", by=by),
        lambda call, by: services.save_criteria(call=call, criteria=[], by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(draft, adviser)
        with pytest.raises(ValidationError, match="niet meer in opmaak"):
            act(published, team)


# --- Opening --------------------------------------------------------------------------------------


def test_a_call_opens_only_when_each_item_is_done_or_explained(draft, team):
    services.update_call(call=draft, by=team, summary="Dien in.")
    with_round(draft)
    explain_the_rest(draft, team)
    services.remove_explanation(call=draft, item="documenten", by=team)

    with pytest.raises(ValidationError) as refused:
        services.publish_call(call=draft, by=team)
    assert refused.value.messages == ["Voeg documenten toe voor wie wil indienen."]

    explain_the_rest(draft, team)
    services.publish_call(call=draft, by=team)
    draft.refresh_from_db()
    assert draft.state == CallState.PUBLISHED


def test_the_guard_looks_at_the_call_as_it_is_and_not_as_a_page_read_it(draft, team):
    services.update_call(call=draft, by=team, summary="Dien in.")
    with_round(draft)
    explain_the_rest(draft, team)
    stale = Call.objects.prefetch_related("rounds", "setup_explanations").get(pk=draft.pk)
    assert stale.what_is_missing() == []
    draft.rounds.all().delete()

    with pytest.raises(ValidationError, match="indienronde"):
        services.publish_call(call=stale, by=team)


# --- The page -------------------------------------------------------------------------------------


def page(client, call):
    return client.get(reverse("calls:staff_detail", args=[call.slug]))


def test_the_guide_shows_the_steps_in_order_with_what_is_to_do(client, draft):
    shown = page(client, draft)

    assert [state.step.key for state in shown.context["setup_steps"]] == [
        "teksten",
        "deelnemers",
        "rondes",
        "formulier",
        "criteria",
        "cofinanciering",
        "documenten",
        "contact",
        "herinneringen",
        "zelftest",
    ]
    text = shown.content.decode()
    positions = [text.index(f'id="{state.step.key}"') for state in shown.context["setup_steps"]]
    assert positions == sorted(positions)
    assert reverse("calls:explain", args=[draft.slug, "engels"]) in text
    assert reverse("calls:explain", args=[draft.slug, "samenvatting"]) not in text
    assert "Klaar om te openen</p>" not in text


def test_ready_to_open_is_said_only_when_all_is_ticked(client, draft, team):
    services.update_call(call=draft, by=team, summary="Dien in.")
    with_round(draft)
    explain_the_rest(draft, team)

    shown = page(client, draft)

    assert shown.context["ready_count"] == shown.context["item_count"]
    assert "Klaar om te openen</p>" in shown.content.decode()
    assert "Niet nodig in deze test." in shown.content.decode()


def test_an_item_is_explained_and_opened_again_through_the_pages(client, draft):
    address = reverse("calls:explain", args=[draft.slug, "engels"])
    empty = client.post(address, {"explanation": ""})
    assert empty.context["form"].errors["explanation"] == ["Schrijf waarom dit niet nodig is."]

    done = client.post(address, {"explanation": "Alleen Nederlands."})
    assert done.headers["Location"].endswith("#teksten")
    assert "Alleen Nederlands." in page(client, draft).content.decode()
    assert client.get(address).context["form"]["explanation"].value() == "Alleen Nederlands."
    client.post(reverse("calls:unexplain", args=[draft.slug, "engels"]))
    assert not draft.setup_explanations.exists()

    required = reverse("calls:explain", args=[draft.slug, "samenvatting"])
    assert client.get(required).status_code == 404
    assert client.post(reverse("calls:unexplain", args=[draft.slug, "iets"])).status_code == 404


def test_who_may_not_set_up_calls_reads_the_guide_without_its_buttons(client, draft):
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))
    text = page(client, draft).content.decode()

    for name, args in [
        ("calls:explain", ["engels"]),
        ("calls:edit_settings", ["contact"]),
        ("calls:edit_criteria", []),
        ("calls:document_add", []),
    ]:
        address = reverse(name, args=[draft.slug, *args])
        assert address not in text
        assert client.get(address).status_code == 403
        assert client.post(address, {"explanation": "x"}).status_code == 403


def test_settings_are_changed_step_by_step(client, draft):
    def post(part, data):
        return client.post(reverse("calls:edit_settings", args=[draft.slug, part]), data)

    assert (
        post("deelnemers", {"eligibility": "Steden.", "eligible_types": ["municipality", "ocmw"]})
        .headers["Location"]
        .endswith("#deelnemers")
    )
    post("contact", {"contact_email": "pio@voorbeeld.test"})
    post(
        "beoordeling",
        {
            "overall_threshold": "62,5",
            "decision_role": "programme_manager",
            "correction_days": "5",
            "reader_count": "1",
            "score_step": "0.5",
            "motivation_length": "1",
            "motivation_length_below": "100",
            "consensus_rule": "none",
            "divergence_limit": "20",
        },
    )
    post("btw", {})
    draft.refresh_from_db()
    assert draft.eligible_labels == ["Stad of gemeente", "OCMW"]
    assert (draft.contact_email, draft.overall_threshold, draft.correction_days) == (
        "pio@voorbeeld.test",
        Decimal("62.5"),
        5,
    )
    assert draft.vat_is_eligible is False
    assert list(post("contact", {"contact_email": "pio"}).context["form"].errors) == [
        "contact_email"
    ]
    assert list(post("deelnemers", {"eligible_types": ["klooster"]}).context["form"].errors) == [
        "eligible_types"
    ]
    assert post("iets", {}).status_code == 404


def test_an_adviser_never_decides_on_a_call(client, draft, team):
    url = reverse("calls:edit_settings", args=[draft.slug, "beoordeling"])
    field = client.get(url).context["form"]["decision_role"].field
    offered = [role for role, _label in field.widget.choices]
    assert offered == [role for role in StaffRole if role != StaffRole.ADVISER]
    sentence = "Een adviseur beslist niet over wat adviseurs beoordelen. Kies een andere rol."
    assert client.post(url, {"decision_role": StaffRole.ADVISER}).context["form"].errors[
        "decision_role"
    ] == [sentence]
    with pytest.raises(ValidationError) as refused:
        services.update_call(call=draft, by=team, decision_role=StaffRole.ADVISER)
    assert refused.value.message_dict["decision_role"] == [sentence]
    with pytest.raises(IntegrityError, match="calls_adviser_does_not_decide"), transaction.atomic():
        Call.objects.update(decision_role=StaffRole.ADVISER)


def test_a_kind_of_organisation_that_does_not_exist_is_refused(draft, team):
    with pytest.raises(ValidationError) as refused:
        services.update_call(call=draft, by=team, eligible_types=["klooster"])
    assert list(refused.value.message_dict) == ["eligible_types"]


# --- Criteria side by side ------------------------------------------------------------------------


def criteria_data(call, **changes):
    data = {"criterium-TOTAL_FORMS": "3", "criterium-INITIAL_FORMS": "3"}
    for number, criterion in enumerate(call.criteria.order_by("position", "pk")):
        data |= {
            f"criterium-{number}-id": criterion.pk,
            f"criterium-{number}-title": criterion.title,
            f"criterium-{number}-guidance_applicant": "Voor u",
            f"criterium-{number}-guidance_evaluator": "Voor ons",
            f"criterium-{number}-weight": str(criterion.weight).replace(".", ","),
            f"criterium-{number}-threshold": "50",
        }
    return data | changes


def test_all_criteria_are_changed_on_one_page(client, draft):
    address = reverse("calls:edit_criteria", args=[draft.slug])
    assert client.get(address).context["total"] == 100

    answer = client.post(address, criteria_data(draft), follow=True)

    assert answer.redirect_chain[-1][0].endswith("#criteria")
    assert (
        list(draft.criteria.values_list("guidance_applicant", "guidance_evaluator"))
        == [("Voor u", "Voor ons")] * 3
    )


def test_weights_that_do_not_add_up_are_kept_and_named(client, draft):
    address = reverse("calls:edit_criteria", args=[draft.slug])
    answer = client.post(
        address, criteria_data(draft, **{"criterium-0-weight": "7,5"}), follow=True
    )
    assert "87,5" in answer.content.decode()
    assert "criteria" in open_keys(draft)


def test_a_criterion_that_is_not_right_changes_none(client, draft):
    before = list(draft.criteria.values_list("title", "weight"))
    answer = client.post(
        reverse("calls:edit_criteria", args=[draft.slug]),
        criteria_data(draft, **{"criterium-0-title": "Nieuw", "criterium-2-weight": "101"}),
    )
    assert answer.status_code == 200
    assert list(answer.context["formset"].errors[2]) == ["weight"]
    assert list(draft.criteria.values_list("title", "weight")) == before


def test_the_criteria_of_another_call_are_out_of_reach(client, draft, team):
    other = create_call(reference="PIO-2027-2", title="Andere", by=team)
    foreign = other.criteria.first()
    answer = client.post(
        reverse("calls:edit_criteria", args=[draft.slug]),
        criteria_data(draft, **{"criterium-0-id": foreign.pk, "criterium-0-title": "Gekaapt"}),
    )
    assert answer.status_code == 200
    foreign.refresh_from_db()
    assert foreign.title != "Gekaapt"
    assert "bestaat niet meer" in answer.content.decode()
    with pytest.raises(ValidationError, match="bestaat niet meer"):
        services.save_criteria(call=draft, criteria=[foreign], by=team)


# --- Rounds and reminders -------------------------------------------------------------------------


def test_a_round_has_a_grace_in_words(client, draft):
    address = reverse("calls:part_add", args=[draft.slug, "rondes"])
    data = {"opens_at": "2027-01-04T09:00", "last_day": "2027-03-01"}
    too_long = client.post(address, {**data, "grace_minutes": "1441"})
    assert list(too_long.context["form"].errors) == ["grace_minutes"]
    client.post(address, {**data, "grace_minutes": "15"})

    assert draft.rounds.get().grace_minutes == 15
    assert "Tot 15 minuten na de sluiting telt nog mee" in page(client, draft).content.decode()


def test_the_reminder_plan_is_shown_with_the_dates_it_gives(client, draft):
    closing = end_of_day(local_day(clock.now()) + timedelta(days=30))
    draft.rounds.create(number=1, opens_at=clock.now(), closes_at=closing)

    shown = page(client, draft).context["reminders"]

    assert [str(planned.moment) for planned in shown] == [
        "14 dagen vooraf",
        "7 dagen vooraf",
        "2 dagen vooraf",
        "3 uur vooraf",
    ]
    assert [planned.dates for planned in shown][-1] == [closing - timedelta(hours=3)]


def test_reminders_are_added_changed_and_removed(client, draft):
    add = reverse("calls:part_add", args=[draft.slug, "herinneringen"])
    assert client.post(add, {"days": "0", "hours": "0"}).context["form"].non_field_errors() == [
        "Kies minstens één uur of één dag vooraf."
    ]
    assert client.post(add, {"days": "7", "hours": "0"}).status_code == 200  # is there already
    assert list(client.post(add, {"days": "400", "hours": "0"}).context["form"].errors) == ["days"]
    client.post(add, {"days": "1", "hours": "6"})
    moment = draft.reminder_moments.get(days=1)
    assert str(moment) == "1 dag en 6 uur vooraf"

    address = [draft.slug, "herinneringen", moment.pk]
    client.post(reverse("calls:part_edit", args=address), {"days": "1", "hours": "12"})
    moment.refresh_from_db()
    assert moment.hours == 12
    client.post(reverse("calls:part_delete", args=address))
    assert draft.reminder_moments.count() == 4


# --- Queries --------------------------------------------------------------------------------------


def test_the_number_of_queries_of_the_staff_page_does_not_grow(client, draft, team):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert page(client, draft).status_code == 200
        return len(queries)

    def fill(number):
        now = clock.now()
        start = draft.rounds.count()
        for n in range(start, start + number):
            draft.rounds.create(
                number=n + 1, opens_at=now, closes_at=now + timedelta(days=n % 300 + 1)
            )
        Milestone.objects.bulk_create(
            Milestone(call=draft, label=f"Mijlpaal {n}", at=now) for n in range(number)
        )
        Criterion.objects.bulk_create(
            Criterion(call=draft, title=f"Criterium {n}", weight=0) for n in range(number)
        )
        ReminderMoment.objects.bulk_create(
            [ReminderMoment(call=draft, days=20 + start + n) for n in range(number)]
        )
        SelfTestQuestion.objects.bulk_create(
            SelfTestQuestion(call=draft, question="Ja?", reason="Nee.") for n in range(number)
        )
        stored = CallDocumentFactory(call=draft).file
        CallDocument.objects.bulk_create(
            CallDocument(call=draft, title=f"Document {n}", file=stored, added_by=team)
            for n in range(number - 1)
        )

    services.explain_item(call=draft, item="engels", explanation="Niet nodig.", by=team)
    fill(3)
    few = count()
    fill(297)
    assert count() == few
    assert few <= 25
    assert len(state_of(Call.objects.get(pk=draft.pk))) == len(STEPS)
