"""Setting a call up in /beheer/, as a person does it: pages, forms, confirmations."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import StaffRole
from calls.lifecycle import CallState
from calls.models import Call
from calls.services import create_call
from calls.setup import open_items
from documents.models import Job
from documents.services import run_job
from tests.accounts.factories import UserFactory
from tests.calls.factories import BareCallFactory, CallFactory, explain_the_rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(client: Client) -> object:
    user = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    client.force_login(user)
    return user


@pytest.fixture
def draft(team):
    return create_call(reference="PIO-2027-1", title="Oproep", by=team)


def page_of(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"calls:{name}", args=args)).content.decode()


def test_a_call_is_made_and_published_through_its_pages(client, team):
    made = client.post(reverse("calls:new"), {"reference": "PIO-2027-1", "title": "Voorjaar"})
    call = Call.objects.get(reference="PIO-2027-1")
    assert made.headers["Location"] == reverse("calls:staff_detail", args=[call.slug])

    form = client.get(reverse("calls:edit_texts", args=[call.slug])).context["form"]
    texts = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    changed = client.post(
        reverse("calls:edit_texts", args=[call.slug]), {**texts, "summary": "Dien nu in."}
    )
    assert changed.status_code == 302
    last_day = timezone.localdate() + timedelta(days=30)
    client.post(
        reverse("calls:part_add", args=[call.slug, "rondes"]),
        {"opens_at": "2026-01-04T09:00", "last_day": last_day.isoformat()},
    )
    for item in open_items(call):
        client.post(
            reverse("calls:explain", args=[call.slug, item.key]),
            {"explanation": "Deze oproep is een proef."},
        )
    publish = reverse("calls:step", args=[call.slug, "publish"])
    assert "Iedereen ziet de oproep." in client.get(publish).content.decode()
    assert Call.objects.get(pk=call.pk).state == CallState.CONCEPT  # a GET only tells
    client.post(publish)

    call.refresh_from_db()
    assert (call.state, call.summary, call.overall_threshold) == (
        CallState.PUBLISHED,
        "Dien nu in.",
        50,
    )
    assert call.open_round is not None


def test_the_confirmation_lists_what_is_missing_instead_of_a_button(client, draft):
    page = client.get(reverse("calls:step", args=[draft.slug, "publish"]))

    assert page.context["refusals"] == draft.what_is_missing()
    assert "Schrijf een samenvatting." in page.content.decode()
    assert client.post(reverse("calls:step", args=[draft.slug, "publish"])).status_code == 200
    draft.refresh_from_db()
    assert draft.state == CallState.CONCEPT


def test_a_used_reference_is_told_beside_its_field(client, draft):
    page = client.post(reverse("calls:new"), {"reference": draft.reference, "title": "Nog een"})

    assert page.context["form"].errors["reference"] == ["Er is al een oproep met dit kenmerk."]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("rondes", {"opens_at": "2027-01-04T09:00", "last_day": "2027-03-01"}),
        ("mijlpalen", {"label": "Infosessie", "at": "2027-01-20T13:30"}),
        ("criteria", {"title": "Draagvlak", "weight": "12,5", "threshold": "50"}),
        ("cofinanciering", {"phase": "voortraject", "percentage": "50", "ceiling": "30.000"}),
        ("delen", {"code": "M", "title": "Varia", "kind": "questions"}),
    ],
)
def test_each_kind_of_part_is_added_changed_and_removed(client, draft, kind, data):
    draft.cofinancing_rules.all().delete()
    parts = {
        "rondes": draft.rounds,
        "mijlpalen": draft.milestones,
        "criteria": draft.criteria,
        "cofinanciering": draft.cofinancing_rules,
        "delen": draft.sections,
    }[kind]
    before = parts.count()

    added = client.post(reverse("calls:part_add", args=[draft.slug, kind]), data)
    assert added.status_code == 302, added.context["form"].errors
    part = parts.order_by("-pk").first()
    address = [draft.slug, kind, part.pk]
    assert client.get(reverse("calls:part_edit", args=address)).status_code == 200
    assert client.post(reverse("calls:part_edit", args=address), data).status_code == 302
    assert parts.count() == before + 1
    assert "Dit kan niet ongedaan" in page_of(client, "part_delete", *address)
    client.post(reverse("calls:part_delete", args=address))
    assert parts.count() == before


def test_a_question_is_added_to_the_section_it_was_asked_for_and_moved(client, draft):
    section = draft.sections.get(code="F")
    address = reverse("calls:part_add", args=[draft.slug, "vragen"])
    assert client.get(address, {"deel": section.pk}).context["form"]["section"].value() == str(
        section.pk
    )
    client.post(
        address,
        {
            "section": section.pk,
            "label": "Wie denkt mee?",
            "type": "table",
            "required_from": "submission",
            "columns": "Naam\nDatum | datum",
        },
    )
    question = section.questions.get(key="wie_denkt_mee")
    assert question.columns == [
        {"key": "naam", "label": "Naam", "type": "text"},
        {"key": "datum", "label": "Datum", "type": "date"},
    ]

    client.post(
        reverse("calls:part_move", args=[draft.slug, "vragen", question.pk]), {"richting": "op"}
    )
    keys = section.questions.order_by("position").values_list("key", flat=True)
    assert list(keys) == ["soort_innovatie", "wie_denkt_mee", "onzekerheid"]
    assert "Wie denkt mee?" in page_of(client, "form_builder", draft.slug)


def test_a_published_call_sends_back_with_the_reason(client, team):
    call = CallFactory()
    criterion = call.criteria.first()
    for address in (
        reverse("calls:edit_texts", args=[call.slug]),
        reverse("calls:part_add", args=[call.slug, "criteria"]),
        reverse("calls:part_edit", args=[call.slug, "criteria", criterion.pk]),
        reverse("calls:part_delete", args=[call.slug, "criteria", criterion.pk]),
    ):
        answer = client.post(address, {"title": "Anders"}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("calls:staff_detail", args=[call.slug])
        assert "niet meer in opmaak" in answer.content.decode()
    criterion.refresh_from_db()
    assert criterion.title == "Past bij het programma"


def test_staff_who_set_up_no_calls_look_but_find_no_buttons(client, draft):
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))

    page = page_of(client, "staff_detail", draft.slug)
    assert "Teksten wijzigen" not in page
    assert "Publiceren" not in page.replace("publiceren?", "")
    assert client.get(reverse("calls:new")).status_code == 403
    assert client.get(reverse("calls:edit_texts", args=[draft.slug])).status_code == 403
    assert client.post(reverse("calls:step", args=[draft.slug, "withdraw"])).status_code == 403


def test_the_blank_form_is_public_as_a_pdf_once_it_is_made(client, team, draft):
    from calls.services import publish_call, update_call

    update_call(call=draft, by=team, summary="Dien in.")
    now = timezone.now()
    draft.rounds.create(number=1, opens_at=now, closes_at=now + timedelta(days=30))
    explain_the_rest(draft, team)
    publish_call(call=draft, by=team)
    client.logout()
    pdf = reverse("calls:blank_form_pdf", args=[draft.slug])
    assert client.get(pdf).status_code == 404
    assert pdf not in page_of(client, "detail", draft.slug)

    run_job(job_id=Job.objects.about(draft).get().pk)

    answer = client.get(pdf)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert 'filename="leeg-formulier-pio-2027-1.pdf"' in answer.headers["Content-Disposition"]
    assert pdf in page_of(client, "detail", draft.slug)
    Call.objects.filter(pk=draft.pk).update(state=CallState.WITHDRAWN)
    assert client.get(pdf).status_code == 404


def test_the_number_of_queries_of_the_staff_list_does_not_grow(client, team):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("calls:staff_list")).status_code == 200
        return len(queries)

    for _ in range(3):
        CallFactory(content=False)
    few = count()
    Call.objects.bulk_create(BareCallFactory.build_batch(297))
    assert count() == few
