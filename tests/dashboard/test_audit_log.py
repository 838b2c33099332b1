"""The page of the log, for those who watch over the portal."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import StaffRole
from audit.services import record
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/beheer/logboek/"


def as_role(role: StaffRole) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    return client


@pytest.mark.parametrize("role", list(StaffRole))
def test_auditor_programme_manager_and_administrator_read_the_log(role: StaffRole) -> None:
    reads = {StaffRole.AUDITOR, StaffRole.PROGRAMME_MANAGER, StaffRole.ADMINISTRATOR}
    assert as_role(role).get(URL).status_code == (200 if role in reads else 403)


def test_others_do_not(client: Client) -> None:
    assert client.get(URL)["Location"] == f"/aanmelden/?next={URL}"
    client.force_login(MembershipFactory().user)
    assert client.get(URL).status_code == 403


def test_the_page_shows_and_filters_events() -> None:
    body, an = OrganisationFactory(), UserFactory(first_name="An", last_name="Peeters")
    record(actor=an, action="a.one", label="Eerste daad", about=body, comment="Omdat")
    record(actor=None, action="a.two", label="Tweede daad", about=body)
    client = as_role(StaffRole.AUDITOR)
    page = client.get(URL).content.decode()
    for text in ("Eerste daad", "An Peeters", "Omdat", "Tweede daad", "het portaal"):
        assert text in page
    found = client.get(URL, {"actor": "peeters", "since": "01/01/2020"}).context["page"]
    assert [event.label for event in found] == ["Eerste daad"]
    empty = client.get(URL, {"action": "niets"})
    assert "Niets gevonden" in empty.content.decode()


def test_a_date_that_cannot_be_read_shows_its_error_and_no_rows() -> None:
    record(actor=None, action="a", label="Daad", about=OrganisationFactory())
    response = as_role(StaffRole.AUDITOR).get(URL, {"since": "gisteren"})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["since"]
    assert list(response.context["page"]) == []


def test_300_events_take_no_more_queries_than_3() -> None:
    client = as_role(StaffRole.AUDITOR)

    def count() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    def act(times: int) -> None:
        for _n in range(times):
            record(actor=UserFactory(), action="a", label="Daad", about=OrganisationFactory())

    act(3)
    few = count()
    act(297)
    assert count() == few <= 8
    assert len(client.get(URL, {"page": 6}).context["page"]) == 50
