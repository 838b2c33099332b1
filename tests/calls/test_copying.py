"""A new call as a copy of an earlier one."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls import services
from calls.models import (
    Call,
    CallDocument,
    FormQuestion,
    FormSection,
    FormVersion,
    Milestone,
    QuestionType,
    SelfTestQuestion,
)
from calls.services import create_call
from common import clock
from documents.models import StoredFile
from tests.accounts.factories import UserFactory
from tests.calls.factories import CallDocumentFactory, CallFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return UserFactory(roles=[StaffRole.TEAM_MEMBER])


@pytest.fixture
def earlier(team):
    """A published call with something of everything."""
    call = CallFactory(
        title="Voorjaar",
        title_en="Spring",
        summary_en="In spring.",
        description="Toelichting.",
        eligible_types=["municipality"],
        effort_hours=12,
        correction_days=7,
        overall_threshold=Decimal("62.50"),
        vat_is_eligible=False,
        decision_role=StaffRole.PROGRAMME_MANAGER,
    )
    section = call.sections.get(code="D")
    asks = FormQuestion.objects.create(
        section=section, key="partners", label="Partners?", type=QuestionType.YES_NO, position=3
    )
    FormQuestion.objects.create(
        section=call.sections.get(code="K"),
        key="welke",
        label="Welke?",
        type=QuestionType.TABLE,
        columns=[{"key": "naam", "label": "Naam", "type": "text"}],
        visible_if=asks,
        visible_if_value="ja",
        position=2,
    )
    call.reminder_moments.create(days=10)
    call.reminder_moments.create(hours=5)
    SelfTestQuestion.objects.create(call=call, question="Openbaar?", reason="Alleen besturen.")
    Milestone.objects.create(call=call, label="Infosessie", at=clock.now())
    call.setup_explanations.create(item="engels", explanation="Nee.", written_by=team)
    return call


def form_of(call):
    return [
        (
            question.section.code,
            question.key,
            question.label,
            question.type,
            question.required_from,
            question.max_length,
            question.columns,
            question.position,
            question.visible_if.key if question.visible_if else None,
            question.visible_if_value,
        )
        for question in FormQuestion.objects.filter(section__call=call)
        .select_related("section", "visible_if")
        .order_by("section__position", "position", "pk")
    ]


def test_texts_settings_and_parts_come_along(earlier, team):
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)

    copy.refresh_from_db()
    assert (copy.title, copy.title_en, copy.slug, copy.state) == (
        "Najaar",
        "",
        "pio-2027-1",
        "concept",
    )
    for name in set(services.CALL_TEXTS) - {"title", "title_en"}:
        assert getattr(copy, name) == getattr(earlier, name), name
    assert form_of(copy) == form_of(earlier)
    assert list(copy.sections.values_list("code", "title", "kind", "position")) == list(
        earlier.sections.values_list("code", "title", "kind", "position")
    )
    for name, columns in {
        "criteria": ["title", "weight", "threshold", "position"],
        "cofinancing_rules": ["phase", "rate", "ceiling", "floor", "ceiling_is_indicative"],
        "reminder_moments": ["days", "hours"],
        "self_test_questions": ["question", "reason", "good_answer", "weight"],
    }.items():
        mine = list(getattr(copy, name).values_list(*columns))
        assert mine == list(getattr(earlier, name).values_list(*columns))
        assert mine != []


def test_dates_explanations_and_numbers_do_not(earlier, team):
    Call.objects.filter(pk=earlier.pk).update(last_proposal_number=7)
    earlier.refresh_from_db()
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)

    assert not copy.rounds.exists()
    assert not copy.milestones.exists()
    assert not copy.setup_explanations.exists()
    assert copy.last_proposal_number == 0
    assert copy.is_fictional is False


def test_a_condition_points_at_the_copied_question(earlier, team):
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)

    condition = FormQuestion.objects.get(section__call=copy, key="welke").visible_if
    assert condition.section.call == copy
    assert condition.key == "partners"


def test_nothing_of_the_copy_hangs_on_the_earlier_call(earlier, team):
    before = form_of(earlier)
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)
    question = FormQuestion.objects.get(section__call=copy, key="welke")
    question.columns[0]["label"] = "Anders"
    question.save()
    services.delete_part(part=question, by=team)  # it depends on one of section D
    services.delete_part(part=copy.sections.get(code="D"), by=team)

    assert form_of(earlier) == before


def test_a_change_of_the_form_in_the_making_is_no_part_of_it(earlier, team):
    change = FormVersion.objects.create(call=earlier, number=2, created_by=team)
    section = FormSection.objects.create(change=change, code="Z", title="Straks", position=99)
    FormQuestion.objects.create(
        section=section, key="straks", label="Straks?", type=QuestionType.YES_NO, position=1
    )
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)

    assert "".join(copy.sections.values_list("code", flat=True)) == "ACDJKL"


def test_documents_come_along_with_the_same_file(earlier, team):
    CallDocumentFactory(call=earlier, title="Handleiding", position=2)
    CallDocumentFactory(call=earlier, title="Model", position=1)
    files = StoredFile.objects.count()
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)

    assert list(copy.documents.values_list("title", "file", "added_by")) == [
        (document.title, document.file_id, team.pk) for document in earlier.documents.all()
    ]
    assert StoredFile.objects.count() == files
    services.remove_document(document=earlier.documents.first(), by=team)
    assert CallDocument.objects.filter(call=copy).count() == 2


def test_the_record_says_what_it_is_a_copy_of(earlier, team):
    copy = create_call(reference="PIO-2027-1", title="Najaar", by=team, copy_of=earlier)

    event = AuditEvent.objects.about(copy).get()
    assert (event.comment, event.data) == (f"Kopie van {earlier}", {"copy_of": earlier.pk})


def test_the_page_offers_the_template_and_calls_with_a_form(client, earlier, team):
    empty = CallFactory(content=False)
    client.force_login(team)
    form = client.get(reverse("calls:new"), {"kopie": earlier.pk}).context["form"]

    offered = [label for _value, label in form.fields["copy_of"].choices]
    assert offered == ["Het standaardsjabloon", str(earlier)]
    assert form["copy_of"].value() == str(earlier.pk)

    refused = client.post(
        reverse("calls:new"), {"reference": "PIO-2027-1", "title": "X", "copy_of": empty.pk}
    )
    assert list(refused.context["form"].errors) == ["copy_of"]
    client.post(
        reverse("calls:new"), {"reference": "PIO-2027-1", "title": "X", "copy_of": earlier.pk}
    )
    client.post(reverse("calls:new"), {"reference": "PIO-2027-2", "title": "Y", "copy_of": ""})
    codes = {
        call.reference: "".join(call.sections.values_list("code", flat=True))
        for call in Call.objects.filter(reference__startswith="PIO-2027")
    }
    assert codes == {"PIO-2027-1": "ACDJKL", "PIO-2027-2": "ACDEFGHIJKL"}
