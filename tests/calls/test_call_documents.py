"""Documents with a call: what staff put there, and who may download them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEvent
from calls import services
from calls.lifecycle import CallState
from calls.models import Call
from calls.services.documents import MAX_DOCUMENTS
from calls.setup import open_items
from documents.models import StoredFile
from tests.accounts.factories import UserFactory
from tests.calls.factories import PDF, CallDocumentFactory, CallFactory
from tests.documents.factories import pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(client):
    user = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    client.force_login(user)
    return user


@pytest.fixture
def call():
    return CallFactory(state=CallState.CONCEPT)


def upload(name="Handleiding.pdf", content=None):
    return SimpleUploadedFile(name, pdf_bytes() if content is None else content)


def titles(call):
    return list(call.documents.values_list("title", flat=True))


# --- Services -------------------------------------------------------------------------------------


def test_documents_stand_in_the_order_in_which_they_came_and_move(call, team):
    for title in ("Een", "Twee", "Drie"):
        services.add_document(call=call, title=f" {title} ", uploaded=upload(), by=team)
    assert titles(call) == ["Een", "Twee", "Drie"]

    services.move_document(document=call.documents.get(title="Drie"), by=team, up=True)
    assert titles(call) == ["Een", "Drie", "Twee"]
    services.move_document(document=call.documents.get(title="Een"), by=team, up=True)
    services.move_document(document=call.documents.get(title="Twee"), by=team, up=False)
    assert titles(call) == ["Een", "Drie", "Twee"]
    services.rename_document(document=call.documents.get(title="Drie"), title="Model", by=team)
    services.remove_document(document=call.documents.get(title="Een"), by=team)
    assert titles(call) == ["Model", "Twee"]
    acts = AuditEvent.objects.about(call).filter(action__startswith="call.document")
    assert sorted(set(acts.values_list("action", flat=True))) == [
        "call.document_added",
        "call.document_moved",
        "call.document_removed",
        "call.document_renamed",
    ]


def test_the_first_document_ticks_the_step_off(call, team):
    call.setup_explanations.filter(item="documenten").delete()
    assert "documenten" in {item.key for item in open_items(call)}
    services.add_document(call=call, title="Handleiding", uploaded=upload(), by=team)
    assert "documenten" not in {item.key for item in open_items(Call.objects.get(pk=call.pk))}


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("virus.exe", b"MZ"), "Dit soort bestand kan niet."),
        (("virus.pdf", b"MZ"), "past niet bij de extensie"),
        (("leeg.pdf", b""), "Dit bestand is leeg."),
    ],
)
def test_a_file_that_is_not_right_is_refused_beside_its_field_and_not_kept(
    call, team, file, sentence
):
    with pytest.raises(ValidationError) as refused:
        services.add_document(call=call, title="Handleiding", uploaded=upload(*file), by=team)
    assert sentence in refused.value.message_dict["file"][0]
    assert not StoredFile.objects.exists()


def test_no_title_and_one_too_many_are_refused_before_anything_is_kept(call, team):
    with pytest.raises(ValidationError) as refused:
        services.add_document(call=call, title="  ", uploaded=upload(), by=team)
    assert list(refused.value.message_dict) == ["title"]
    stored = CallDocumentFactory(call=call).file
    for _number in range(MAX_DOCUMENTS - 1):
        CallDocumentFactory(call=call, file=stored)
    with pytest.raises(ValidationError) as refused:
        services.add_document(call=call, title="Te veel", uploaded=upload(), by=team)
    assert refused.value.message_dict["file"] == [
        "Er zijn al 30 documenten. Verwijder er eerst een."
    ]
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("state", [CallState.ARCHIVED, CallState.WITHDRAWN])
def test_a_call_that_is_over_keeps_its_documents(team, state):
    document = CallDocumentFactory(call=CallFactory(state=state))
    for act in (
        lambda: services.add_document(call=document.call, title="x", uploaded=upload(), by=team),
        lambda: services.rename_document(document=document, title="x", by=team),
        lambda: services.move_document(document=document, by=team, up=True),
        lambda: services.remove_document(document=document, by=team),
    ):
        with pytest.raises(ValidationError, match="liggen vast"):
            act()


def test_documents_are_added_to_a_published_call_but_not_by_others():
    document = CallDocumentFactory(call=CallFactory())
    services.add_document(
        call=document.call,
        title="Slides van de infosessie",
        uploaded=upload(),
        by=UserFactory(roles=[StaffRole.PROGRAMME_MANAGER]),
    )
    assert document.call.documents.count() == 2
    adviser = UserFactory(roles=[StaffRole.ADVISER])
    with pytest.raises(PermissionDenied):
        services.remove_document(document=document, by=adviser)
    with pytest.raises(PermissionDenied):
        services.add_document(call=document.call, title="x", uploaded=upload(), by=adviser)


# --- Pages ----------------------------------------------------------------------------------------


def test_staff_add_rename_move_and_remove_through_the_pages(client, team, call):
    add = reverse("calls:document_add", args=[call.slug])
    wrong = client.post(add, {"title": "Handleiding", "file": upload("plan.exe", b"MZ")})
    assert list(wrong.context["form"].errors) == ["file"]
    assert wrong.context["form"]["title"].value() == "Handleiding"
    assert client.post(add, {"title": "Zonder"}).context["form"].errors["file"] == [
        "Kies een bestand."
    ]
    client.post(add, {"title": "Handleiding", "file": upload()})
    client.post(add, {"title": "Model", "file": upload()})
    first = call.documents.first()
    address = [call.slug, first.pk]

    client.post(reverse("calls:document_move", args=address), {"richting": "neer"})
    assert titles(call) == ["Model", "Handleiding"]
    client.post(reverse("calls:document_edit", args=address), {"title": "Gids"})
    assert titles(call) == ["Model", "Gids"]
    asked = client.get(reverse("calls:document_remove", args=address)).content.decode()
    assert "Niemand kan dit bestand daarna nog" in asked
    client.post(reverse("calls:document_remove", args=address))
    assert titles(call) == ["Model"]
    assert client.get(reverse("calls:document_edit", args=address)).status_code == 404


def test_a_document_of_another_call_is_not_found_at_this_one(client, team, call):
    foreign = CallDocumentFactory()
    for name in ("document", "document_edit", "document_remove"):
        assert client.get(reverse(f"calls:{name}", args=[call.slug, foreign.pk])).status_code == 404


def test_everybody_downloads_what_stands_with_a_published_call(client):
    document = CallDocumentFactory(call=CallFactory(), title="Handleiding")
    address = reverse("calls:document", args=[document.call.slug, document.pk])
    shown = client.get(reverse("calls:detail", args=[document.call.slug])).content.decode()
    assert f'href="{address}"' in shown

    answer = client.get(address)

    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="handleiding.pdf"'


@pytest.mark.parametrize("state", [CallState.CONCEPT, CallState.WITHDRAWN])
def test_outsiders_find_nothing_of_a_call_that_is_not_public(client, state):
    document = CallDocumentFactory(call=CallFactory(state=state))
    address = reverse("calls:document", args=[document.call.slug, document.pk])

    assert client.get(address).status_code == 404
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(UserFactory(roles=[StaffRole.ADVISER]))
    assert b"".join(client.get(address).streaming_content) == PDF
