"""The menu of staff: one place at a time is where one is."""

import pytest
from django.test import RequestFactory

from accounts.roles import StaffRole
from dashboard.navigation import staff_navigation
from tests.accounts.factories import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "active"),
    [
        ("/beheer/", ["Mijn werk"]),
        ("/beheer/werk/acties/", ["Werklijst"]),
        ("/beheer/adviseurs/", ["Adviseurs"]),
        ("/beheer/adviseurs/belangen/", ["Mijn belangen"]),
        ("/beheer/dossiers/overzicht/", ["Rangschikking"]),
        ("/beheer/vergaderingen/1/", []),
    ],
)
def test_one_link_is_active(rf: RequestFactory, path: str, active: list[str]) -> None:
    request = rf.get(path)
    request.user = UserFactory(roles=[StaffRole.TEAM_MEMBER])
    links = staff_navigation(request)
    assert [str(link["label"]) for link in links if link["active"]] == active
