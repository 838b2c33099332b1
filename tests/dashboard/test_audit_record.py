"""The other lists of the record: changed rows, refusals, readings; and every list as a file."""

import io
from typing import Any

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.roles import StaffRole
from audit.context import acting
from audit.models import Reading
from audit.services import record
from dashboard import audit_views
from evaluations.models import ConflictOfInterest
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.projects.factories import ProposalFactory

pytestmark = pytest.mark.django_db
CHANGES = "/beheer/logboek/wijzigingen/"
REFUSED = "/beheer/logboek/geweigerd/"
READ = "/beheer/logboek/inzages/"


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(UserFactory(roles=[StaffRole.AUDITOR]))
    return client


def page_of(client: Client, url: str, **filters: Any) -> str:
    response = client.get(url, filters)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def export(client: Client, name: str, extension: str, **filters: Any) -> bytes:
    response = client.get(reverse("dashboard:audit_export", args=[name, extension]), filters)
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_the_history_of_one_row_says_what_changed_in_dutch_who_and_why(auditor: Client) -> None:
    an = UserFactory(first_name="An", last_name="Peeters")
    body, other = OrganisationFactory(name="Stad Een", type="municipality"), OrganisationFactory()
    with acting(user=an, via="POST /organisatie/"):
        body.name, body.type, body.is_verified = "Stad Twee", "ocmw", not body.is_verified
        body.save()
        record(actor=an, action="x", label="Nagekeken", about=body, comment="Naam was fout")
    page = page_of(auditor, CHANGES, kind="accounts.organisation", key=body.pk)
    for text in (
        "<strong>naam</strong>: Stad Een",
        "Stad Twee",
        "<strong>soort</strong>: Stad of gemeente",
        "OCMW",
        "<strong>nagekeken</strong>",
        "An Peeters",
        "Nagekeken. Naam was fout",
    ):
        assert text in page
    assert other.name not in page
    assert f"?kind=accounts.organisation&amp;key={body.pk}" in page


def test_a_dossier_is_found_by_its_number_and_a_person_by_name(auditor: Client) -> None:
    an = UserFactory(last_name="Verhulst")
    with acting(user=an, via="POST"):
        proposal = ProposalFactory(title="Slimme straatlamp", submitted=True)
    ProposalFactory(title="Iets anders", submitted=True)
    page = page_of(auditor, CHANGES, key=proposal.reference.lower(), actor="verhulst")
    assert "Slimme straatlamp" in page
    assert "Iets anders" not in page
    assert "Niets gevonden" in page_of(auditor, CHANGES, key=proposal.reference, actor="nobody")


def test_a_change_by_hand_names_the_user_of_the_database(auditor: Client) -> None:
    body = OrganisationFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_organisation SET city = 'Diest' WHERE id = %s", [body.pk])
    user = connection.settings_dict["USER"]
    assert f"opdracht op de server of in de databank ({user})" in page_of(
        auditor, CHANGES, key=body.pk
    )


def test_a_password_is_nowhere(auditor: Client) -> None:
    person = UserFactory()
    person.set_password("een-heel-lange-wachtzin")
    person.save()
    page = page_of(auditor, CHANGES, kind="accounts.user", key=person.pk)
    assert "(niet bewaard)" in page
    assert User.objects.get(pk=person.pk).password not in page


def test_refusals_and_readings_are_listed(auditor: Client) -> None:
    curious = MembershipFactory().user
    visitor = Client()
    visitor.force_login(curious)
    visitor.get("/beheer/")
    page = page_of(auditor, REFUSED, actor=curious.email)
    assert "dashboard:staff" in page
    assert "Deze pagina is er voor medewerkers van het programma." in page
    Reading.objects.create(reader=curious, what="list", via="evaluations:list_export")
    proposal = ProposalFactory()
    Reading.objects.create(
        reader=curious,
        what="advice",
        via="evaluations:advice",
        content_type=ContentType.objects.get_for_model(proposal),
        object_id=str(proposal.pk),
    )
    page = page_of(auditor, READ)
    assert f"projectvoorstel {proposal.pk}" in page
    assert f"projectvoorstel {proposal.pk}" in page_of(auditor, READ, key=proposal.reference)
    page = page_of(auditor, READ, what="list")
    assert f"projectvoorstel {proposal.pk}" not in page
    assert "lijst met scores en adviezen, als bestand" in page
    assert str(curious) in page


def test_every_list_comes_as_csv_and_xlsx_without_formulas(auditor: Client) -> None:
    body = OrganisationFactory(name="=HYPERLINK(1)")
    record(actor=None, action="x", label="=1+1", about=body, comment="@SUM(A1)")
    text = export(auditor, "handelingen", "csv").decode("utf-8-sig")
    assert "'=1+1" in text
    assert ";'@SUM(A1)" in text
    assert "'=HYPERLINK(1)" in export(auditor, "wijzigingen", "csv").decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(export(auditor, "handelingen", "xlsx", action="x")))
    acts, origin = book.worksheets
    assert [cell.value for cell in acts[2]][1:3] == ["=1+1", "x"]
    assert acts["B2"].data_type == "s"
    assert ("Filter: Handeling", "x") in [(a.value, b.value) for a, b in origin.iter_rows()]
    for name in ("geweigerd", "inzages"):
        assert export(auditor, name, "csv").startswith(b"\xef\xbb\xbf")
    # Who takes the record along is in the record.
    assert Reading.objects.filter(what="record").count() == 5


def test_a_file_that_would_be_too_large_is_refused_with_a_sentence(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_views, "LARGEST_EXPORT", 1)
    OrganisationFactory.create_batch(2)
    url = reverse("dashboard:audit_export", args=["wijzigingen", "csv"])
    response = auditor.get(url, {"kind": "accounts.organisation"}, follow=True)
    assert response.redirect_chain[0][0] == f"{CHANGES}?kind=accounts.organisation"
    assert "Kies een kortere periode" in response.content.decode()


@pytest.mark.parametrize("path", [CHANGES, "/beheer/logboek/handelingen.csv"])
def test_only_who_may_read_the_log_sees_any_of_it(path: str) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[StaffRole.TEAM_MEMBER]))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["iets/", "handelingen/", "iets.csv", "handelingen.pdf"])
def test_what_is_no_list_does_not_exist(auditor: Client, path: str) -> None:
    assert auditor.get(f"/beheer/logboek/{path}").status_code == 404


@pytest.mark.parametrize("filters", [{"kind": "iets"}, {"since": "gisteren"}, {"operation": "x"}])
def test_a_filter_that_cannot_be_read_shows_its_error(auditor: Client, filters: Any) -> None:
    OrganisationFactory()
    response = auditor.get(CHANGES, filters)
    assert list(response.context["form"].errors) == list(filters)
    assert response.context["rows"] == []
    export_url = reverse("dashboard:audit_export", args=["wijzigingen", "csv"])
    assert auditor.get(export_url, filters).status_code == 302


def test_who_has_a_conflict_does_not_meet_the_file_here(client: Client) -> None:
    person = UserFactory(roles=[StaffRole.AUDITOR])
    hidden, seen = (
        ProposalFactory(title="Verborgen", submitted=True),
        ProposalFactory(title="Zichtbaar", submitted=True),
    )
    ConflictOfInterest.objects.create(
        person=person, proposal=hidden, kind="declared", explanation="Familie"
    )
    client.force_login(person)
    page = page_of(client, CHANGES, kind="projects.proposal")
    assert seen.title in page
    assert hidden.title not in page


def test_300_changes_take_no_more_queries_than_3(auditor: Client) -> None:
    def count() -> int:
        auditor.get(CHANGES)
        with CaptureQueriesContext(connection) as queries:
            auditor.get(CHANGES)
        return len(queries)

    OrganisationFactory.create_batch(3)
    few = count()
    made = OrganisationFactory.build_batch(297)
    Organisation.objects.bulk_create(made)
    assert count() <= few <= 10
